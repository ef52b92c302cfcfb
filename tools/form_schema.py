"""Write `mus_workflow/formbuilder/form.schema.json` from the question types that there are: `make form-schema`."""

from pathlib import Path

from mus_workflow.formbuilder.exchange import as_text
from mus_workflow.formbuilder.json_schema import json_schema

FILE = Path(__file__).resolve().parents[1] / "mus_workflow" / "formbuilder" / "form.schema.json"


def write() -> None:
    """Write it, within a running Django: types are known only there."""
    FILE.write_text(as_text(json_schema()), encoding="utf-8")
