"""Files in answers: added with the form, sealed, shared with the answer, and gone when taken out."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.models import (
    FormVersion,
    Reading,
    SealedFile,
    SharedPreparation,
    open_sealed,
    schema_of,
)
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_form, qid, question
from tests.mus_workflow.views.reading import says
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 kanarifil"
CONTROL = f"file_q_{qid('proof').replace('-', '')}"


@pytest.fixture
def dialogue(cast: Cast):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    asks = question("proof", "file", "Bilag", max_files=2, max_megabytes=1, accept="DOCUMENTS")
    form = make_form("PREPARATION", "Med bilag", [asks, question("why", "long_text", "Hvorfor?")])
    version = FormVersion.objects.get(form=form)
    # The dialogue began under this form: its drafts point to it.
    for draft in dialogue.drafts.filter(kind="PREPARATION"):
        draft.form_version = version
        draft.save()
    schema_of.cache_clear()
    return dialogue


def add(client, dialogue, *files, **fields):
    address = reverse("mus_workflow:preparation_edit", args=[dialogue.pk])
    return client.post(address, {CONTROL: list(files), "version": "0", "seen": "{}", **fields}, follow=True)


def pdf(name="kursusbevis.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def test_a_file_is_sealed_and_named_with_its_hash(cast: Cast, enter, dialogue):
    page = add(enter(cast.employee), dialogue, pdf())
    assert says(page, "kursusbevis.pdf")
    file = SealedFile.objects.get()
    assert file.opened() == ("kursusbevis.pdf", PDF)
    assert b"kanarifil" not in file.envelope
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("proof")], by=cast.employee, at=NOW)
    answer = open_sealed(SharedPreparation.objects.get().document)["sections"][0]["answers"][0]
    assert hashlib.sha256(PDF).hexdigest() in answer["text"]


def test_text_that_is_sent_with_a_file_is_saved_too(cast: Cast, enter, dialogue):
    name = f"q_{qid('why').replace('-', '')}"
    page = add(enter(cast.employee), dialogue, pdf(), **{name: "Fordi"})
    assert says(page, "Fordi")
    assert SealedFile.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (pdf("løn.exe", b"MZ"), "is not a kind of file"),
        (pdf("fup.pdf", b"MZ not a pdf"), "is not what its ending says"),
        (pdf("noter.txt", b"a\x00b"), "is not what its ending says"),
        (pdf("tom.pdf", b""), "is empty"),
        (pdf("stor.pdf", PDF + b"x" * 1024 * 1024), "is larger than 1 MB"),
    ],
)
def test_what_cannot_be_taken_is_told_by_name_and_the_text_is_saved(cast: Cast, enter, dialogue, file, reason):
    client = enter(cast.employee)
    client.cookies["django_language"] = "en"
    name = f"q_{qid('why').replace('-', '')}"
    file.seek(0)
    page = add(client, dialogue, file, **{name: "Fordi"})
    told = " ".join(str(message) for message in page.context["messages"])
    assert file.name in told
    assert reason in told
    assert SealedFile.objects.count() == 0
    assert says(page, "Fordi")


def test_no_more_files_than_the_question_takes(cast: Cast, enter, dialogue):
    add(enter(cast.employee), dialogue, pdf("a.pdf"), pdf("b.pdf"), pdf("c.pdf"))
    assert SealedFile.objects.count() == 2


def test_a_file_exists_for_its_author_and_for_whom_it_is_shared_with_while_it_is(cast: Cast, enter, dialogue):
    add(enter(cast.employee), dialogue, pdf())
    address = reverse("mus_workflow:file_detail", args=[SealedFile.objects.get().pk])

    def status(person):
        return enter(person).get(address).status_code

    assert [status(person) for person in (cast.employee, cast.manager, cast.hr, cast.admin)] == [200, 404, 404, 404]
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("proof")], by=cast.employee, at=NOW)
    assert [status(person) for person in (cast.employee, cast.manager, cast.other_manager)] == [200, 200, 404]
    assert list(Reading.objects.values_list("reader_key", flat=True)) == [str(cast.manager.pk)]
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert status(cast.manager) == 404


def test_a_download_is_never_shown_in_the_page(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    add(client, dialogue, pdf())
    response = client.get(reverse("mus_workflow:file_detail", args=[SealedFile.objects.get().pk]))
    assert response.content == PDF
    assert response["Content-Disposition"] == 'attachment; filename="kursusbevis.pdf"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_nobody_else_was_shown_is_deleted_when_it_is_taken_out(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    add(client, dialogue, pdf())
    page = add(client, dialogue, remove_file=[str(SealedFile.objects.get().pk)])
    assert SealedFile.objects.count() == 0
    assert not says(page, "kursusbevis.pdf")


def test_a_shared_file_stays_with_the_shared_copy(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    add(client, dialogue, pdf())
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("proof")], by=cast.employee, at=NOW)
    file = SealedFile.objects.get()
    add(client, dialogue, remove_file=[str(file.pk)])
    assert enter(cast.manager).get(reverse("mus_workflow:file_detail", args=[file.pk])).status_code == 200


def test_nobody_takes_out_anothers_file(cast: Cast, enter, dialogue):
    add(enter(cast.employee), dialogue, pdf())
    add(enter(cast.manager), dialogue, remove_file=[str(SealedFile.objects.get().pk), "x"])
    assert SealedFile.objects.filter(removed_at=None).count() == 1


def test_no_file_is_taken_when_the_preparation_is_closed(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    add(enter(cast.employee), dialogue, pdf())
    assert SealedFile.objects.count() == 0


def test_a_browser_cannot_say_what_a_file_is(cast: Cast, enter, dialogue):
    key = f"{qid('proof')}/{'0' * 32}"
    lie = {"id": "x", "name": "x.pdf", "size": 1, "sha256": "0" * 64}
    response = enter(cast.employee).post(
        reverse("mus_workflow:preparation_autosave", args=[dialogue.pk]),
        {"request": "r1", "version": 0, "answers": {key: lie}},
        content_type="application/json",
        headers={"accept": "application/json"},
    )
    assert key in response.json()["errors"]
    assert response.json()["saved"] == []


def test_a_joint_file_is_both_parties(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    hold_talk(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    asks = question("proof", "file", "Bilag", accept="DOCUMENTS", audience="AGREED")
    draft = dialogue.drafts.get(kind="AGREEMENT")
    draft.form_version = FormVersion.objects.get(form=make_form("AGREEMENT_WITH_FILES", "Med bilag", [asks]))
    draft.save()
    schema_of.cache_clear()
    address = reverse("mus_workflow:talk", args=[dialogue.pk])
    enter(cast.employee).post(address, {CONTROL: pdf(), "version": "0", "seen": "{}"})
    file = SealedFile.objects.get()
    assert file.participant is None
    opened = [
        enter(one).get(reverse("mus_workflow:file_detail", args=[file.pk])) for one in (cast.employee, cast.manager)
    ]
    assert [response.status_code for response in opened] == [200, 200]
