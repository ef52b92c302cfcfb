import re

import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import Asked, partial_clean
from mus_workflow.formbuilder.parts import assembled, field_name, most_rows
from mus_workflow.formbuilder.projection import FormKey, for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.added_rows import new_row, row_id_of
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, options, part

GOALS = ident("Goals")
FIRST, SECOND = "01" * 16, "02" * 16


def columns():
    kinds = {
        "Goal": {"type": "long_text"},
        "Hours": {"type": "number", "unit": "h", "decimals": True},
        "When": {"type": "date"},
        "Way": {"type": "single_choice", "options": options("Course", "Reading")},
        "Sure": {"type": "yes_no"},
        "Boss": {"type": "short_text", "audience": "MANAGER"},
    }
    return [{"type": "item", "id": ident(name), "value": {"label": name, **kind}} for name, kind in kinds.items()]


def table(**value):
    return asking(asks("table", "Goals", **{"columns": columns(), "grows": True, "audience": "AGREED", **value}))


def fixed(**value):
    return table(grows=False, rows=options("Craft", "People"), **value)


def cell(row, column):
    return f"{GOALS}/{row}_{ident(column).replace('-', '')}"


def drawn(schema, flat=None, role="EMPLOYEE"):
    html = render_form(FormKey(digest(schema), role, "en"), schema, flat or {})
    return BeautifulSoup(html, "html.parser")


def test_cells_are_checked_as_questions_of_their_columns_type():
    typed = {cell(FIRST, "Goal"): "Lead", cell(FIRST, "Hours"): "2.5", cell(FIRST, "Way"): ident("Course")}
    wrong = {cell(FIRST, "When"): "tomorrow", cell(SECOND, "Hours"): "many"}
    values, errors = partial_clean(table(), {**typed, **wrong})
    assert values == typed
    assert set(errors) == set(wrong)
    assert "When" in errors[cell(FIRST, "When")][0]


def test_the_answer_is_by_row_and_column_and_a_row_without_content_is_no_row():
    flat = {cell(SECOND, "Goal"): "Rest", cell(FIRST, "Sure"): False, cell("03" * 16, "Goal"): None}
    assert assembled(table(), flat)[GOALS] == {
        row_id_of(FIRST): {ident("Sure"): False},
        row_id_of(SECOND): {ident("Goal"): "Rest"},
    }


def test_a_removed_row_is_left_out_and_can_come_back():
    flat = {cell(FIRST, "Goal"): "Lead", cell(SECOND, "Goal"): "Rest"}
    values, errors = partial_clean(table(), {f"{GOALS}/{FIRST}_removed": ["removed"]})
    assert errors == {}
    assert list(assembled(table(), {**flat, **values})[GOALS]) == [row_id_of(SECOND)]
    back, _errors = partial_clean(table(), {f"{GOALS}/{FIRST}_removed": []})
    assert len(assembled(table(), {**flat, **values, **back})[GOALS]) == 2


def test_rows_are_told_in_the_order_they_were_added_in():
    value = {
        row_id_of(SECOND): {ident("Goal"): "Rest"},
        row_id_of(FIRST): {ident("Goal"): "Lead", ident("Hours"): "2.5"},
    }
    kind, question = registry.get("table"), only_question(table())
    assert kind.text(question, value) == "1. Goal: Lead; Hours: 2.5 h\n2. Goal: Rest"
    assert kind.table(question, value) == {
        "columns": ["", "Goal", "Hours", "When", "Way", "Sure", "Boss"],
        "rows": [["1", "Lead", "2.5 h", "", "", "", ""], ["2", "Rest", "", "", "", "", ""]],
    }


def test_a_row_that_the_editor_wrote_is_called_what_it_says():
    value = {ident("Craft"): {ident("Goal"): "Oak"}}
    assert registry.get("table").text(only_question(fixed()), value) == "Craft: Goal: Oak"


def test_row_ids_sort_by_the_time_they_were_made():
    moments = [new_row(milliseconds) for milliseconds in (9, 10, 2**40)]
    assert moments == sorted(moments)
    assert all(re.fullmatch("[0-9a-f]{32}", row) for row in [*moments, new_row()])
    assert new_row(9) != new_row(9)


@pytest.mark.parametrize("place", ["nothing", f"{FIRST}_nothing", f"{'zz' * 16}_removed", f"{FIRST}_{FIRST}", FIRST])
def test_a_cell_that_is_not_there_is_no_control(place):
    assert f"{GOALS}/{place}" not in Asked(table())


def test_rows_are_added_only_where_people_add_them():
    assert cell(FIRST, "Goal") not in Asked(fixed())
    assert f"{GOALS}/{ident('Craft').replace('-', '')}_removed" not in Asked(fixed())
    assert part("Goals", "Craft", "Goal") in Asked(fixed())


def test_the_other_sides_column_is_read_and_not_written():
    for schema, key in ((table(), cell(FIRST, "Boss")), (fixed(), part("Goals", "Craft", "Boss"))):
        assert key not in Asked(for_audience(schema, "EMPLOYEE"))
        assert key in Asked(for_audience(schema, "MANAGER"))
        flat = {key: "I <agree>."}
        assert assembled(for_audience(schema, "EMPLOYEE"), flat)[GOALS]
        told = drawn(schema, flat).find(attrs={"data-mus-region": field_name(key)})
        assert told.get_text() == "I <agree>."
        assert drawn(schema, flat, "MANAGER").find("input", attrs={"name": field_name(key)})["value"] == "I <agree>."


def test_there_is_a_blank_row_to_write_in_until_the_table_is_full():
    def rows(flat, **value):
        soup = drawn(table(**value), flat)
        soup.template.decompose()
        return [row["data-mus-row"] for row in soup.select("[data-mus-row]")]

    assert len(rows({})) == 1
    assert len(rows({}, min_rows=3)) == 3
    written = {cell(FIRST, "Goal"): "Lead"}
    shown = rows(written)
    assert shown[0] == FIRST
    assert len(shown) == 2
    assert rows(written, max_rows=1) == [FIRST]
    assert len(rows({**written, f"{GOALS}/{FIRST}_removed": ["removed"]}, max_rows=1)) == 2


def test_every_control_of_a_row_says_which_row_and_column_it_is():
    soup = drawn(table(), {cell(FIRST, "Goal"): "Lead"})
    assert soup.find("textarea", attrs={"name": field_name(cell(FIRST, "Goal"))})["aria-label"] == "Row 1: Goal"
    assert soup.find(attrs={"role": "radiogroup", "aria-label": "Row 1: Sure"})
    rows = drawn(fixed()).find("textarea", attrs={"name": field_name(part("Goals", "People", "Goal"))})
    assert rows["aria-label"] == "People: Goal"


def test_what_people_write_in_cells_is_never_markup():
    tricky = '"><script>x</script>'
    soup = drawn(table(), {cell(FIRST, "Goal"): tricky, cell(FIRST, "Boss"): tricky, cell(FIRST, "Hours"): tricky})
    assert soup.script is None
    assert soup.find("input", attrs={"name": field_name(cell(FIRST, "Hours"))})["value"] == tricky


def test_too_few_and_too_many_rows_are_pointed_out():
    two = {row_id_of(row): {ident("Goal"): "x"} for row in (FIRST, SECOND)}
    told = [one.sentence for one in missing(table(min_rows=3), {GOALS: two})]
    assert told == ["“Goals” needs at least 3 rows, and has 2."]
    told = [one.sentence for one in missing(table(max_rows=1), {GOALS: two})]
    assert told == ["“Goals” has 2 rows, and at most 1 fit. Remove some of them."]
    assert missing(table(), {GOALS: two}) == []
    assert [one.sentence for one in missing(table(required=True), {})] == ["“Goals” must be answered."]


def test_removed_and_empty_rows_do_not_count():
    flat = {cell(FIRST, "Goal"): "x", cell(SECOND, "Goal"): "y", cell("03" * 16, "Goal"): None}
    assert most_rows(flat) == 2
    assert most_rows({**flat, f"{GOALS}/{SECOND}_removed": ["removed"]}) == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"rows": options("Craft")}, "Either the rows are written here, or people add them: not both."),
        ({"grows": False}, "Write the rows, or pick the question they are taken from."),
        ({"min_rows": 5, "max_rows": 2}, "The most rows cannot be fewer than the fewest."),
        ({"audience": "EMPLOYEE"}, "“Boss” is filled in by somebody who is not asked the question."),
        ({"columns": options("Same", "same")}, "Two columns are called “Same”."),
    ],
)
def test_a_table_that_cannot_work_is_refused(value, reason):
    with pytest.raises(CompileError, match=reason):
        table(**value)


def test_a_choice_column_needs_options():
    column = {"type": "item", "id": ident("Way"), "value": {"label": "Way", "type": "single_choice"}}
    with pytest.raises(CompileError, match=r"Way: A choice needs from 2 to 50 options\."):
        table(columns=[column])


def test_the_way_back_to_the_editor_is_the_same_question():
    for schema in (table(min_rows=1, max_rows=7), fixed()):
        settings = only_question(schema)["settings"]
        value = registry.get("table").block_value(settings)
        again = asking(asks("table", "Goals", audience="AGREED", **value))
        assert only_question(again)["settings"] == settings
