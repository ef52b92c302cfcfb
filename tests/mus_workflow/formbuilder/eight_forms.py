"""Eight forms such as organisations use, written for the tests. Together they use every type, owner and rule."""

from typing import Any

from tests.mus_workflow.formbuilder.writing import asks, form, ident, only_if, options, section

UNIT = "4f7f8a0c-6a59-4b4e-9f0b-0d3a6f7a1c55"
KEPT = "Was the last agreement kept?"


def column(label: str, kind: str, **more: Any) -> dict[str, Any]:
    """A column of a table."""
    return {"type": "item", "id": ident(f"column {label}"), "value": {"label": label, "type": kind, **more}}


def answer(question: str, op: str, value: str = "") -> dict[str, Any]:
    """A term about an earlier answer."""
    return {"type": "answer", "value": {"question": ident(question), "op": op, "value": value}}


def fact(name: str, op: str, value: str) -> dict[str, Any]:
    """A term about the dialogue or its people."""
    return {"type": name, "value": {"op": op, "value": value}}


def rule(effect: str, match: str, *terms: dict[str, Any]) -> dict[str, Any]:
    return {"effect": effect, "match": match, "terms": list(terms)}


def group(match: str, *terms: dict[str, Any]) -> dict[str, Any]:
    return {"type": "group", "value": {"match": match, "terms": list(terms)}}


def ruled(block: dict[str, Any], *rules: dict[str, Any]) -> dict[str, Any]:
    """The section or question with these rules."""
    return {**block, "value": {**block["value"], "rules": list(rules)}}


def town() -> dict[str, Any]:
    """A town's yearly talk: one form for both sides, themes in sections, some questions only for those who lead."""
    year = section(
        asks(
            "long_text",
            "What went well?",
            mirrored="What did the employee do well?",
            example="The new rota",
            number="1",
        ),
        asks("yes_no", KEPT, number="2"),
        asks(
            "long_text",
            "What got in the way?",
            nested=True,
            condition=only_if("Was the last agreement kept?", "equals", "no"),
        ),
        heading="The year",
    )
    lead = ruled(
        section(asks("long_text", "How do you lead?", audience="EMPLOYEE"), heading="For those who lead"),
        rule("SHOW", "ALL", fact("reports", "equals", "yes")),
    )
    here = ruled(
        section(asks("short_text", "Which desk?", audience="EMPLOYEE"), heading="For the library"),
        rule("SHOW", "ANY", fact("unit", "equals", UNIT), fact("job_family", "equals", "Library")),
    )
    return form(year, lead, here, title="The town's talk", layout="SECTIONS")


def university() -> dict[str, Any]:
    """A university's: publications in a table that grows, a plan with dates, teaching on a scale with words."""
    return form(
        section(
            asks(
                "table",
                "Publications",
                grows=True,
                columns=[
                    column("Title", "short_text"),
                    column("Printed", "date"),
                    column("Pages", "number", decimals=True),
                    column("Peer reviewed", "yes_no"),
                    column("Summary", "long_text"),
                ],
                audience="EMPLOYEE",
            ),
            asks("date_range", "Sabbatical", audience="EMPLOYEE"),
            asks("scale", "Teaching load", min=0, max=100, audience="EMPLOYEE", countable=True),
            asks("url", "Own page", audience="EMPLOYEE"),
            asks("file", "Curriculum vitae", audience="EMPLOYEE"),
            heading="Research",
        ),
        title="Staff review",
    )


def group_talk() -> dict[str, Any]:
    """A group's: what it must be able to do in a wheel, and an average of how it works together."""
    return form(
        section(
            asks("competence_wheel", "What we can", rows=options("Law", "Systems", "Planning")),
            asks("scale", "Asking for help", countable=True),
            asks("scale", "Who does what", countable=True),
            asks(
                "computed",
                "Working together",
                formula="AVERAGE",
                decimals=1,
                terms=[
                    {"type": "item", "id": ident("t1"), "value": {"question": ident("Asking for help"), "weight": "1"}},
                    {"type": "item", "id": ident("t2"), "value": {"question": ident("Who does what"), "weight": "2"}},
                ],
            ),
            ruled(
                asks("long_text", "What must change?"),
                rule("SKIP", "ANY", answer("Working together", "at_least", "4")),
            ),
            heading="The group",
        ),
        title="Group talk",
    )


def leaders() -> dict[str, Any]:
    """A leader's: importance beside experience, and the same rows again as a plan."""
    return form(
        section(
            asks(
                "double_scale",
                "Tasks of leadership",
                rows=options("Direction", "People", "Budget"),
                a_label="Important",
                b_label="Experience",
                audience="EMPLOYEE",
            ),
            asks(
                "table",
                "Plan",
                rows_from=ident("Tasks of leadership"),
                rows=[],
                grows=False,
                columns=[column("Step", "short_text"), column("By", "date")],
                audience="EMPLOYEE",
            ),
            asks("ranking", "Order of importance", options=options("Calm", "Pace", "Quality"), audience="EMPLOYEE"),
            ruled(
                asks("long_text", "Your support", audience="MANAGER"),
                rule("REQUIRE", "ALL", fact("stage", "equals", "TALK")),
            ),
            heading="Leading",
        ),
        title="Leaders",
        layout="QUESTIONS",
    )


def wishes() -> dict[str, Any]:
    """An employee's wishes: choices with “other”, explained and counted, some private whatever happens."""
    return form(
        section(
            asks("multiple_choice", "I wish for", options=options("Course", "Task", "Hours"), other=True),
            asks("single_choice", "How I learn", options=options("Doing", "Reading"), display="LIST", sharing="ALWAYS"),
            ruled(
                asks("short_text", "Which course?"),
                rule("SHOW", "ALL", answer("I wish for", "contains", "Course")),
                rule("REQUIRE", "ANY", answer("How I learn", "answered"), answer("How I learn", "equals", "Doing")),
            ),
            ruled(
                asks("long_text", "What keeps you here?", sharing="PRIVATE", sensitive=True),
                rule("SKIP", "ALL", answer("I wish for", "not_answered"), answer("How I learn", "not_answered")),
            ),
            heading="Wishes",
        ),
        title="Wishes",
    )


def probation() -> dict[str, Any]:
    """A talk in the probation: how far one has come, row by row, and how to be reached."""
    return form(
        section(
            asks(
                "matrix", "How far?", rows=options("Tasks", "Tools"), answer="SCALE", min=1, max=4, not_applicable=True
            ),
            asks(
                "matrix",
                "How often?",
                rows=options("Meetings", "Help"),
                answer="CHOICE",
                columns=options("Weekly", "Daily"),
            ),
            asks("email", "Private mail", audience="EMPLOYEE"),
            asks("phone", "Private phone", audience="EMPLOYEE"),
            asks("time", "Best time to call", audience="EMPLOYEE"),
            asks("number", "Days absent", audience="MANAGER", unit="days", decimals=6),
            ruled(
                asks("long_text", "What next?", audience="MANAGER"),
                rule(
                    "SHOW",
                    "ANY",
                    answer("Days absent", "at_least", "3"),
                    group("NONE", answer("Days absent", "answered"), fact("role", "equals", "EMPLOYEE")),
                ),
            ),
            heading="So far",
        ),
        title="Probation",
    )


def agreement() -> dict[str, Any]:
    """What both sign: a column each in one table, a joint text, each side's own words, items and signatures."""
    return form(
        section(
            asks("prefill", "Where you work", source="EMPLOYMENT"),
            asks("carried_items", "From last time"),
            asks("information", "How to read this", help="<p>Both sign the same words.</p>"),
            asks("long_text", "What we agree", audience="AGREED", required=True),
            asks("long_text", "In my own words", audience="BOTH", mirrored="In the manager's words"),
            asks(
                "table",
                "Courses",
                grows=True,
                audience="AGREED",
                columns=[
                    column("Course", "short_text", audience="AGREED"),
                    column("Wanted", "single_choice", audience="EMPLOYEE", options=options("Much", "Some")),
                    column("Paid", "confirmation", audience="MANAGER"),
                    column("Worth", "scale", audience="EMPLOYEE", min=1, max=3),
                ],
            ),
            asks("agreed_items", "Items"),
            asks("consent", "We have both read it", audience="AGREED"),
            asks("signature", "Signatures"),
            heading="Agreement",
        ),
        title="Agreement",
    )


def after_leave() -> dict[str, Any]:
    """Back from leave: when, from where, and what depends on the date."""
    return form(
        section(
            asks("date", "First day back"),
            asks("confirmation", "Access is in order", audience="MANAGER"),
            ruled(
                asks("long_text", "The first weeks"),
                rule("SHOW", "ALL", answer("First day back", "not_equals", "2026-01-01")),
            ),
            heading="Back",
        ),
        title="After leave",
    )


EIGHT = {
    make.__name__: make for make in (town, university, group_talk, leaders, wishes, probation, agreement, after_leave)
}
