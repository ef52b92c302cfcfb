"""A wheel: rows as spokes, each series of points a shape drawn round the hub. SVG with attributes and classes only.

`wheel.js` draws the same while a person answers: what is changed here is changed there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import cos, pi, sin
from secrets import token_hex
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

WIDTH, HEIGHT, RADIUS = 440, 320, 110
LABEL_GAP = 14
LABEL_LENGTH = 16
NO_POINT = "–"
LOOKS = 4  # how many series a stylesheet tells apart
MARKS = ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0", "M-5-5h10v10h-10z", "M0-6l6 11h-12z", "M0-7l6 7-6 7-6-7z")


class Series(NamedTuple):
    """What one respondent says, or one scale of two: its name, and a point or None for every row."""

    label: str
    points: Sequence[int | None]


def wheel_svg(
    rows: Sequence[str], series: Sequence[Series], *, lowest: int, highest: int, name: str, title: str
) -> SafeString:
    """The series in one picture. `name` begins the ids in it, so no two on a page may share it.

    The picture says nothing that the words beside it must not say too: always show a table with it.
    """
    angles = [2 * pi * index / max(len(rows), 1) - pi / 2 for index in range(len(rows))]
    spoke = '<line class="mus-wheel__line" x1="0" y1="0" x2="{}" y2="{}"/>'
    shapes = [_shape(one, angles, index % LOOKS, lowest, highest) for index, one in enumerate(series)]
    return format_html(
        '<svg class="mus-wheel" viewBox="{} {} {} {}" role="img" aria-labelledby="{}-title {}-desc"'
        ' data-mus-wheel="{}"><title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}{}</svg>',
        *(-WIDTH // 2, -HEIGHT // 2, WIDTH, HEIGHT),
        *(name, name, json.dumps({"lowest": lowest, "highest": highest, "radius": RADIUS})),
        *(name, title, name, _description(series)),
        _rings(lowest, highest),
        format_html_join("", spoke, (_at(angle, RADIUS) for angle in angles)),
        SafeString("".join(_label(row, angles[n - 1], n) for n, row in enumerate(rows, 1))),
        SafeString("".join(shapes)),
    )


def in_one_wheel(answers: Iterable[tuple[str, Mapping[str, Any]]], *, label: str) -> dict[str, Any] | None:
    """{"svg", "legend", "rows"} of what people answered, (who, the answer as a table); None where none is a wheel.

    Rows are the same where they are called the same. Of two frames the widest is drawn.
    """
    drawn = [(who, table, {row[0]: row[1:] for row in table["rows"]}) for who, table in answers if "wheel" in table]
    if not drawn:
        return None
    rows = list(dict.fromkeys(row for _who, _table, points in drawn for row in points))
    series = [
        Series(f"{who}: {heading}" if who else heading, [_read(points.get(row), column) for row in rows])
        for who, table, points in drawn
        for column, heading in enumerate(table["columns"][1:])
    ]
    frames = [table["wheel"] for _who, table, _points in drawn]
    svg = wheel_svg(
        rows,
        series,
        lowest=min(one["lowest"] for one in frames),
        highest=max(one["highest"] for one in frames),
        name=f"mus-wheel-{token_hex(4)}",
        title=_("Wheel: %(label)s") % {"label": label},
    )
    return {"svg": svg, "legend": legend(series), "rows": rows}


def _read(row: Sequence[str] | None, column: int) -> int | None:
    return int(row[column]) if row and row[column] != NO_POINT else None


def legend(series: Sequence[Series]) -> SafeString:
    """Which mark is whose, as a list."""
    item = (
        '<li class="mus-wheel__key mus-wheel__series--{}"><svg viewBox="-8 -8 16 16" aria-hidden="true">{}</svg>{}</li>'
    )
    marks = [format_html('<path class="mus-wheel__mark" d="{}"/>', mark) for mark in MARKS]
    keys = ((index % LOOKS + 1, marks[index % LOOKS], one.label) for index, one in enumerate(series))
    return format_html('<ul class="mus-wheel__legend">{}</ul>', format_html_join("", item, keys))


def _description(series: Sequence[Series]) -> str:
    names = ", ".join(one.label for one in series)
    return _("A wheel with a spoke for each row. It shows %(names)s. The table says the same.") % {"names": names}


def _rings(lowest: int, highest: int) -> SafeString:
    steps = highest - lowest
    every = max(1, steps // 5)
    rings = [(_short(_distance(point, lowest, highest)),) for point in range(highest, lowest - 1, -every)]
    return format_html_join("", '<circle class="mus-wheel__line" cx="0" cy="0" r="{}"/>', rings)


def _label(row: str, angle: float, number: int) -> SafeString:
    x, y = _at(angle, RADIUS + LABEL_GAP)
    anchor = "middle" if abs(x) < LABEL_GAP else "start" if x > 0 else "end"
    words = Truncator(row).chars(LABEL_LENGTH)
    return format_html(
        '<text class="mus-wheel__label" x="{}" y="{}" dy="0.35em" text-anchor="{}">{}.'
        '<tspan class="mus-wheel__words"> {}</tspan></text>',
        *(x, y, anchor, number, words),
    )


def _shape(one: Series, angles: Sequence[float], look: int, lowest: int, highest: int) -> SafeString:
    places = [
        None if point is None else _at(angle, _distance(point, lowest, highest))
        for point, angle in zip(one.points, angles, strict=True)
    ]
    marks = format_html_join(
        "",
        '<path class="mus-wheel__mark" d="{}" transform="translate({} {})"{}/>',
        ((MARKS[look], *(place or (0, 0)), "" if place else SafeString(' visibility="hidden"')) for place in places),
    )
    line = format_html('<path class="mus-wheel__shape" d="{}"/>', _outline(places))
    return format_html('<g class="mus-wheel__series mus-wheel__series--{}">{}{}</g>', look + 1, line, marks)


def _outline(places: Sequence[tuple[float, float] | None]) -> str:
    """A closed line where every row has a point; otherwise a line between neighbours that have one."""
    if all(places):
        return "M" + "L".join(f"{place[0]} {place[1]}" for place in places if place) + "Z" if places else ""
    pairs = zip(places, [*places[1:], *places[:1]], strict=True)
    return "".join(f"M{a[0]} {a[1]}L{b[0]} {b[1]}" for a, b in pairs if a and b)


def _distance(point: int, lowest: int, highest: int) -> float:
    """How far out a point lies: the lowest a little way from the hub, so that it can be seen."""
    return RADIUS * (point - lowest + 1) / (highest - lowest + 1)


def _at(angle: float, distance: float) -> tuple[float, float]:
    return _short(cos(angle) * distance), _short(sin(angle) * distance)


def _short(number: float) -> float:
    # Adding zero turns the minus zero that rounding can leave into zero.
    return round(number, 1) + 0.0
