"""The record of processing activities (GDPR art. 30), made from the data map, the policies and the rules in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from mus_workflow.conf import app_settings
from mus_workflow.documents.retention import Rule, Terms, terms_of
from mus_workflow.models.concept import NEW_IN_CONCEPT
from mus_workflow.models.data_map import DATA_MAP, Activity, Kept
from mus_workflow.policies import dialogues, evidence, files, forms, holds, items, managers, overview, preparations

IN_CLEAR = ("personal", "private")
_HOW_LONG, _MEASURES = _("How long"), _("Security measures")


class Recipient(NamedTuple):
    """A role that data reaches, and the policy that lets it: the function that the pages ask."""

    words: Any
    guard: Callable[..., Any]


class About(NamedTuple):
    """What the record says of one activity."""

    why: Any
    persons: Any
    recipients: Sequence[Recipient]


PARTIES = Recipient(_("the employee and the manager in the dialogue, while they take part"), dialogues.participant_of)
METADATA = Recipient(
    _("auditors: who did what, when, to which question and why, without the words"), evidence.can_take_out
)

ABOUT: dict[Activity, About] = {
    Activity.PEOPLE: About(
        _("Who is invited by whom, and who may arrange a talk for whom."),
        _("employees, managers, those who arrange talks, HR partners"),
        [
            Recipient(_("the manager, and whoever arranges talks for the manager"), dialogues.can_plan),
            Recipient(_("HR partners of the unit, who propose another manager"), managers.can_propose_manager),
        ],
    ),
    Activity.COURSE: About(
        _("To hold the yearly talk, and to show that it was held."),
        _("employees and managers"),
        [
            PARTIES,
            Recipient(_("whoever arranges talks for the manager: time and place"), dialogues.can_arrange),
            Recipient(_("HR partners: counts of units that are large enough"), overview.is_hr_partner),
            METADATA,
        ],
    ),
    Activity.PREPARATION: About(
        _("To prepare for the talk, each for themselves, and to share as much of it as one chooses."),
        _("employees and managers"),
        [
            Recipient(
                _("what is being typed: its author; what the parties write together, both of them"),
                preparations.can_open_draft,
            ),
            Recipient(
                _("what is shared: those who take part when it is shared, until it is taken back"),
                preparations.shared_with,
            ),
            Recipient(_("a file: whoever may read the answer that it belongs to"), files.can_open_file),
        ],
    ),
    Activity.AGREEMENT: About(
        _("To agree on development, to sign it, and to follow it until the next talk."),
        _("employees and managers"),
        [
            PARTIES,
            Recipient(_("notes on the items: the parties"), items.can_record_progress),
            Recipient(
                _("an auditor with a reason, a second person's approval and a time limit"), evidence.opened_events
            ),
            METADATA,
        ],
    ),
    Activity.PROOF: About(
        _("To show that an agreement is as it was signed, and to find it out when it is not."),
        _("everybody who does something in a dialogue"),
        [
            METADATA,
            Recipient(
                _("whoever is given a bundle of evidence by an auditor: words only as far as a grant opens them"),
                evidence.can_take_out_words,
            ),
        ],
    ),
    Activity.OVERSIGHT: About(
        _("To know who has read what, to let an auditor read for a reason, and to erase in time."),
        _("employees, managers, auditors, the data protection officer"),
        [
            Recipient(_("each of the parties: who has looked at what they wrote, by role"), dialogues.participant_of),
            Recipient(
                _("auditors and the data protection officer: permissions and the reasons for them"),
                overview.answers_grants,
            ),
            Recipient(_("whoever places holds: which dialogues are kept for a case"), holds.may_hold),
        ],
    ),
    Activity.FORMS: About(
        _("To ask the organisation's own questions under its own rules."),
        _("editors"),
        [Recipient(_("editors of forms, and everybody who meets a form"), forms.can_make_form)],
    ),
}

MEASURES = [
    _(
        "Every word that a person writes is sealed with AES-256-GCM under a key of its dialogue, its class of text and "
        "(where it is one person's) that person. Erasing is destroying the key."
    ),
    _(
        "The keys are wrapped by master keys that lie outside the database. Their copies are tried once a year, and "
        "they can be changed without touching a text."
    ),
    _(
        "One set of rules decides who may read what, for pages, files and exports alike. A superuser is let in by "
        "none of them."
    ),
    _(
        "Whoever reads what another wrote is recorded before the page is shown, and the person can see it. What cannot "
        "be recorded is not shown."
    ),
    _(
        "Each step of a dialogue is an entry in a chain that shows if anything was changed afterwards. The database "
        "refuses changes there."
    ),
    _(
        "Mails hold no words and no names of topics, logs and error reports hold nothing that was typed, and no cache "
        "keeps a page."
    ),
    _(
        "Signing asks for the password anew. Nobody reads an agreement's words in an audit alone: a second person "
        "approves."
    ),
]


def record_of_processing(*, language: str, today: date, rules: Mapping[str, Any] | None = None) -> str:
    """The record as Markdown in this language. ``rules`` are those of the concept in force; without, the defaults."""
    terms = terms_of({"sector": "PUBLIC", **NEW_IN_CONCEPT, **(rules or {})})
    with override(language):
        return "\n".join([*_head(today), *_activities(), *_periods(terms), *_measures()]) + "\n"


def _head(today: date) -> Iterator[str]:
    nobody = _("not filled in: see the settings")
    made = _("Made on %(day)s from the data map of the software, its policies and the rules in force.")
    yield "# " + _("Record of processing activities: staff development dialogues")
    yield from ("", made % {"day": date_format(today, "DATE_FORMAT")}, "")
    yield _named(_("Controller"), app_settings.CONTROLLER or app_settings.ORGANISATION or nobody)
    yield _named(_("Data protection officer"), app_settings.DATA_PROTECTION_OFFICER or nobody)
    yield _named(_("Transfer to third countries"), _("none by this software"))


def _activities() -> Iterator[str]:
    headings = [_("Table"), _("Why"), _("In clear"), _("Sealed"), _("How long")]
    for activity in Activity:
        about = ABOUT[activity]
        yield from ("", f"## {activity.label}", "")
        yield _named(_("Purpose"), about.why)
        yield _named(_("Persons"), about.persons)
        yield _named(_("Recipients"), "")
        yield from (f"    - {one.words} (`{name_of(one.guard)}`)" for one in about.recipients)
        yield from ("", _line(headings), "|---|---|---|---|---|")
        yield from (_row(model, kept) for model, kept in DATA_MAP.items() if kept.activity == activity)


def _row(model: str, kept: Kept) -> str:
    columns = kept.columns()
    clear = [name for name, kind in columns.items() if kind in IN_CLEAR]
    sealed = [name for name, kind in columns.items() if kind == "sealed"]
    told = [", ".join(f"`{name}`" for name in names) or "–" for names in (clear, sealed)]
    return _line([model, kept.purpose, *told, kept.retention])


def _line(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _named(name: Any, said: Any) -> str:
    return f"- **{name}:** {said}".rstrip()


def name_of(guard: Callable[..., Any]) -> str:
    """What the record calls a policy: its module and its name."""
    return f"{guard.__module__.removeprefix('mus_workflow.')}.{guard.__name__}"


def _periods(terms: Terms) -> Iterator[str]:
    by_itself = _("What these rules say is erased by a job that runs every day:")
    not_by_itself = _(
        "Nothing is erased by itself, as the rules of a state body or of the organisation say. They would be:"
    )
    yield from ("", f"## {_HOW_LONG}", "", str(by_itself if terms.is_on else not_by_itself), "")
    yield from (f"- {rule.label}" for rule in Rule)
    yield ""
    yield from (f"- {what}: {period}" for what, period in _numbers(terms))


def _numbers(terms: Terms) -> Iterator[tuple[Any, str]]:
    minutes = app_settings.PARKED_MINUTES
    yield _("a preparation, after the signing"), _days(terms.preparation_days)
    yield (
        _("what was shared of it, after the signing"),
        ngettext("%(count)s month", "%(count)s months", terms.shared_months) % {"count": terms.shared_months},
    )
    yield (
        _("an agreement, after the employee has left"),
        ngettext("%(count)s year", "%(count)s years", terms.agreement_years) % {"count": terms.agreement_years},
    )
    yield _("who has read what"), _days(app_settings.READING_DAYS)
    yield (
        _("a form that could not be taken"),
        ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes},
    )


def _days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _measures() -> Iterator[str]:
    yield from ("", f"## {_MEASURES}", "")
    yield from (f"- {measure}" for measure in MEASURES)
    yield from ("", str(_("Whoever runs the server can read what stands in clear; with the master key, all of it.")))
