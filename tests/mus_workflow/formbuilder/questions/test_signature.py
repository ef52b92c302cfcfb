import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident

NAME = asks("short_text", "Name")


def page(**settings):
    schema = asking(NAME, asks("signature", "Signatures", **settings))
    return BeautifulSoup(render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, {}), "html.parser")


@pytest.mark.parametrize(
    ("signers", "sides"), [("BOTH", ["Employee", "Manager"]), ("EMPLOYEE", ["Employee"]), ("MANAGER", ["Manager"])]
)
def test_each_side_that_signs_has_lines_on_paper(signers, sides):
    soup = page(signers=signers)
    found = soup.find_all(class_="mus-sign-lines__party")
    assert [one.find(class_="mus-sign-lines__side").get_text() for one in found] == sides
    for one in found:
        assert [line.get_text() for line in one.find_all(class_="mus-sign-lines__line")] == [
            "Name",
            "Date",
            "Signature",
        ]


def test_the_screen_says_where_one_signs_and_paper_does_not():
    told = page().find(class_="mus-no-print")
    assert told.get_text() == "Employee and manager sign on the signing page, when the text is finished."


def test_nobody_answers_it_and_a_form_of_nothing_else_asks_nothing():
    schema = asking(NAME, asks("signature", ""))
    assert list(Asked(schema).questions) == [ident("Name")]
    with pytest.raises(CompileError, match="no questions yet"):
        asking(asks("signature", "Signatures"))
