"""The course of a dialogue: its stages and the table of lawful moves between them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Where a dialogue stands. Stored in upper case; the order is the order of the course."""

    PLANNED = "PLANNED", _("Planned")
    INVITED = "INVITED", _("Invited")
    PREPARING = "PREPARING", _("Preparing")
    TALK = "TALK", _("Talk")
    SIGN_OFF = "SIGN_OFF", _("Signing")
    FOLLOW_UP = "FOLLOW_UP", _("Follow-up")
    CLOSED = "CLOSED", _("Closed")
    NOT_HELD = "NOT_HELD", _("Not held")


# The steps a person sees in the stepper. NOT_HELD is an end beside the course, not a step of it.
COURSE = (
    Stage.PLANNED,
    Stage.INVITED,
    Stage.PREPARING,
    Stage.TALK,
    Stage.SIGN_OFF,
    Stage.FOLLOW_UP,
    Stage.CLOSED,
)

ENDED = frozenset({Stage.CLOSED, Stage.NOT_HELD})
BEFORE_TALK = frozenset({Stage.PLANNED, Stage.INVITED, Stage.PREPARING})
CAN_PREPARE = frozenset({Stage.INVITED, Stage.PREPARING, Stage.TALK})
HAS_TALKED = frozenset({Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED})

MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.PLANNED: frozenset({Stage.INVITED, Stage.NOT_HELD}),
    Stage.INVITED: frozenset({Stage.PREPARING, Stage.TALK, Stage.NOT_HELD}),
    Stage.PREPARING: frozenset({Stage.INVITED, Stage.TALK, Stage.NOT_HELD}),
    Stage.TALK: frozenset({Stage.INVITED, Stage.SIGN_OFF, Stage.NOT_HELD}),
    Stage.SIGN_OFF: frozenset({Stage.TALK, Stage.FOLLOW_UP}),
    Stage.FOLLOW_UP: frozenset({Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
    Stage.NOT_HELD: frozenset(),
}


def is_lawful(before: str, after: str) -> bool:
    """Whether the course has a move from one stage to the other."""
    return Stage(after) in MOVES[Stage(before)]
