"""Presence proved by a login that is recent, for those who sign on once for everything."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth import login
from django.contrib.sessions.backends.cache import SessionStore
from django.test import Client, RequestFactory

from mus_workflow.models import Dialogue, Signature
from mus_workflow.stages import Stage
from mus_workflow.views.reauthentication import LogInAgain, note_login, recent_login
from tests.builders import Cast, make_dialogue
from tests.mus_workflow.views.sheets import form_fields, url, words_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

MINUTES = [0, 4, 5]


@pytest.fixture(autouse=True)
def single_sign_on(settings: Any) -> None:
    settings.MUS = {**settings.MUS, "REAUTHENTICATE": "mus_workflow.views.reauthentication.recent_login"}


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def presented(module_cast: Cast) -> Dialogue:
    return make_dialogue(module_cast, Stage.SIGN_OFF)


@pytest.fixture
def dialogue(presented: Dialogue) -> Dialogue:
    """One for all these tests, read anew by each: what a test does to it is taken back."""
    return Dialogue.objects.get(pk=presented.pk)


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.employee)
    return client


def answered(client: Client, dialogue: Dialogue, **typed: str) -> Any:
    page = client.get(url("agreement_sign", dialogue))
    fields = {**form_fields(None, page), "meaning": "RECEIVED", "acknowledgement": words_of(page, "RECEIVED")}
    assert "password" not in fields
    return client.post(url("agreement_sign", dialogue), {**fields, **typed})


def claim(client: Client, at: Any) -> None:
    session = client.session
    session["auth_time"] = at
    session.save()


@pytest.mark.parametrize("minutes", MINUTES)
def test_a_login_of_the_last_five_minutes_signs(client: Client, dialogue: Dialogue, minutes: int) -> None:
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        answered(client, dialogue)
    assert Signature.objects.get().auth_method == "sso"


def test_an_older_login_is_made_anew_and_what_was_typed_waits(cast: Cast, client: Client, dialogue: Dialogue) -> None:
    page = url("agreement_sign", dialogue)
    with time_machine.travel(NOW + timedelta(minutes=5, seconds=1), tick=False):
        answer = answered(client, dialogue, remark="Mine ord.")
        assert not Signature.objects.exists()
        where = urlsplit(answer.url)
        asked = {name: value[0] for name, value in parse_qs(where.query).items()}
        assert (where.path, asked["max_age"], asked["prompt"]) == ("/login/", "300", "login")
        assert asked["next"].startswith(f"{page}?parked=")
        assert "Mine ord." not in answer.url
        # The login asks, though the person is logged in, and leads back.
        there = client.get(answer.url)
        assert there.status_code == 200
        back = client.post(answer.url, {"username": "employee", "password": "demo", "next": asked["next"]})
        assert back.url == asked["next"]
        again = client.get(back.url)
        assert again.context["form"].initial["remark"] == "Mine ord."
        fields = form_fields(None, again)
        assert (fields["meaning"], fields["remark"]) == ("RECEIVED", "Mine ord.")
        client.post(page, fields)
    assert Signature.objects.get().meaning == "RECEIVED"


@pytest.mark.parametrize(("age", "signs"), [(0, 1), (300, 1), (301, 0), (-60, 1), (-61, 0)])
def test_when_the_host_says_when_the_person_logged_in_that_counts(
    client: Client, dialogue: Dialogue, age: int, signs: int
) -> None:
    claim(client, int(NOW.timestamp()) - age)
    answered(client, dialogue)
    assert Signature.objects.count() == signs


@pytest.mark.parametrize("nonsense", ["", "now", None, [], {}])
def test_a_claim_that_is_no_time_proves_nothing(client: Client, dialogue: Dialogue, nonsense: Any) -> None:
    claim(client, nonsense)
    answered(client, dialogue)
    assert not Signature.objects.exists()


def test_a_login_that_nobody_told_of_proves_nothing(cast: Cast) -> None:
    request = RequestFactory().post("/")
    request.session = SessionStore()
    with pytest.raises(LogInAgain):
        recent_login(request, "")


def test_a_login_without_a_request_or_a_session_is_no_fault(cast: Cast) -> None:
    note_login(None, request=None)
    note_login(None, request=RequestFactory().get("/"))


def test_a_login_of_another_person_starts_anew(cast: Cast) -> None:
    request = RequestFactory().post("/")
    request.session = SessionStore()
    login(request, cast.employee, backend="django.contrib.auth.backends.ModelBackend")
    request.session["auth_time"] = int(NOW.timestamp()) + 30
    login(request, cast.manager, backend="django.contrib.auth.backends.ModelBackend")
    assert "auth_time" not in request.session


def test_how_long_a_login_proves_presence_is_the_hosts_to_choose(
    client: Client, dialogue: Dialogue, settings: Any
) -> None:
    settings.MUS = {**settings.MUS, "PRESENCE_SECONDS": 60}
    with time_machine.travel(NOW + timedelta(seconds=61), tick=False):
        assert "max_age=60" in answered(client, dialogue).url


def test_logins_that_were_too_old_are_counted_as_attempts(client: Client, dialogue: Dialogue) -> None:
    claim(client, 0)
    for _attempt in range(5):
        answered(client, dialogue)
    claim(client, int(NOW.timestamp()))
    assert answered(client, dialogue).status_code == 422
    assert not Signature.objects.exists()
