"""The page that gives a person everything about them."""

import json
import zipfile
from io import BytesIO

import pytest
from django.core.cache import cache
from django.urls import reverse

from mus_workflow.models import LedgerEntry, exports_chain, user_key
from tests.builders import Cast
from tests.ledger import assert_chain_holds, events, payload_of
from tests.mus_workflow.views.reading import says

pytestmark = pytest.mark.django_db

MINE = reverse("mus_workflow:my_data")


def archive_in(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(answer.content))


def test_it_says_what_is_in_it_and_whom_to_ask(cast: Cast, enter):
    page = enter(cast.employee).get(MINE)
    assert says(page, "What is in it")
    assert says(page, "Whom to ask")
    assert LedgerEntry.objects.filter(chain=exports_chain(user_key(cast.employee))).count() == 0


def test_my_mus_leads_to_it(cast: Cast, enter):
    assert f'href="{MINE}"' in enter(cast.hr).get(reverse("mus_workflow:my_mus")).content.decode()


def test_the_archive_is_a_download_that_nobody_keeps(cast: Cast, enter):
    answer = enter(cast.employee).post(MINE)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Cache-Control"] == "private, no-store"
    [structured] = [name for name in archive_in(answer).namelist() if name.endswith(".json")]
    assert json.loads(archive_in(answer).read(structured))["person"]["account"]["name"] == "Emma Lund"


def test_taking_it_out_is_recorded_in_the_persons_own_chain(cast: Cast, enter):
    answer = enter(cast.employee).post(MINE)
    chain = exports_chain(user_key(cast.employee))
    assert events(chain) == ["EXPORTED"]
    entry = LedgerEntry.objects.get(chain=chain)
    assert (entry.actor, entry.object_id) == (user_key(cast.employee), user_key(cast.employee))
    assert_chain_holds(chain)
    assert len(payload_of(entry)["sha256"]) == 64
    # The next archive tells of this one.
    cache.clear()
    later = enter(cast.employee).post(MINE)
    assert b"EXPORTED" not in archive_in(answer).read(archive_in(answer).namelist()[0])
    assert b"EXPORTED" in archive_in(later).read(archive_in(later).namelist()[0])


def test_once_a_minute_is_enough(cast: Cast, enter):
    client = enter(cast.employee)
    client.post(MINE)
    again = client.post(MINE)
    assert (again.status_code, again["Retry-After"]) == (429, "60")
    assert again["Content-Type"].startswith("text/html")
    assert "Prøv igen kl. 09.01." in again.content.decode()
    # Somebody else need not wait.
    assert enter(cast.manager).post(MINE)["Content-Type"] == "application/zip"
