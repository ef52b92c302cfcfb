"""Forms on their way: generated ones with every key and translations, and files that were tampered with."""

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from mus_workflow.formbuilder.exchange import as_text, exported
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import digest
from mus_workflow.formbuilder.wording import HTML_KEYS, texts
from tests.mus_workflow.formbuilder.ruling import frozen
from tests.mus_workflow.formbuilder.strategies import LABELS, TEXTS, bodies

LAYOUTS = st.sampled_from(["PAGE", "SECTIONS", "QUESTIONS"])
RETENTIONS = st.sampled_from(["STANDARD", "UNTIL_SIGNED", "WITH_AGREEMENT"])


@st.composite
def whole_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Forms in which the less usual keys are used too, and some texts are translated."""
    sections = draw(bodies())
    for section in sections:
        section["value"]["number"] = draw(st.sampled_from(["", "1", "A."]))
        for block in section["value"]["questions"]:
            block["value"].update(draw(_dress(block["type"])))
    # A question under another has a second thing to be shown for, and the two may not go together.
    schema = frozen(sections)
    schema |= {"layout": draw(LAYOUTS), "retention": draw(RETENTIONS)}
    return {**schema, "translations": draw(_translations(schema))}


def _dress(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    common = {"number": st.sampled_from(["", "2a"]), "nested": st.booleans()}
    if not registry.get(kind).asks:
        return st.fixed_dictionaries(common)
    words = dict.fromkeys(("mirrored", "placeholder", "example"), TEXTS)
    return st.fixed_dictionaries({**common, **words, "countable": st.booleans()})


@st.composite
def _translations(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    slots = list(texts(schema))
    for slot in draw(st.lists(st.sampled_from(slots), max_size=6)):
        words = "<p>Andre ord</p>" if slot.key in HTML_KEYS else draw(LABELS).strip()
        found.setdefault(draw(st.sampled_from(["da", "sv"])), {}).setdefault(slot.id, {})[slot.key] = words
    return found


def document_of(schema: dict[str, Any]) -> dict[str, Any]:
    return exported("a-form", "AGREEMENT", schema)


def changed(schema: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> str:
    """The exported file after a change to the form that its digest was made to fit."""
    document = copy.deepcopy(document_of(schema))
    change(document["form"])
    return as_text({**document, "digest": digest(document["form"])})


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) within a JSON value."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [place for key in keys for place in ((value, key), *places(value[key]))]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats() | st.text(max_size=5) | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def broken_files(draw: st.DrawFn) -> str:
    """An exported form in which one value became something else."""
    document = json.loads(as_text(document_of(draw(whole_schemas()))))
    holder, key = draw(st.sampled_from(places(document)))
    holder[key] = draw(ANYTHING)
    if draw(st.booleans()) and isinstance(document["form"], dict):
        document["digest"] = _digest_or_same(document)
    return json.dumps(document)


def _digest_or_same(document: dict[str, Any]) -> Any:
    try:
        return digest(document["form"])
    except ValueError:  # a float that JSON cannot say
        return document["digest"]
