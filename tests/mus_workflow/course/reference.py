"""What must be true of one dialogue, told in plain Python: no database, and not a line of the product.

Whoever doubts a rule can read it here. ``Course`` holds the state; each verb says whether it is lawful now, and changes
the state when it is. People are names; a participant is (name, how many times they had joined).
"""

from __future__ import annotations

from dataclasses import dataclass, field

BEFORE_TALK = {"PLANNED", "INVITED", "PREPARING"}
CAN_PREPARE = {"INVITED", "PREPARING", "TALK"}
ENDED = {"CLOSED", "NOT_HELD"}
Part = tuple[str, int]


@dataclass
class Presented:
    """A revision put before its parties, and what each of them answered."""

    revision: int
    parties: frozenset[Part]
    answers: dict[Part, str] = field(default_factory=dict)
    taken_back: bool = False

    @property
    def waits(self) -> bool:
        """Whether somebody has not answered yet."""
        return not self.taken_back and set(self.answers) != self.parties

    @property
    def holds(self) -> bool:
        """Whether everybody has signed, with agreement or without."""
        return set(self.answers) == self.parties and set(self.answers.values()) <= {"AGREED", "RECEIVED"}


@dataclass
class Course:
    """One dialogue: where it stands, who takes part, what was written, shared, presented and answered."""

    present: dict[str, str]
    joined: dict[str, int]
    since: dict[str, int]
    delegates: dict[str, str]
    now: int = 0
    stage: str = "PLANNED"
    typed: set[Part] = field(default_factory=set)
    shared: dict[Part, int] = field(default_factory=dict)
    draft: bool | None = None  # None: not open; else whether it can be presented
    revisions: int = 0
    presented: list[Presented] = field(default_factory=list)
    items: bool = False

    def part(self, who: str) -> Part | None:
        """Whose part this person has now."""
        return (who, self.joined[who]) if who in self.present else None

    @property
    def parts(self) -> frozenset[Part]:
        """All that take part now."""
        return frozenset((who, self.joined[who]) for who in self.present)

    @property
    def waiting(self) -> Presented | None:
        """The revision that waits for answers: none but the newest can."""
        newest = self.presented[-1] if self.presented else None
        return newest if newest and newest.waits and newest.revision == self.revisions else None

    @property
    def in_force(self) -> int:
        """The newest revision that all its parties signed; 0 while there is none."""
        return max((one.revision for one in self.presented if one.holds), default=0)

    def reads(self, who: str) -> set[Part]:
        """Whose shared copies this person may read: what was shared while they took part, their own among it."""
        return {part for part, at in self.shared.items() if who in self.present and at >= self.since[who]}

    def invite(self, who: str) -> bool:
        """The manager, or whoever arranges the manager's talks, until the talk begins."""
        manages = self.present.get(who) == "MANAGER" or self.present.get(self.delegates.get(who, "")) == "MANAGER"
        return self._when(manages and self.stage in BEFORE_TALK, stage="INVITED")

    def accept(self, who: str) -> bool:
        """Whoever was invited."""
        return self._when(self.present.get(who) == "EMPLOYEE" and self.stage == "INVITED", stage="PREPARING")

    def prepare(self, who: str) -> bool:
        """Each for themselves, from the invitation until the agreement is presented."""
        return self._when(who in self.present and self.stage in CAN_PREPARE, lambda: self.typed.add(self.part(who)))

    def share(self, who: str) -> bool:
        """What one has typed."""
        may = who in self.present and self.stage in CAN_PREPARE and self.part(who) in self.typed
        return self._when(may, lambda: self.shared.__setitem__(self.part(who), self.now))

    def withdraw(self, who: str) -> bool:
        """What one has shared, until the agreement is presented."""
        may = self.part(who) in self.shared and self.stage in CAN_PREPARE
        return self._when(may, lambda: self.shared.pop(self.part(who)))

    def talk(self, who: str) -> bool:
        """Either side opens it, once invited. What was written in a talk that was broken off is still there."""

        def opened() -> None:
            self.draft = False if self.draft is None else self.draft

        return self._when(who in self.present and self.stage in {"INVITED", "PREPARING"}, opened, stage="TALK")

    def break_off(self, who: str) -> bool:
        """Either side."""
        return self._when(who in self.present and self.stage == "TALK", stage="INVITED")

    def end_unheld(self, who: str) -> bool:
        """The manager, as long as nothing was presented."""
        may = self.present.get(who) == "MANAGER" and self.stage in BEFORE_TALK | {"TALK"}
        return self._when(may, stage="NOT_HELD")

    def write(self, who: str) -> bool:
        """Everybody, in the talk and in an amendment, while nothing waits for signatures."""
        return self._when(self._may_write(who), lambda: setattr(self, "draft", True))

    def save(self, who: str) -> bool:
        """A revision that nobody is asked to sign."""
        return self._when(self._may_write(who), lambda: setattr(self, "revisions", self.revisions + 1))

    def present_it(self, who: str) -> bool:
        """A revision that every party is asked to sign: complete ones only."""

        def put() -> None:
            self.revisions += 1
            self.presented.append(Presented(self.revisions, self.parts))
            self.stage = "SIGN_OFF" if self.stage == "TALK" else self.stage

        return self._when(self._may_write(who) and bool(self.draft), put)

    def answer(self, who: str, meaning: str) -> bool:
        """Each party once; to the newest revision; while the parties are those it was presented to."""
        waiting, part = self.waiting, self.part(who)
        may = (
            waiting is not None
            and part is not None
            and self.stage not in ENDED
            and waiting.parties == self.parts
            and who not in {name for name, _times in waiting.answers}
        )

        def answered() -> None:
            waiting.answers[part] = meaning
            if not waiting.waits:
                self.draft, self.items = None, self.items or waiting.holds
                self.stage = "FOLLOW_UP" if self.stage == "SIGN_OFF" else self.stage

        return self._when(may, answered)

    def take_back(self, who: str) -> bool:
        """Any participant, while somebody has not answered."""
        waiting = self.waiting

        def back() -> None:
            waiting.taken_back = True
            self.stage = "TALK" if self.stage == "SIGN_OFF" else self.stage

        return self._when(who in self.present and waiting is not None and self.stage not in ENDED, back)

    def amend(self, who: str) -> bool:
        """What all have answered, from there until the end."""
        may = who in self.present and self.stage == "FOLLOW_UP" and self.draft is None and self.waiting is None
        return self._when(may, lambda: setattr(self, "draft", True))

    def drop(self, who: str) -> bool:
        """An amendment: what was answered stands as it was."""
        return self._when(self._may_write(who) and self.stage == "FOLLOW_UP", lambda: setattr(self, "draft", None))

    def close(self, who: str) -> bool:
        """The manager, when no amendment is open."""
        may = self.present.get(who) == "MANAGER" and self.stage == "FOLLOW_UP" and self.draft is None
        return self._when(may, stage="CLOSED")

    def progress(self, who: str) -> bool:
        """Each participant, on what is in force."""
        return self._when(who in self.present and self.stage == "FOLLOW_UP" and self.items)

    def hand_over(self, to: str) -> bool:
        """Another manager: the old one is out at once, and joins anew if they come back."""

        def handed() -> None:
            for who in [name for name, role in self.present.items() if role == "MANAGER"]:
                del self.present[who]
            self.present[to] = "MANAGER"
            self.joined[to] = self.joined.get(to, 0) + 1
            self.since[to] = self.now

        return self._when(self.present.get(to) != "MANAGER", handed)

    def _may_write(self, who: str) -> bool:
        return (
            who in self.present
            and self.stage in {"TALK", "FOLLOW_UP"}
            and self.draft is not None
            and self.waiting is None
        )

    def _when(self, may: bool, change: object = None, *, stage: str = "") -> bool:
        if may:
            if callable(change):
                change()
            self.stage = stage or self.stage
        return bool(may)
