"""Pages of a long list that begin after a row, not at a number of rows: what is added meanwhile moves nothing.

The time a page takes does not follow how far down the list it lies, since nothing is counted off. A position is text
that stands in an address: ``a,<key>`` for the rows after a key and ``b,<key>`` for those before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet

AFTER, BEFORE = "a", "b"
SEPARATOR = ","


class NoSuchPosition(ValueError):
    """The text is no position of this list."""


@dataclass(frozen=True)
class Position:
    """A place between two rows: after the row with this key, or before it."""

    direction: str
    key: tuple[str, ...]

    @classmethod
    def read(cls, text: str, length: int) -> Position | None:
        """The position that a text names, of a key of this length; None for no text. Raises NoSuchPosition."""
        if not text:
            return None
        direction, *key = text.split(SEPARATOR)
        if direction not in (AFTER, BEFORE) or len(key) != length or "\0" in text:
            raise NoSuchPosition(text)
        return cls(direction, tuple(key))

    def __str__(self) -> str:
        return SEPARATOR.join((self.direction, *self.key))


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the positions of the pages beside it; empty where there is none."""

    rows: list[Any]
    previous: str = ""
    next: str = ""


@dataclass(frozen=True)
class Order:
    """Columns that together never repeat and are never null, all in one direction."""

    columns: tuple[str, ...]
    descending: bool = False

    def page(self, queryset: QuerySet[Any], text: str, size: int) -> Page:
        """The rows at a position, at most ``size``; the first page where nothing lies there any more.

        One query, or two. Raises NoSuchPosition.
        """
        position = Position.read(text, len(self.columns))

        def fetch(backwards: bool, most: int) -> list[Any]:
            down = self.descending != backwards
            rows = queryset.order_by(*(f"-{name}" if down else name for name in self.columns))
            return list((rows.filter(self._beyond(rows.model, position, down)) if position else rows)[:most])

        page = page_of(fetch, self._key, position, size)
        return page if page.rows or position is None else self.page(queryset, "", size)

    def _beyond(self, model: type[Model], position: Position, down: bool) -> Q:
        """Past the key in this direction. The first condition alone lets an index find the place."""
        values = [_value(_field(model, name), text) for name, text in zip(self.columns, position.key, strict=True)]
        step = "lt" if down else "gt"
        beyond, same = Q(), Q()
        for name, value in zip(self.columns, values, strict=True):
            beyond |= same & Q(**{f"{name}__{step}": value})
            same &= Q(**{name: value})
        return Q(**{f"{self.columns[0]}__{step}e": values[0]}) & beyond

    def _key(self, row: Any) -> tuple[str, ...]:
        return tuple(_text(_at(row, name)) for name in self.columns)


def page_of(
    fetch: Callable[[bool, int], list[Any]],
    key: Callable[[Any], tuple[str, ...]],
    position: Position | None,
    size: int,
) -> Page:
    """A page of rows. ``fetch(backwards, most)`` gives the rows from the position on, nearest to it first."""
    backwards = position is not None and position.direction == BEFORE
    rows = fetch(backwards, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_previous, has_next = (more, True) if backwards else (position is not None, more)
    if not rows:
        return Page([])
    return Page(
        rows,
        str(Position(BEFORE, key(rows[0]))) if has_previous else "",
        str(Position(AFTER, key(rows[-1]))) if has_next else "",
    )


def count_up_to(queryset: QuerySet[Any], most: int) -> int:
    """How many rows there are, counted no further than one past ``most``."""
    return queryset.order_by()[: most + 1].count()


def _field(model: type[Model], path: str) -> Field[Any, Any]:
    *steps, name = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.get_field(name)


def _value(field: Field[Any, Any], text: str) -> Any:
    try:
        value = field.to_python(text)
    except ValidationError as error:
        raise NoSuchPosition(text) from error
    if isinstance(value, datetime) and value.tzinfo is None:
        raise NoSuchPosition(text)
    return value


def _at(row: Any, path: str) -> Any:
    for step in path.split("__"):
        row = getattr(row, step)
    return row


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
