import pytest
from wagtail.models import Page
from wagtail.rich_text import RichText

from mus_workflow.formbuilder.html import clean_html, frozen_html


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Hi <b>you</b></p>", "<p>Hi <b>you</b></p>"),
        ('<p data-block-key="x1">Hi</p>', "<p>Hi</p>"),
        ("<p>Hi</p><script>alert(1)</script>", "<p>Hi</p>"),
        ('<p onclick="alert(1)" style="color:red">Hi</p>', "<p>Hi</p>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="/guide/" target="_blank">x</a>', '<a href="/guide/">x</a>'),
        ("<h1>Hi</h1><img src=x onerror=alert(1)>", "Hi"),
    ],
)
def test_only_our_few_tags_are_left(written, kept):
    assert clean_html(written) == kept


@pytest.mark.parametrize("empty", ["", "<p></p>", "<p> &nbsp; <br></p>", "<p>\xa0</p>"])
def test_markup_without_a_word_is_nothing(empty):
    assert clean_html(empty) == ""


def test_cleaning_twice_changes_nothing():
    once = clean_html("<p>a < b & c <unknown>d</unknown> <a href='x?a=1&b=2'>e</a></p>")
    assert clean_html(once) == once


@pytest.mark.django_db
def test_a_link_to_a_page_becomes_its_address():
    page = Page.objects.get(depth=2)
    frozen = frozen_html(RichText(f'<p><a linktype="page" id="{page.pk}">Guide</a></p>'))
    assert "linktype" not in frozen
    assert f'href="{page.url}"' in frozen


def test_nothing_is_frozen_as_nothing():
    assert frozen_html(None) == ""
