"""Walking a list of the auditor's from page to page, as its links lead."""

from __future__ import annotations

import re

from django.test import Client

RESULTS = "/admin/mus/audit/results/"
LINK = re.compile(r'<li class="(prev|next)"><a href="[^"?]*(\?[^"]*)"')


def links(page: str) -> dict[str, str]:
    """Where the links to the pages beside this one lead."""
    return {name: query.replace("&amp;", "&") for name, query in LINK.findall(page)}


def walk(client: Client, query: str = "?", direction: str = "next") -> tuple[list[list[str]], str]:
    """The references of each page from here on, and the last page's query."""
    pages = []
    while True:
        response = client.get(f"{RESULTS}{query}")
        pages.append([row.dialogue.reference for row in response.context["object_list"]])
        further = links(response.content.decode()).get(direction)
        if further is None:
            return pages, query
        query = further
