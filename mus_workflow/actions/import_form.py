"""Bring in a form that was exported, here or elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Revision

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.decompiling import blocks_of, first_difference
from mus_workflow.formbuilder.exchange import ID, Exchange, copied
from mus_workflow.formbuilder.schema import SchemaError, digest, part_ids
from mus_workflow.formbuilder.translating import sources_of
from mus_workflow.models import FormDefinition, FormTranslation, FormVersion
from mus_workflow.policies.forms import can_make_form, can_publish_form, can_replace_draft

from .go_live import go_live
from .publish_form import orphans_in, publish_form

IMPORTED = "mus.form_imported"
FIELDS = ("title", "language", "intro", "layout", "retention")


@transaction.atomic
def import_form(*, content: Exchange, by: Any, at: datetime, publish: bool = False) -> FormDefinition:
    """Make the form with this short name, or give it a new draft; what is live stays as it is unless `publish`.

    All of it or nothing. SchemaError says where in the file and why: the short name belongs to a form of another
    purpose, another form has the ids, a question's new type cannot read its answers. Refused when the user may not.
    """
    form = FormDefinition.objects.select_for_update().filter(slug=content.slug).first()
    (can_replace_draft(user=by, form=form) if form else can_make_form(user=by)).or_refuse()
    if publish:
        can_publish_form(user=by).or_refuse()
    _require_same_purpose(content, form)
    _require_own_ids(content, form)
    _require_readable_answers(content, form)
    draft = _draft(content, form)
    _require_kept(content, draft)
    if publish:
        go_live(content=draft, by=by, at=at)
        publish_form(form=draft, by=by, at=at)
    else:
        if form is None:
            draft.save()
        draft.save_revision(user=by, clean=False)
    _record(draft, content, by)
    return draft


@transaction.atomic
def copy_form(*, original: Exchange, slug: str, title: str, by: Any, at: datetime) -> FormDefinition:
    """Make a draft with the same questions under new ids. SchemaError when the short name is taken; Refused."""
    if FormDefinition.objects.filter(slug=slug).exists():
        raise SchemaError("slug", _("belongs to another form"))
    return import_form(content=copied(original, slug=slug, title=title), by=by, at=at)


def free_slug(wanted: str) -> str:
    """A short name that no form has yet, made from the one that is wanted."""
    taken = set(FormDefinition.objects.filter(slug__startswith=wanted[:70]).values_list("slug", flat=True))
    candidates = (f"{wanted[:70]}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in candidates if slug not in taken)


def _draft(content: Exchange, form: FormDefinition | None) -> FormDefinition:
    """The form as it will be, not saved. A form that exists is taken as its editors last left it."""
    draft = form.get_latest_revision_as_object() if form else FormDefinition(slug=content.slug, live=False)
    draft.purpose = content.purpose
    for name in FIELDS:
        setattr(draft, name, content.schema[name])
    draft.body = FormDefinition._meta.get_field("body").to_python(blocks_of(content.schema))
    document = draft.as_written()
    known = {row.language: row.pk for row in form.translations.all()} if form else {}
    draft.translations = [
        FormTranslation(pk=known.get(language), language=language, texts=texts, sources=sources_of(document, texts))
        for language, texts in content.schema["translations"].items()
    ]
    return draft


def _require_same_purpose(content: Exchange, form: FormDefinition | None) -> None:
    if form and form.purpose != content.purpose:
        sentence = _("is another than that of the form “%(slug)s” here (%(purpose)s)")
        raise SchemaError("purpose", sentence % {"slug": form.slug, "purpose": form.purpose})


def _require_own_ids(content: Exchange, form: FormDefinition | None) -> None:
    mine = {part_id: path for path, part_id in part_ids(content.schema)}
    for slug, document in _others(form):
        theirs = set(ID.findall(document.lower()))
        if path := next((path for part_id, path in mine.items() if part_id in theirs), None):
            sentence = _("is used by the form “%(slug)s”: import a copy with ids of its own instead")
            raise SchemaError(f"form.{path}", sentence % {"slug": slug})


def _others(form: FormDefinition | None) -> Iterator[tuple[str, str]]:
    """Short name and JSON of everything that was frozen or is drafted of other forms."""
    others = FormDefinition.objects.exclude(pk=form.pk if form else None)
    for slug, schema in FormVersion.objects.filter(form__in=others).values_list("form__slug", "schema").iterator():
        yield slug, json.dumps(schema)
    drafts = Revision.objects.filter(pk__in=others.values("latest_revision"))
    slugs = dict(others.values_list("latest_revision", "slug"))
    for revision, content in drafts.values_list("pk", "content").iterator():
        yield slugs[revision], json.dumps(content)
    for other in others.filter(latest_revision=None):
        yield other.slug, json.dumps(list(other.body.raw_data))


def _require_readable_answers(content: Exchange, form: FormDefinition | None) -> None:
    """A question may change its type only where an editor may: where the answers it has can still be read."""
    paths = {part_id: path.removesuffix(".id") for path, part_id in part_ids(content.schema)}
    for orphan in orphans_in(form, content.schema) if form else ():
        raise SchemaError(f"form.{paths[orphan.id]}.type", str(orphan))


def _require_kept(content: Exchange, draft: FormDefinition) -> None:
    """Nothing is lost on the way through the editor's blocks: they compile to what was brought in."""
    try:
        draft.clean_fields(exclude=["body"])
        difference = first_difference(content.schema, draft.compiled())
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise SchemaError(name if name in ("slug", "purpose") else f"form.{name}", messages[0]) from error
    except CompileError as error:
        raise SchemaError("form", str(error)) from error
    if difference is not None:
        raise SchemaError(f"form.{difference}", _("is not as the editor would write it, and would be lost"))


def _record(form: FormDefinition, content: Exchange, by: Any) -> None:
    data = {"revision": form.latest_revision_id, "digest": digest(content.schema)}
    log(instance=form, action=IMPORTED, user=by, data=data)
