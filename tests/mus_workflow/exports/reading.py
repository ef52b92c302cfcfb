"""Reading a PDF as a program that reads it aloud does."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject


def opened(pdf: bytes) -> PdfReader:
    """The PDF, read strictly."""
    return PdfReader(BytesIO(pdf), strict=True)


def text_of(pdf: bytes) -> str:
    """All words on all pages, without the breaks of lines."""
    return "".join(page.extract_text() for page in opened(pdf).pages).replace("\n", "")


def tags_of(pdf: bytes) -> list[str]:
    """The tags in reading order: /Document, /H1, /P …"""
    return [element["/S"] for element in _elements(opened(pdf).trailer["/Root"]["/StructTreeRoot"])]


def headers_of_cells(pdf: bytes) -> list[int]:
    """For each cell with data, how many header cells it names. Every one of them is in the document."""
    elements = list(_elements(opened(pdf).trailer["/Root"]["/StructTreeRoot"]))
    heads = {element["/ID"] for element in elements if element["/S"] == "/TH"}
    named = [element["/A"]["/Headers"] for element in elements if element["/S"] == "/TD"]
    return [len([key for key in keys if key in heads]) for keys in named]


def _elements(node: Any) -> Iterator[DictionaryObject]:
    for child in _children(node):
        if isinstance(child, DictionaryObject) and "/S" in child:
            yield child
            yield from _elements(child)


def _children(node: Any) -> list[Any]:
    kids = node.get("/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    return [kid.get_object() for kid in kids if not isinstance(kid, int)]
