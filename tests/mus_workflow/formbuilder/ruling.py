"""Generated forms whose questions and sections have rules, as editors could have written them."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.questions import registry
from tests.mus_workflow.formbuilder.strategies import bodies, conditions
from tests.mus_workflow.formbuilder.writing import form

UNIT = "7d1c2f0e-2f5f-4f29-8a57-0c9a3a3d8a11"
FACTS = [
    ("role", ["EMPLOYEE", "MANAGER"]),
    ("stage", ["PREPARING", "TALK"]),
    ("reports", ["yes", "no"]),
    ("unit", [UNIT]),
    ("job_family", ["Academic", "Technical"]),
]
MATCHES = st.sampled_from(["ALL", "ANY"])


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """What is known of a dialogue and its people, as the projection takes it."""
    return {
        "ROLE": draw(st.sampled_from(["EMPLOYEE", "MANAGER"])),
        "STAGE": draw(st.sampled_from(["PREPARING", "TALK"])),
        "REPORTS": draw(st.booleans()),
        "UNIT": draw(st.sampled_from([frozenset(), frozenset({UNIT})])),
        "JOB_FAMILY": draw(st.sets(st.sampled_from(["Academic", "Technical"]))),
    }


@st.composite
def fact_terms(draw: st.DrawFn) -> dict[str, Any]:
    name, values = draw(st.sampled_from(FACTS))
    op = draw(st.sampled_from(["equals", "not_equals"]))
    return {"type": name, "value": {"op": op, "value": draw(st.sampled_from(values))}}


def leaves(targets: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    if not targets:
        return fact_terms()
    answers = conditions(st.sampled_from(targets)).map(lambda value: {"type": "answer", "value": value})
    return answers | answers | fact_terms()


@st.composite
def rules(draw: st.DrawFn, targets: list[dict[str, Any]], effects: list[str]) -> dict[str, Any]:
    effect, match = draw(st.sampled_from(effects)), draw(MATCHES)
    terms = st.lists(leaves(targets), min_size=1, max_size=3)
    groups = st.fixed_dictionaries({"match": st.sampled_from(["ALL", "ANY", "NONE"]), "terms": terms})
    # A rule that leaves out when all is so has no room for groups.
    kinds = leaves(targets)
    if (effect, match) != ("SKIP", "ALL"):
        kinds = kinds | groups.map(lambda value: {"type": "group", "value": value})
    return {"effect": effect, "match": match, "terms": draw(st.lists(kinds, min_size=1, max_size=3))}


@st.composite
def ruled_bodies(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Sections with rules. They may contradict each other."""
    sections = draw(bodies())
    earlier: list[dict[str, Any]] = []
    for section in sections:
        inside = section["value"]["questions"]
        readers = inside or [{"value": {"audience": "BOTH"}}]
        common = [one for one in earlier if all(_serves(one, question) for question in readers)]
        section["value"]["rules"] = draw(st.lists(rules(common, ["SHOW", "SKIP"]), max_size=1))
        for question in inside:
            draw(_columns_of_one_side(question))
            asks = registry.get(question["type"]).asks
            targets = [one for one in earlier if _serves(one, question)]
            effects = ["SHOW", "SKIP"]
            found = draw(st.lists(rules(targets, effects), max_size=2))
            if asks and draw(st.booleans()):
                found.append(draw(rules(targets, ["REQUIRE"])))
            question["value"]["rules"] = found
            earlier += [question] if registry.get(question["type"]).operators else []
    return sections


@st.composite
def _columns_of_one_side(draw: st.DrawFn, question: dict[str, Any]) -> None:
    """Let some columns of a table that both see be for one of them to fill in."""
    if question["type"] == "table" and question["value"]["audience"] == "BOTH":
        for column in question["value"]["columns"]:
            column["value"]["audience"] = draw(st.sampled_from(["BOTH", "EMPLOYEE", "MANAGER"]))


def _serves(target: dict[str, Any], question: dict[str, Any]) -> bool:
    audience = target["value"]["audience"]
    if audience == "BOTH":
        return question["value"]["audience"] != "AGREED"
    return audience in ("AGREED", question["value"]["audience"])


@st.composite
def ruled_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Frozen forms with rules that do not rule each other out."""
    return frozen(draw(ruled_bodies()))


def frozen(sections: list[dict[str, Any]]) -> dict[str, Any]:
    """The frozen form; within a test, another example where the only fault is rules that rule each other out."""
    try:
        return form(*sections)
    except CompileError as error:
        assume(not all("never be shown" in str(problem) or "never is" in str(problem) for problem in error.problems))
        raise
