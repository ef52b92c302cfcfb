"""One form as one JSON document, to keep in a repository or to give to another organisation.

`docs/form-format.md` describes the document, `form.schema.json` says it to programs.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.formats import FORMAT, known_format, misfits, upgraded
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import (
    FORM_SHAPE,
    QUESTION_SHAPE,
    SECTION_SHAPE,
    SchemaError,
    digest,
    part_ids,
    validate,
)
from mus_workflow.formbuilder.shapes import Json, Schema, Shape, described, mapping, mismatches, one_of
from mus_workflow.formbuilder.strict_json import joined, read_json
from mus_workflow.formbuilder.wording import texts

KIND = "mus-form"
PURPOSES = ("PREPARATION", "EMPLOYEE_PREPARATION", "MANAGER_PREPARATION", "AGREEMENT", "FOLLOW_UP")
MAX_SLUG = 80
SLUG = re.compile(rf"[-a-zA-Z0-9_]{{1,{MAX_SLUG}}}", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
NAMED_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.ASCII)
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def _slug(value: Json) -> str:
    fits = isinstance(value, str) and SLUG.fullmatch(value)
    return "" if fits else _("must be a short name of letters without accents, digits, hyphens and underscores")


def _sha256(value: Json) -> str:
    fits = isinstance(value, str) and SHA256.fullmatch(value)
    return "" if fits else _("must be a SHA-256, 64 hexadecimal digits in lower case")


ENVELOPE_SHAPE: dict[str, Shape] = {
    "kind": one_of(KIND),
    "format": known_format,
    "slug": described(_slug, {"type": "string", "pattern": f"^{SLUG.pattern}$"}),
    "purpose": one_of(*PURPOSES),
    "digest": described(_sha256, {"type": "string", "pattern": f"^{SHA256.pattern}$"}),
    "form": mapping,
}


@dataclass(frozen=True)
class Exchange:
    """A form on its way: its short name, what it is for, and its document in the newest format."""

    slug: str
    purpose: str
    schema: dict[str, Json]


def exported(slug: str, purpose: str, schema: Schema) -> dict[str, Json]:
    """The exchange document of a form. The same form gives the same document, whatever order its keys came in."""
    newest = upgraded(schema)
    envelope = {"kind": KIND, "format": FORMAT, "slug": slug, "purpose": purpose, "digest": digest(newest)}
    return {**envelope, "form": _in_order(newest)}


def as_text(document: Mapping[str, Json]) -> str:
    """The document as it stands in a file: a line for each value, so that a comparison of two files reads well."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def read(written: str | bytes) -> Exchange:
    """The form in an exported file, upgraded where its format is an older one.

    SchemaError, naming path and reason, for a file that is not wholly right; nothing of it is taken then.
    """
    document = read_json(written)
    for key, reason in mismatches(document, ENVELOPE_SHAPE):
        raise SchemaError(key, reason or _("must be an object"))
    schema = _newest(document["form"], document["format"])
    if (found := digest(document["form"])) != document["digest"]:
        sentence = _("does not fit the form: it was changed after it was exported. If you meant to, write %(digest)s")
        raise SchemaError("digest", sentence % {"digest": found})
    return Exchange(document["slug"], document["purpose"], schema)


def _newest(form: dict[str, Json], number: int) -> dict[str, Json]:
    if form.get("format") != number:
        raise SchemaError("form.format", _("is another format than the file says"))
    for path, reason in misfits(form):
        raise SchemaError(joined("form", path), reason)
    newest = dict(upgraded(form))
    try:
        validate(newest)
    except SchemaError as error:
        raise SchemaError(joined("form", error.path), error.reason) from error
    return newest


def copied(original: Exchange, *, slug: str, title: str) -> Exchange:
    """The same form as a form of its own: every section, question and part has a new id, wherever it is named.

    Two forms never share an id, for an answer belongs to the question it was given to.
    """
    fresh = {old: str(uuid.uuid4()) for _path, old in part_ids(original.schema)}
    fresh |= {old.replace("-", ""): new.replace("-", "") for old, new in fresh.items()}
    schema = _renamed({**original.schema, "title": title}, fresh)
    return Exchange(slug, original.purpose, schema)


def _renamed(value: Json, fresh: Mapping[str, str]) -> Any:
    """The value with the fresh ids. What points at a part may hold its id in a longer key, or without hyphens."""
    if isinstance(value, str):
        return NAMED_ID.sub(lambda found: fresh.get(found[0], found[0]), value)
    if isinstance(value, list):
        return [_renamed(one, fresh) for one in value]
    if isinstance(value, dict):
        return {_renamed(key, fresh): _renamed(one, fresh) for key, one in value.items()}
    return value


def _in_order(schema: Schema) -> dict[str, Json]:
    """The document with its keys in the order in which it is described."""
    whole: dict[str, Any] = {key: schema[key] for key in FORM_SHAPE}
    whole["sections"] = [
        {
            **_keys_in_order(section, SECTION_SHAPE),
            "questions": [_question_in_order(one) for one in section["questions"]],
        }
        for section in schema["sections"]
    ]
    whole["translations"] = _translations_in_order(whole)
    return whole


def _question_in_order(question: Schema) -> dict[str, Json]:
    settings = question["settings"]
    shape = registry.get(question["type"]).settings_shape
    return {
        **_keys_in_order(question, QUESTION_SHAPE),
        "settings": {key: _sorted(settings[key]) for key in [*shape, *settings] if key in settings},
    }


def _keys_in_order(holder: Schema, shape: Mapping[str, Shape]) -> dict[str, Json]:
    return {key: _sorted(holder[key]) if key.endswith("_if") else holder[key] for key in shape}


def _sorted(value: Json) -> Json:
    """Keys sorted, the id first: a database may have returned them in an order of its own."""
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda key: (key != "id", key))}
    return value


def _translations_in_order(schema: dict[str, Json]) -> dict[str, Json]:
    ordered: dict[str, dict[str, dict[str, str]]] = {}
    for language in sorted(schema["translations"]):
        by_id, kept = schema["translations"][language], ordered.setdefault(language, {})
        for slot in texts(schema):
            if slot.key in by_id.get(slot.id, {}):
                kept.setdefault(slot.id, {})[slot.key] = by_id[slot.id][slot.key]
    return ordered
