"""Turning the pages of a form: which one is shown, where its buttons lead, and what is left to answer.

The server draws every page of a form in one <form> and puts all but one out of sight, so that whatever button is
pressed sends, and saves, all that was typed. `paging.js` turns the pages where scripts run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.completeness import missing, progress
from mus_workflow.formbuilder.conditions import shown_ids
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.paging import Part, asked_numbers, parts_of
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.shapes import Json, Schema

from .autosaving import number_in
from .gaps import fill, fill_kept, keep

ROW = "mus_workflow/components/progress_row.html"
LEFT = "mus_workflow/components/what_is_left.html"
LEFT_ROW = "mus_workflow/components/left_row.html"
PLACE = re.compile(r"(q_[0-9a-f]{32}|item_|change_note|settle_)\w*", re.ASCII)

Links = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Course:
    """A form that is being filled in: its pages, and how far it is. `answers` are by key.

    `schema` is the form as it is drawn; `own`, the questions that are the reader's. `left` is what must be written
    still, as (name of the control, sentence). `more` is the number of pages that the screen adds after the form's own,
    such as that of the agreed items.
    """

    schema: Schema
    own: Schema
    answers: Mapping[str, Json]
    left: Links = ()
    more: int = 0

    @cached_property
    def parts(self) -> list[Part]:
        """The form's own pages; none where all of it is one page."""
        return parts_of(self.schema)

    @property
    def count(self) -> int:
        """The number of the last page; 0 where all of it is one page."""
        return len(self.parts) + self.more if self.parts else 0

    @cached_property
    def asked(self) -> list[int]:
        """The numbers of the pages that have something to show."""
        own = asked_numbers(self.parts, shown_ids(self.schema, self._whole(self.schema)))
        return [*own, *range(len(self.parts) + 1, self.count + 1)]

    def at(self, wanted: Any) -> int:
        """The page to show when this one is asked for: itself, or the next that has something; 0 without pages."""
        number = number_in(wanted) or 1
        return next((one for one in self.asked if one >= number), self.asked[-1]) if self.count and self.asked else 0

    def onward(self, data: Mapping[str, Any]) -> str:
        """The end of the address to go on to after a save: "?part=3#q_…", or empty where all of it is one page."""
        if not self.count:
            return ""
        here, wanted = self.at(data.get("part", "")), data.get("go", "")
        anchor = f"#{wanted}" if PLACE.fullmatch(wanted) else ""
        return f"?{urlencode({'part': self._there(here, wanted)})}{anchor}"

    def _there(self, here: int, wanted: str) -> int:
        if wanted == "next":
            return self.at(here + 1)
        if wanted == "back":
            return next((one for one in reversed(self.asked) if one < here), here)
        match = PLACE.fullmatch(wanted)
        if match is None:
            return self.at(wanted) if wanted else here
        if match[1].startswith("q_"):
            named = {field_name(one): part.number for part in self.parts for one in part.questions}
            return named.get(match[1], here)
        return 1 if match[1] == "settle_" else self.count

    def bar(self, now: int) -> dict[str, Any]:
        """What the place line and the buttons want to know of the page `now`; 0 shows all of them at once."""
        number = self.asked.index(now) + 1 if now in self.asked else 0
        hidden = SafeString(" hidden")
        return {
            "parts": self.count,
            "part": now,
            "place": _("Page %(number)s of %(count)s") % {"number": number, "count": len(self.asked)},
            "place_hidden": "" if now else hidden,
            "first_off": "" if now <= 1 else SafeString(" data-mus-off"),
            "back_hidden": hidden if number <= 1 else "",
            "next_hidden": hidden if not now or number == len(self.asked) else "",
            "end_hidden": hidden if now and number < len(self.asked) else "",
        }

    @cached_property
    def progress(self) -> dict[str, str]:
        """How much is answered, in words, by section."""
        words = _("%(answered)s of %(asked)s answered")
        found = progress(self.own, self._whole(self.own))
        return {one.section: words % {"answered": one.answered, "asked": one.asked} for one in found}

    def contents(self) -> SafeString:
        """The sections with their progress, as the entries of a list; empty for a form of one section."""
        headed = [section for section in self.schema["sections"] if section["heading"]]
        if len(headed) < 2:
            return SafeString("")
        shown = shown_ids(self.schema, self._whole(self.schema))
        return SafeString("".join(self._entry(section, shown=section["id"] in shown) for section in headed))

    def _entry(self, section: Mapping[str, Any], *, shown: bool) -> SafeString:
        first = next((part.number for part in self.parts if part.section == section["id"]), 0)
        gaps = {
            "id": section["id"],
            "anchor": f"s_{section['id'].replace('-', '')}",
            "heading": f"{section['number']} {section['heading']}".strip(),
            "part": first,
            "done": self.progress.get(section["id"], ""),
            "hidden": "" if shown else SafeString(" hidden"),
        }
        return fill(keep(ROW, bool(first), gaps, lambda marks: {"is_paged": bool(first)}), gaps)

    def left_html(self, more: Links = (), *, is_sheet: bool = False) -> SafeString:
        """The list of what is left. `more` is what the screen adds to it, and what a save does not change."""
        names, says = ("field", "sentence", "kept"), {"is_paged": bool(self.count)}
        row = keep(LEFT_ROW, says["is_paged"], names, lambda marks: says)
        rows = [(*one, SafeString(" data-mus-kept")) for one in more] + [(*one, "") for one in self.left]
        html = SafeString("".join(fill(row, dict(zip(names, one, strict=True))) for one in rows))
        gaps = {"rows": html, "hidden": "" if rows else SafeString(" hidden")}
        blank = {**says, "is_sheet": is_sheet, "blank_row": fill(row, dict.fromkeys(names, ""))}
        return fill_kept(LEFT, (says["is_paged"], is_sheet), gaps, lambda marks: blank)

    def told(self) -> dict[str, Any]:
        """The same for a script: `progress` and `left`, so that the page says what the server would."""
        return {"progress": self.progress, "left": list(self.left)}

    def _whole(self, schema: Schema) -> dict[str, Json]:
        return assembled(schema, self.answers)


def course_alone(schema: Schema, answers: Mapping[str, Json]) -> Course:
    """The course of a form that one person fills in: what is left is what must be answered."""
    wanted = missing(schema, assembled(schema, answers))
    return Course(schema, schema, answers, [(field_name(one.key), one.sentence) for one in wanted])
