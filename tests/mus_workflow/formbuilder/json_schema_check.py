"""As much of JSON Schema 2020-12 as `form.schema.json` uses; a keyword that is not known here is an error."""

import re
from collections.abc import Callable, Iterator
from typing import Any

TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
SAYS_NOTHING = {"$schema", "$defs", "title", "description", "format", "contentMediaType", "then"}


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


LIMITS: dict[str, Callable[[Any, Any], bool]] = {
    "const": same,
    "enum": lambda value, allowed: any(same(value, one) for one in allowed),
    "type": lambda value, names: any(TYPES[name](value) for name in ([names] if isinstance(names, str) else names)),
    "minLength": lambda value, least: not isinstance(value, str) or len(value) >= least,
    "maxLength": lambda value, most: not isinstance(value, str) or len(value) <= most,
    "pattern": lambda value, pattern: not isinstance(value, str) or re.search(pattern, value) is not None,
    "minimum": lambda value, least: not TYPES["integer"](value) or value >= least,
    "maximum": lambda value, most: not TYPES["integer"](value) or value <= most,
    "minItems": lambda value, least: not isinstance(value, list) or len(value) >= least,
    "maxItems": lambda value, most: not isinstance(value, list) or len(value) <= most,
    "required": lambda value, names: not isinstance(value, dict) or set(names) <= set(value),
}


def faults(value: Any, schema: Any, root: Any, path: str = "") -> Iterator[str]:
    """The place and the keyword of everything that the schema does not let through."""
    for keyword, wanted in ({} if schema is True else schema).items():
        if keyword in LIMITS:
            if not LIMITS[keyword](value, wanted):
                yield f"{path} {keyword}"
        elif keyword not in SAYS_NOTHING and keyword not in ("properties", "patternProperties", "additionalProperties"):
            yield from COMBINING[keyword](value, wanted, schema, root, path)
    if isinstance(value, dict) and isinstance(schema, dict):
        yield from _within(value, schema, root, path)


def _within(value: dict[str, Any], schema: dict[str, Any], root: Any, path: str) -> Iterator[str]:
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, inner in value.items():
        fitting = [named[key]] if key in named else []
        fitting += [one for pattern, one in patterns.items() if re.search(pattern, key)]
        if not fitting:
            rest = schema.get("additionalProperties", True)
            if rest is False:
                yield f"{path}.{key} additionalProperties"
                continue
            fitting = [rest]
        for one in fitting:
            yield from faults(inner, one, root, f"{path}.{key}")


def _items(value: Any, items: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for index, inner in enumerate(value if isinstance(value, list) else ()):
        yield from faults(inner, items, root, f"{path}[{index}]")


def _reference(value: Any, name: str, schema: Any, root: Any, path: str) -> Iterator[str]:
    yield from faults(value, root["$defs"][name.removeprefix("#/$defs/")], root, path)


def _some(value: Any, options: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    fitting = sum(not list(faults(value, one, root, path)) for one in options)
    if fitting == 0 or (fitting > 1 and "oneOf" in schema):
        yield f"{path} fits {fitting} of several"


def _all(value: Any, parts: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    for part in parts:
        yield from faults(value, part, root, path)


def _if(value: Any, condition: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    if not list(faults(value, condition, root, path)):
        yield from faults(value, schema["then"], root, path)


COMBINING = {"items": _items, "$ref": _reference, "anyOf": _some, "oneOf": _some, "allOf": _all, "if": _if}
