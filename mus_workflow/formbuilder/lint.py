"""Advice to the editor of a form. It never keeps a form from being published.

It looks at the document that would be frozen. How hard a text is to read is measured by what the caller brings, so
that this package needs no other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mus_workflow.formbuilder.filling_time import minutes
from mus_workflow.formbuilder.lint_wording import Wording, wording_of
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import TextSlot
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema
from mus_workflow.formbuilder.sides import SIDES
from mus_workflow.formbuilder.translating import Progress

LONG_LABEL = 200
MANY_QUESTIONS = 40
MANY_MINUTES = 45
LONG_PLACEHOLDER = 60
# LIX from 45 is what Danes call hard, from 55 very hard: https://da.wikipedia.org/wiki/LIX. Short texts jump about.
HARD_FORM = 45
HARD_TEXT = 55
MEASURABLE_WORDS = 25
OPEN_TYPES = ("short_text", "long_text")
RATED_TYPES = ("scale",)
# In an open answer a second question may follow from the first: “What went wrong, and why?”. A third is too many.
MOST_ASKED_OPENLY = 2


class Advice(NamedTuple):
    """One piece of advice: what kind, a sentence, and where: ids of a section or a question, empty for the form."""

    code: str
    message: str
    section: str = ""
    question: str = ""
    place: str = ""


class Measures(NamedTuple):
    """What the caller lends: the readability of a text (LIX), and the words of a piece of HTML."""

    lix: Callable[[str], float]
    plain: Callable[[str], str]


def advice_on(
    schema: Schema,
    measures: Measures,
    *,
    translations: Mapping[str, Progress] | None = None,
    unreachable: Mapping[str, str] | None = None,
) -> list[Advice]:
    """All advice in the order of the form, what concerns the whole of it first.

    `translations` are the languages, by name, that the form is translated to; `unreachable` are {question id: why}
    of questions that nobody is ever asked.
    """
    found = [*_on_form(schema, measures), *_on_translations(translations or {})]
    for section in schema["sections"]:
        heading = section["heading"]
        place = Truncator(heading).chars(80)
        found += [
            advice._replace(section=section["id"], place=place)
            for advice in _hard_text(section["intro"], measures, _("The section's introduction"))
        ]
        for question in section["questions"]:
            named = Truncator(question["label"] or heading).chars(80)
            told = _on_question(question, wording_of(schema["language"]), measures)
            if question["id"] in (unreachable or {}):
                told = [*told, Advice("UNREACHABLE", (unreachable or {})[question["id"]])]
            found += [advice._replace(section=section["id"], question=question["id"], place=named) for advice in told]
    return found


# The whole form


def _on_form(schema: Schema, measures: Measures) -> Iterator[Advice]:
    asked = max(_asked_of(schema, side) for side in SIDES)
    if asked > MANY_QUESTIONS:
        yield Advice(
            "MANY_QUESTIONS",
            _("One person is asked %(count)s questions. Past %(most)s, people begin to skip.")
            % {"count": asked, "most": MANY_QUESTIONS},
        )
    longest = max(minutes(schema, side, measures.plain) for side in SIDES)
    if longest > MANY_MINUTES:
        yield Advice(
            "LONG", _("It takes about %(minutes)s minutes to fill in. Is it all needed?") % {"minutes": longest}
        )
    yield from _hard_form(schema, measures)
    yield from _hard_text(schema["intro"], measures, _("The introduction"))


def _asked_of(schema: Schema, side: str) -> int:
    return sum(
        registry.get(one["type"]).asks and one["audience"] in ("BOTH", "AGREED", side) for one in questions(schema)
    )


def _hard_form(schema: Schema, measures: Measures) -> Iterator[Advice]:
    if wording_of(schema["language"]) is None:
        return
    pieces = [schema["intro"], *(section["intro"] for section in schema["sections"])]
    pieces += [part for one in questions(schema) for part in (one["label"], one["help"])]
    text = "\n".join(measures.plain(piece) for piece in pieces if piece)
    score = measures.lix(text)
    if len(text.split()) >= MEASURABLE_WORDS and score >= HARD_FORM:
        yield Advice(
            "HARD_TO_READ",
            _("The form as a whole is hard to read (LIX %(score)s; under %(limit)s is better). Shorten the sentences.")
            % {"score": round(score), "limit": HARD_FORM},
        )


def _hard_text(html: str, measures: Measures, what: str) -> Iterator[Advice]:
    text = measures.plain(html)
    score = measures.lix(text)
    if len(text.split()) >= MEASURABLE_WORDS and score >= HARD_TEXT:
        yield Advice(
            "HARD_TO_READ",
            _("%(what)s is very hard to read (LIX %(score)s). Shorten the sentences, and use everyday words.")
            % {"what": what, "score": round(score)},
        )


def _on_translations(translations: Mapping[str, Progress]) -> Iterator[Advice]:
    for name, found in translations.items():
        if not found.written:
            continue
        if found.missing:
            sentence = ngettext(
                "%(language)s: %(count)s text is not translated, and is shown as it is written here.",
                "%(language)s: %(count)s texts are not translated, and are shown as they are written here.",
                found.missing,
            )
            yield Advice("TRANSLATION_MISSING", sentence % {"language": name, "count": found.missing})
        if found.stale:
            sentence = ngettext(
                "%(language)s: %(count)s translation was made from words that have changed.",
                "%(language)s: %(count)s translations were made from words that have changed.",
                found.stale,
            )
            yield Advice("TRANSLATION_STALE", sentence % {"language": name, "count": found.stale})


# One question


def _on_question(question: Question, wording: Wording | None, measures: Measures) -> list[Advice]:
    found = list(_hard_text(question["help"], measures, _("The help")))
    if not registry.get(question["type"]).asks:
        return found
    found += _on_settings(question)
    return [*found, *_on_wording(question, wording)] if wording else found


def _on_settings(question: Question) -> Iterator[Advice]:
    if len(question["label"]) > LONG_LABEL:
        yield Advice(
            "LONG_LABEL",
            _("The question is %(count)s characters long. Move the explanation to the help, and leave the question.")
            % {"count": len(question["label"])},
        )
    if question["required"] and question["sharing"] == "PRIVATE":
        yield Advice("REQUIRED_PRIVATE", _("It is private and must be answered. Let people keep what is private."))
    if question["countable"] and not _can_be_counted(question):
        yield Advice("NOT_COUNTABLE", _("Free text cannot be counted, so “may be counted” promises what is not done."))
    if _carries_help(question):
        yield Advice(
            "PLACEHOLDER",
            _("The pale text in the field says much, and goes away when the person writes. Move it to the help."),
        )
    if _lacks_ends(question["settings"]):
        yield Advice("SCALE_WORDS", _("The scale has no words at its ends, so everybody reads it in their own way."))


def _can_be_counted(question: Question) -> bool:
    question_type = registry.get(question["type"])
    return question_type.has_parts(question) or bool(question_type.choices(question)) or question["type"] == "yes_no"


def _carries_help(question: Question) -> bool:
    placeholder = question["placeholder"].strip()
    return len(placeholder) > LONG_PLACEHOLDER or (bool(placeholder) and not question["help"] and "?" in placeholder)


def _lacks_ends(settings: Mapping[str, Any]) -> bool:
    # A matrix that is answered by its columns has a scale that nobody sees.
    if "min_label" not in settings or settings.get("labels") or settings.get("answer") == "CHOICE":
        return False
    return not (settings["min_label"] and settings["max_label"])


def _on_wording(question: Question, wording: Wording) -> Iterator[Advice]:
    for label in _put(question):
        if _asks_two(question, label, wording):
            yield Advice("DOUBLE", _("It seems to ask about two things, and one answer cannot tell which is meant."))
        if match := wording.leading.search(label):
            yield Advice(
                "LEADING",
                _("“%(words)s” leads people to an answer. Ask so that every answer is equally easy.")
                % {"words": match[0].strip(" .?!:;,–")},
            )
    if not question["sensitive"]:
        yield from _on_sensitive(question, wording)


def _put(question: Question) -> Iterable[str]:
    """The wordings of the question itself, each once."""
    return dict.fromkeys(words for words in (question["label"], question["mirrored"]) if words)


def _asks_two(question: Question, label: str, wording: Wording) -> bool:
    if label.count("?") > 1 or wording.two_at_once.search(label):
        return True
    asked = len(wording.asks.findall(label))
    if question["type"] in OPEN_TYPES:
        return asked > MOST_ASKED_OPENLY
    if question["type"] in RATED_TYPES and wording.joins.search(label):
        return True
    return asked > 1 and bool(wording.joins.search(label))


def _on_sensitive(question: Question, wording: Wording) -> Iterator[Advice]:
    """What the question, an option or an example invites people to write. A help that warns is no invitation."""
    slots = registry.get(question["type"]).translatable(dict(question["settings"]))
    inviting = [*_put(question), question["placeholder"], question["example"], *(_held(slot) for slot in slots)]
    for pattern, topic in wording.sensitive:
        match = next((match for text in inviting if (match := pattern.search(text))), None)
        if match:
            yield Advice(
                "SENSITIVE",
                _(
                    "“%(words)s” may invite people to write about %(topic)s (GDPR art. 9 and 10). Mark the question as "
                    "sensitive, or ask about the work instead."
                )
                % {"words": match[0], "topic": topic},
            )


def _held(slot: TextSlot) -> str:
    return str(slot.holder.get(slot.key) or "")
