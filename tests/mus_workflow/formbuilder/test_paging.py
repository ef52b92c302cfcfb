"""How much of a form is on the screen at a time."""

from mus_workflow.formbuilder.conditions import shown_ids
from mus_workflow.formbuilder.paging import asked_numbers, parts_of
from mus_workflow.formbuilder.projection import FormKey, beside, joint
from tests.mus_workflow.formbuilder.writing import asks, form, ident, only_if, section


def laid_out(layout, *sections):
    return {**form(*sections), "layout": layout}


def pages(schema):
    return [part.questions for part in parts_of(schema)]


def names(*labels):
    return tuple(ident(label) for label in labels)


def test_a_form_on_one_page_has_no_parts():
    assert parts_of(laid_out("PAGE", section(asks("long_text", "A")))) == []


def test_a_section_at_a_time():
    schema = laid_out(
        "SECTIONS",
        section(asks("long_text", "A"), asks("long_text", "B"), heading="One"),
        section(asks("long_text", "C"), heading="Two"),
    )
    assert pages(schema) == [names("A", "B"), names("C")]
    assert [part.number for part in parts_of(schema)] == [1, 2]


def test_a_question_at_a_time_takes_what_is_nested_under_it_along():
    schema = laid_out(
        "QUESTIONS",
        section(asks("yes_no", "A"), asks("long_text", "A1", nested=True), asks("long_text", "B"), heading="One"),
        section(asks("long_text", "C"), heading="Two"),
    )
    assert pages(schema) == [names("A", "A1"), names("B"), names("C")]


def test_a_text_stands_with_the_question_it_leads_to_and_a_last_one_with_the_question_before():
    schema = laid_out(
        "QUESTIONS",
        section(
            asks("information", "Read"), asks("long_text", "A"), asks("long_text", "B"), asks("information", "Thanks")
        ),
    )
    assert pages(schema) == [names("Read", "A"), names("B", "Thanks")]


def test_a_section_without_questions_is_a_page_of_its_own():
    schema = laid_out("QUESTIONS", section(heading="Welcome"), section(asks("long_text", "A"), heading="One"))
    assert pages(schema) == [(), names("A")]


def test_both_sides_of_a_pair_are_on_one_page():
    both, agreed = asks("long_text", "A", audience="BOTH"), asks("long_text", "B", audience="AGREED")
    whole = joint(laid_out("QUESTIONS", section(both, agreed)))
    drawn = beside(whole, FormKey("x", "EMPLOYEE", "en"))
    assert [len(page) for page in pages(drawn)] == [2, 1]


def test_a_page_whose_questions_are_all_hidden_is_passed_over():
    schema = laid_out(
        "SECTIONS",
        section(asks("yes_no", "Dog"), heading="One"),
        section(asks("long_text", "Name", condition=only_if("Dog", "equals", "yes")), heading="Two"),
        section(asks("long_text", "C"), heading="Three"),
    )
    parts = parts_of(schema)
    assert asked_numbers(parts, shown_ids(schema, {})) == [1, 3]
    assert asked_numbers(parts, shown_ids(schema, {ident("Dog"): True})) == [1, 2, 3]


def test_on_a_sheet_the_other_sides_questions_stand_as_theirs_and_its_texts_do_not():
    whole = laid_out(
        "PAGE",
        section(
            asks("information", "For the manager", audience="MANAGER"),
            asks("yes_no", "Manager asks", audience="MANAGER"),
            asks("long_text", "Agreed", audience="AGREED", nested=True),
        ),
        section(asks("information", "Only for the manager", audience="MANAGER"), heading="Hidden"),
    )
    drawn = beside(whole, FormKey("x", "EMPLOYEE", "en"))
    assert [len(one["questions"]) for one in drawn["sections"]] == [2]
    theirs, agreed = drawn["sections"][0]["questions"]
    assert (theirs["id"], theirs["theirs"], "theirs" in agreed) == (ident("Manager asks"), True, False)
    # It would be out of sight wherever the manager's control is not on the page.
    assert agreed["parent"] is None
