"""HTML as a tagged PDF: with language, title, headings and tables that a screen reader finds (PDF/UA-1).

The library is an extra, and needs Pango on the machine. Where either is missing, nothing breaks: `why_not` says it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

STYLES = "static/mus_workflow/css"
PAPER, SCREEN = "document.css", "document-screen.css"


class NoPdf(Exception):
    """No PDF can be made here. ``str()`` of it is the reason, in plain words of the active language."""


@dataclass(frozen=True)
class Attached:
    """A file that lies in the PDF."""

    name: str
    description: str
    content: bytes


def why_not() -> str:
    """Why no PDF can be made on this server; empty when it can."""
    try:
        _library()
    except NoPdf as reason:
        return str(reason)
    return ""


def pdf_of(html: str, *, made_at: datetime, attached: Iterable[Attached] = ()) -> bytes:
    """The PDF of a whole HTML document with ``lang`` and ``title``. The same document at the same time: the same bytes.

    Nothing is fetched, from disk or network: the only style is ours. Raises NoPdf.
    """
    library = _library()
    files_within = [
        library.Attachment(
            file_obj=BytesIO(one.content),
            name=one.name,
            description=one.description,
            created=made_at,
            modified=made_at,
            relationship="Data",
        )
        for one in attached
    ]
    nothing = import_module("weasyprint.urls").URLFetcher(allowed_protocols=(), allow_redirects=False)
    document = library.HTML(string=html, url_fetcher=nothing)
    style = library.CSS(string=style_sheet(PAPER), url_fetcher=nothing)
    return document.write_pdf(
        stylesheets=[style], pdf_variant="pdf/ua-1", pdf_identifier=True, attachments=files_within
    )


def style_sheet(name: str) -> str:
    """One of the two style sheets of everything that leaves as a document."""
    return files("mus_workflow").joinpath(STYLES, name).read_text(encoding="utf-8")


def _library() -> Any:
    try:
        return _imported()
    except ImportError as error:
        raise NoPdf(_("The server has no library that makes PDF (the extra “pdf”).")) from error
    except OSError as error:
        raise NoPdf(_("The server lacks the system library Pango, which sets the text of a PDF.")) from error


@lru_cache(maxsize=1)
def _imported() -> Any:
    # Half a second, and memory that most processes never need: only when the first PDF is made.
    library = import_module("weasyprint")
    for name in ("weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)  # they tell of each page and each font
    return library
