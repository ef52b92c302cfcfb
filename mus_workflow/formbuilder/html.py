"""Editors' rich text, made safe and self-contained before it is frozen."""

from html import unescape
from typing import Any

import nh3
from django.utils.html import strip_tags
from wagtail.rich_text import RichText, expand_db_html

FEATURES = ["bold", "italic", "link", "ul"]
TAGS = {"p", "br", "b", "strong", "i", "em", "a", "ul", "ol", "li"}
SCHEMES = {"http", "https", "mailto", "tel"}


def clean_html(value: str) -> str:
    """The same words with only our few tags left, and nothing at all where no word is left."""
    cleaned = nh3.clean(value, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None).strip()
    return cleaned if unescape(strip_tags(cleaned)).strip() else ""


def frozen_html(value: Any) -> str:
    """Rich text as stored in a form: page links become addresses, because the ids behind them may be deleted."""
    source = value.source if isinstance(value, RichText) else str(value or "")
    return clean_html(expand_db_html(source))
