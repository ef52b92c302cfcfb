"""What is shown is what is signed: the text of the signing page against the bytes that the signature's hash covers."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.plumbing.browser import new_window, watch
from tests.plumbing.portal import Portal

MANY, FEW = 1_000, 12
AT_A_TIME = 50
ROLES = ("EMPLOYEE", "MANAGER")
# As a reader sees it: without the picture of a wheel, whose table stands beside it, and without captions for the blind,
# which say a label again.
SHOWN = """
article => {
  for (const aside of article.querySelectorAll("figure, .mus-visually-hidden")) aside.style.display = "none";
  return article.innerText;
}
"""


@pytest.fixture
def page(chromium: Browser, portal: Portal) -> Iterator[Page]:
    """A window that is somebody else's for each agreement."""
    with new_window(chromium, portal) as context:
        page = context.new_page()
        faults = watch(page)
        yield page
        assert faults == []


def test_a_few_generated_agreements_are_signed_as_they_are_shown(portal: Portal, page: Page) -> None:
    compare(portal, page, count=FEW, seed=int(os.environ.get("SEED", "1")))


@pytest.mark.prove
def test_a_thousand_generated_agreements_are_signed_as_they_are_shown(portal: Portal, page: Page) -> None:
    kinds: set[str] = set()
    for number in range(MANY // AT_A_TIME):
        kinds |= compare(portal, page, count=AT_A_TIME, seed=100 + number)
    assert len(kinds) >= 20  # types of questions that were answered


def compare(portal: Portal, page: Page, *, count: int, seed: int) -> set[str]:
    """Look at generated agreements one by one; the types of questions that were answered in them."""
    code = f"from tests.browser.agreements import make; make({count}, seed={seed})"
    made = json.loads(portal.shell(code).partition("MADE")[2])
    kinds = set()
    for number, one in enumerate(made):
        document = json.loads(one["signed"])
        cookies = {"sessionid": one["session"], "django_language": one["reader"]}
        page.context.add_cookies([{"name": name, "value": value, "url": portal.url} for name, value in cookies.items()])
        page.goto(one["path"])
        expect(page.locator("html")).to_have_attribute("lang", one["reader"])
        shown = page.locator("[data-mus-document]").evaluate(SHOWN)
        assert plain(shown) == plain("\n".join(lines_of(document))), f"seed {seed}, number {number}"
        hashed = hashlib.sha256(one["signed"].encode()).hexdigest()
        assert page.locator("form input[name=document_sha256]").input_value() == hashed
        kinds |= {answer["type"] for section in document["sections"] for answer in section["answers"]}
    assert len(made) >= count - 1, "Hypothesis ran out of examples"
    return kinds


def plain(text: str) -> str:
    """The words without how they are set: a line may break anywhere."""
    return " ".join(text.split())


def lines_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Everything that the signed document says, in its order, with its own labels and nothing else."""
    labels, names = document["labels"], {party["id"]: party["name"] for party in document["parties"]}
    yield document["form"]["title"]
    yield f"{document['reference']}, {labels['revision']} {document['revision']}"
    yield " · ".join(f"{party['name']} ({party['role_label']})" for party in document["parties"])
    for section in document["sections"]:
        yield section["heading"]
        for answer in section["answers"]:
            yield answer["label"]
            yield from words_of(answer)
            if answer["by"] in names:
                yield f"{labels['written_by']} {names[answer['by']]}"
    yield from items_of(document["items"], labels)
    if document["settled"]:
        yield labels["settled"]
    for item in document["settled"]:
        yield item["what"]
        yield item["outcome_label"]
        said = item["comments"]
        yield from (f"{labels[f'comment_{role}']}: {said[role]}" for role in ROLES if said.get(role))
    yield document["statement"]


def words_of(answer: Mapping[str, Any]) -> Iterator[str]:
    if "table" not in answer:
        yield answer["text"]
        return
    yield from answer["table"]["columns"]
    for row in answer["table"]["rows"]:
        yield from row


def items_of(items: list[dict[str, Any]], labels: Mapping[str, str]) -> Iterator[str]:
    if items:
        yield labels["items"]
    for number, item in enumerate(items, start=1):
        yield f"{number}. {item['what']}"
        said = {
            "responsible": item["responsible_label"],
            "due_date": item["due_date_label"],
            "category": item["category_label"],
            "support": item["support"],
            "measure": item["measure"],
        }
        for name, words in said.items():
            if words:
                yield labels[name]
                yield words
