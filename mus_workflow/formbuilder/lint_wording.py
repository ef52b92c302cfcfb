"""Wordings that make a question hard to answer truly, by language: Danish rules for Danish forms, English for English.

The lists are our own. They look for words, not for meaning, so what they find is advice. A word that belongs to the
trade (sygeplejerske, personalepolitik, health and safety) must not be found.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

HEALTH = _("health")
UNION = _("membership of a trade union")
BELIEF = _("religion or belief")
POLITICS = _("political opinions")
SEXUALITY = _("sex life or sexual orientation")
ORIGIN = _("racial or ethnic origin")
CRIME = _("criminal offences")
NUMBER = _("the national identity number")


class Wording(NamedTuple):
    """What to look for in one language. `asks` finds the words that begin a question, not those that relate."""

    two_at_once: re.Pattern[str]
    asks: re.Pattern[str]
    joins: re.Pattern[str]
    leading: re.Pattern[str]
    sensitive: tuple[tuple[re.Pattern[str], object], ...]


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


def _begins(joins: str, *alternatives: str) -> re.Pattern[str]:
    """Words at the start of a sentence or a clause."""
    start = rf"(?:^|[.?!:;,–]\s+(?:(?:{joins})\s+)?|\b(?:{joins})\s+)"
    return re.compile(rf"{start}(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


def _either(*patterns: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern in patterns), re.IGNORECASE)


DANISH = Wording(
    two_at_once=_words(r"og\s*/\s*eller", r"samt (?:hvad|hvordan|hvorfor|hvornår|hvem|hvilken|hvilket|hvilke)"),
    asks=_begins(
        "og|samt|eller", "hvad", "hvor", "hvordan", "hvorfor", "hvornår", "hvem", "hvilken", "hvilket", "hvilke"
    ),
    joins=_words("og", "samt"),
    leading=_either(
        # “Er du ikke enig?”, but not “Hvad er du ikke enig i?”.
        _begins(
            "og|men",
            r"(?:er|synes|mener|tror|tænker|vil|burde|skulle|kan) (?:du|I|vi|man) (?:da )?ikke(?: også)?(?: enige?)?",
            r"(?:er|var) det (?:da )?ikke",
        ),
        re.compile(r", (?:ikke|vel|ikke også|ikke sandt)(?=\?)"),
        _words(
            r"mon ikke",
            r"selvfølgelig",
            r"naturligvis",
            r"som bekendt",
            r"uden tvivl",
            r"åbenlyst",
            r"indlysende",
            r"(?:alle|enhver) ved",
            r"de fleste (?:mener|synes)",
            r"hvor (?:fantastisk|fremragende|forfærdelig)\w*",
        ),
    ),
    sensitive=(
        (
            _words(
                r"helbred\w*",
                r"helbreds\w+",
                r"syge?|sygt|sygdom\w*|sygefravær\w*|sygemeld\w*|sygedag\w*|sygeperiode\w*",
                r"diagnose\w*",
                r"gravid\w*",
                r"fertilitet\w*",
                r"medicin|medicinen",
                r"handicap\w*",
                r"funktionsnedsættelse\w*",
                r"depression\w*|depressiv\w*|psykisk sårbar\w*",
                r"stress\w*",
                r"alkohol\w*|misbrug\w*",
            ),
            HEALTH,
        ),
        (_words(r"fagforening\w*", r"fagforbund\w*", r"a-kasse\w*"), UNION),
        (_words(r"religion\w*", r"religiøs\w*", r"trosretning\w*", r"tilhører du en tro"), BELIEF),
        (_words(r"politik", r"politiske?", r"partimedlem\w*", r"stemmer du på"), POLITICS),
        (_words(r"seksual\w*", r"seksuel\w*", r"homoseksuel\w*", r"kønsidentitet\w*"), SEXUALITY),
        (_words(r"etnisk\w*", r"etnicitet\w*", r"race|hudfarve\w*", r"oprindelsesland\w*"), ORIGIN),
        (_words(r"straf|straffet|straffe\w+", r"dømt for", r"kriminel\w*", r"lovovertrædelse\w*"), CRIME),
        (_words(r"cpr\w*", r"cpr-\w+", r"personnummer\w*"), NUMBER),
    ),
)

ENGLISH = Wording(
    two_at_once=_words(r"and\s*/\s*or"),
    asks=_begins("and|or|but", "what", "how", "why", "when", "who", "which", "where"),
    joins=_words("and", "as well as"),
    leading=_either(
        _begins(
            "and|but",
            r"(?:do|does|would|should|could|is|are|was|were)n['’]t (?:you|it|we|they|this|that)",
            r"(?:do|would|should) you not",
        ),
        re.compile(r", (?:right|isn['’]t it|don['’]t you|wouldn['’]t you)(?=\?)"),
        _words(
            r"surely",
            r"of course",
            r"obviously",
            r"undoubtedly",
            r"as (?:everyone|everybody|we all) knows?",
            r"(?:everyone|everybody) (?:knows|agrees)",
            r"most people (?:think|agree)",
            r"how (?:fantastic|wonderful|terrible|awful)",
        ),
    ),
    sensitive=(
        (
            _words(
                r"(?<!occupational )health(?!\s*(?:and|&)\s*safety)(?! care)(?!care)",
                r"ill|illness\w*|sick|sickness\w*",
                r"diagnos\w+",
                r"pregnan\w+",
                r"medication",
                r"disabilit\w+|disabled",
                r"depression|depressed",
                r"stress\w*",
                r"alcohol\w*",
            ),
            HEALTH,
        ),
        (_words(r"trade unions?", r"union members?(?:hip)?", r"member of a union"), UNION),
        (_words(r"religion\w*", r"religious", r"your faith"), BELIEF),
        (_words(r"politics", r"political\w*", r"vote for"), POLITICS),
        (_words(r"sexual\w*", r"gender identity"), SEXUALITY),
        (_words(r"ethnic\w*", r"racial\w*", r"your race"), ORIGIN),
        (_words(r"criminal\w*", r"convict\w+"), CRIME),
        (_words(r"social security number", r"national identity number", r"cpr\w*"), NUMBER),
    ),
)

WORDINGS: Mapping[str, Wording] = {"da": DANISH, "en": ENGLISH}


def wording_of(language: str) -> Wording | None:
    """The rules of a language; None where we have none, and then its wordings are not judged."""
    return WORDINGS.get(language.partition("-")[0].lower())
