"""Run as a program: print every text in every preparation's draft as `dialogue question text`, and who has signed."""

import sys

import django
from django.apps import apps
from django.utils.module_loading import import_string


def lines() -> list[str]:
    """Open each draft in turn."""
    open_sealed = import_string("mus_workflow.models.open_sealed")
    drafts = apps.get_model("mus_workflow", "Draft").objects.filter(kind="PREPARATION", envelope__isnull=False)
    signatures = apps.get_model("mus_workflow", "Signature").objects.values_list("agreement__dialogue", flat=True)
    texts = [
        f"{draft.dialogue_id} {question} {answer['value']}"
        for draft in drafts
        for question, answer in open_sealed(draft.envelope)["answers"].items()
    ]
    return [*texts, *(f"{dialogue} signed" for dialogue in signatures)]


if __name__ == "__main__":
    django.setup()
    sys.stdout.write("\n".join(lines()))
