"""Forms of other shapes than the builders', for the pages on which they are filled in."""

from __future__ import annotations

from typing import Any

from mus_workflow.actions.publish_concept import FORM_FIELDS, publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.models import Concept, FormDefinition
from tests.builders import qid
from tests.plumbing.clock import NOW


def section(heading: str, *rows: dict[str, Any], intro: str = "") -> dict[str, Any]:
    """A section as the editor's StreamField stores it."""
    return {"id": qid(heading), "type": "section", "value": {"heading": heading, "intro": intro, "questions": rows}}


def publish(purpose: str, *sections: dict[str, Any], layout: str = "PAGE", title: str = "Et skema") -> FormDefinition:
    """Give dialogues that are planned from now on this form for the purpose."""
    form = FormDefinition(title=title, slug=f"{purpose.lower()}-2", purpose=purpose, language="da", layout=layout)
    form.body = form._meta.get_field("body").to_python([_plain(one) for one in sections])
    form.live = True
    form.save()
    publish_form(form=form, by=None, at=NOW)
    concept = Concept.objects.get()
    for served, field in FORM_FIELDS.items():
        if served == purpose:
            setattr(concept, field, form)
    concept.save()
    publish_concept(concept=concept, by=None, at=NOW)
    return form


def _plain(section: dict[str, Any]) -> dict[str, Any]:
    value = section["value"]
    return {**section, "value": {**value, "questions": list(value["questions"])}}
