"""A form as a file."""

from __future__ import annotations

from mus_workflow.actions.publish_form import newest_version
from mus_workflow.formbuilder.exchange import Exchange, as_text, exported
from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.models import FormDefinition


def exchange_of(form: FormDefinition) -> Exchange:
    """The form as people meet it: its newest version, or the draft of one that was never published.

    Raises CompileError for a draft that cannot be published yet.
    """
    version = newest_version(form)
    schema = version.schema if version else form.get_latest_revision_as_object().compiled()
    return Exchange(form.slug, form.purpose, dict(upgraded(schema)))


def file_of(form: FormDefinition) -> str:
    """The text of the file. Raises CompileError for a draft that cannot be published yet."""
    content = exchange_of(form)
    return as_text(exported(content.slug, content.purpose, content.schema))
