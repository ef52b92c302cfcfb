"""What people write is in no cache of the server, and in the name of no file that is served."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from mus_workflow.models import Artefact, DataKey, packed
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid
from tests.matrix.canaries import CANARIES, tell
from tests.matrix.rows import MATRIX
from tests.matrix.walk import address, ask
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def test_no_word_is_kept_in_the_servers_cache(cast: Cast, enter):
    story = tell(cast)
    client = enter(cast.employee)
    for dialogue in (story.earlier, story.current):
        for name, row in MATRIX.items():
            for method in row.methods:
                ask(client, method, address(name, dialogue))
    kept = b"\n".join(cache._cache.values())
    assert kept
    assert [canary for canary in CANARIES if canary.encode() in kept] == []


@pytest.mark.parametrize(
    "name",
    [
        'bevis"; filename="andet.html',
        "bevis\r\nSet-Cookie: x=1.pdf",
        "../../etc/passwd",
        "bevis;æøå’.pdf",
        "\u202efdp.exe",
    ],
)
def test_the_name_of_a_file_stays_within_its_header(cast: Cast, enter, name):
    dialogue = make_dialogue(cast, Stage.TALK)
    key = DataKey.objects.obtain(dialogue=dialogue, artefact=Artefact.FILE, participant=None)
    file = dialogue.files.create(question_id=qid("file"), envelope=key.seal(packed(name, b"Ord")), added_at=NOW)
    try:
        answer = enter(cast.employee).get(reverse("mus_workflow:file_detail", args=[file.pk]))
    except ValueError as refusal:
        pytest.fail(str(refusal))
    header = answer.headers["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert "Set-Cookie" not in answer.headers
    assert not {"\r", "\n"} & set(header)
    assert header.isascii()
    unescaped = header.replace('\\"', "")
    assert unescaped.count('"') in (0, 2)
    assert unescaped.count(";") - unescaped.partition('"')[2].count(";") == 1
