"""What an editor, or a program that writes for one, puts into a concept cannot run in a reader's browser."""

import json

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.urls import reverse

from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.models import Concept
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

HOSTILE = (
    '<p>Spørg <b>HR</b><script>alert(1)</script><img src="x" onerror="alert(2)">'
    '<a href="javascript:alert(3)" onclick="alert(4)">her</a></p>'
)


@pytest.mark.parametrize("page", ["dialogue_detail", "preparation_edit"])
def test_the_texts_of_a_concept_are_cleaned_when_it_is_frozen(cast: Cast, enter, page: str) -> None:
    concept = Concept.objects.get()
    concept.pay_text = concept.contact_text = HOSTILE
    concept.save()
    frozen = publish_concept(concept=concept, by=None, at=NOW).document
    assert "<b>HR</b>" in frozen["pay_text"]
    dialogue = make_dialogue(cast, Stage.PREPARING)
    shown = enter(cast.employee).get(reverse(f"mus_workflow:{page}", args=[dialogue.pk])).content.decode()
    for trap in ("alert(1)", "alert(2)", "alert(3)", "alert(4)"):
        assert trap not in shown


def test_the_labels_of_a_chart_cannot_leave_the_json_they_stand_in() -> None:
    trap = "</script><script>alert(5)</script>\u2028<!--"
    payload = {"kind": "bar", "labels": [trap], "series": [{"label": trap, "values": [1]}], "unit": trap}
    context = {"title": trap, "unit": trap, "series": [trap], "rows": [(trap, [1])], "payload": payload}
    soup = BeautifulSoup(render_to_string("mus_workflow/blocks/chart_figure.html", context), "html.parser")
    data, library = soup.find_all("script")
    assert (data["type"], json.loads(data.string)) == ("application/json", payload)
    assert (library["src"], library.string) == ("/static/mus_workflow/js/chart.js", None)
