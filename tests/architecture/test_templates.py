"""Templates: nothing inline, and one name for a page and its template."""

import re

import pytest
from django.urls import get_resolver

from tests.architecture.repository import ROOT, name, written

INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "script address": re.compile(r"javascript:", re.I),
}


@pytest.mark.parametrize("kind", INLINE)
def test_no_template_has_an_inline(kind):
    assert [name(file) for file in written(".html") if INLINE[kind].search(file.read_text())] == []


def test_every_page_template_of_the_workflow_is_named_for_its_address():
    _, workflow = get_resolver().namespace_dict["mus_workflow"]
    addresses = {pattern for pattern in workflow.reverse_dict if isinstance(pattern, str)}
    pages = {file.stem for file in (ROOT / "templates" / "mus_workflow").glob("*.html")} - {"base", "error"}
    assert pages - addresses == set()
