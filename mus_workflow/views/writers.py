"""Who writes on a sheet that several write, and who did so last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .disputes import time_in_words
from .loading import Seat


def last_writer(body: Mapping[str, Any], seat: Seat, names: Mapping[str, str]) -> str:
    """Who wrote last in a sheet, and when, in a sentence; empty while nothing is written."""
    entries = list(body["answers"].values())
    for item in body["items"].values():
        writers = item.get("writers", {})
        entries += [{"version": item["versions"][name], **writers[name]} for name in writers]
    if not entries or not (last := max(entries, key=lambda entry: entry["version"])).get("at"):
        return ""
    if last["by"] == str(seat.participant.pk):
        return _("You wrote last, at %(time)s.") % {"time": time_in_words(last["at"])}
    return _("%(name)s wrote last, at %(time)s.") % {
        "name": names.get(last["by"], _("The other party")),
        "time": time_in_words(last["at"]),
    }


def names_in(seat: Seat) -> dict[str, str]:
    """The names of all who take or took part, by participant id; one query."""
    return {str(key): name for key, name in seat.dialogue.participants.values_list("pk", "name")}
