"""Before a person shares, the page names every private answer that the shared ones give away."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from mus_workflow.actions.save_draft import save_preparation
from mus_workflow.actions.share_preparation import share_preparation
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.models import Dialogue, FormVersion, SharedPreparation, schema_of
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_form, qid, question
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PRIVATE = {"sharing": "PRIVATE"}


def options(*names: str) -> list[dict[str, Any]]:
    return [{"type": "item", "id": qid(name), "value": {"label": name}} for name in names]


def preparing(cast: Cast, rows: list[dict[str, Any]], answers: dict[str, Any]) -> Dialogue:
    """The employee's preparation under a form of these questions, with answers by key."""
    dialogue = make_dialogue(cast, Stage.PREPARING)
    version = FormVersion.objects.get(form=make_form("PREPARATION", "Skema", rows))
    draft = dialogue.drafts.get(participant__user=cast.employee)
    draft.form_version = version
    draft.save()
    schema_of.cache_clear()
    asked = Asked(for_audience(version.schema, "EMPLOYEE"))
    save = Typed(request="one", base=0, answers=answers)
    save_preparation(dialogue_id=dialogue.pk, typed=save, allowed=asked, by=cast.employee, at=NOW)
    return dialogue


def given_away(cast: Cast, enter: Any, dialogue: Dialogue) -> list[tuple[str, str]]:
    return enter(cast.employee).get(reverse("mus_workflow:preparation_share", args=[dialogue.pk])).context["given_away"]


def test_rows_that_a_private_choice_left_in_give_it_away(cast: Cast, enter: Any) -> None:
    scale = {"min": 1, "max": 3, "min_label": "lav", "max_label": "høj"}
    rows = [
        question("strains", "multiple_choice", "Hvad slider?", options=options("Støj", "Konflikter"), **PRIVATE),
        question("weight", "matrix", "Hvor meget?", rows_from=qid("strains"), sharing="SHARED", **scale),
    ]
    cell = f"{qid('weight')}/{qid('Konflikter').replace('-', '')}"
    dialogue = preparing(cast, rows, {qid("strains"): [qid("Konflikter")], cell: 3})
    assert given_away(cast, enter, dialogue) == [("Hvor meget?", "Hvad slider?")]


def test_a_question_under_one_that_a_private_answer_brought_gives_it_away(cast: Cast, enter: Any) -> None:
    rule = {"question": qid("ill"), "op": "equals", "value": "yes"}
    rows = [
        question("ill", "yes_no", "Har du været syg?", **PRIVATE),
        question("back", "yes_no", "Er du tilbage?", **PRIVATE, condition=rule),
        question("help", "long_text", "Hvad hjælper?", sharing="SHARED", nested=True),
    ]
    answers = {qid("ill"): True, qid("back"): True, qid("help"): "Ro"}
    assert ("Hvad hjælper?", "Har du været syg?") in given_away(cast, enter, preparing(cast, rows, answers))


def test_nothing_is_shared_that_was_typed_after_its_author_looked(cast: Cast) -> None:
    dialogue = preparing(cast, [question("why", "long_text", "Hvorfor?")], {qid("why"): "Kort"})
    seen = dialogue.drafts.get(participant__user=cast.employee).version
    later = Typed(request="two", base=seen, answers={qid("why"): "Langt og fortroligt"})
    save_preparation(dialogue_id=dialogue.pk, typed=later, allowed={qid("why")}, by=cast.employee, at=NOW)
    share = {"dialogue_id": dialogue.pk, "chosen": [qid("why")], "by": cast.employee, "at": NOW}
    with pytest.raises(Refused):
        share_preparation(**share, seen=seen)
    assert not SharedPreparation.objects.exists()
    share_preparation(**share, seen=seen + 1)
    assert SharedPreparation.objects.get().revision == 1
