"""Reading a page as its viewer does."""

from django.http import HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext, override


def says(page: HttpResponse, sentence: str, language: str = "da") -> bool:
    """Whether the page says the sentence in its language; `sentence` is the English one of the code."""
    with override(language):
        return escape(gettext(sentence)) in page.content.decode()


def without_tokens(page: HttpResponse) -> str:
    """Leave out what differs between two showings of a page by chance: tokens of the form, and ids of a request."""
    tokens = ("csrfmiddlewaretoken", "mus_author", "request")
    lines = page.content.decode().replace("<input", "\n<input").splitlines()
    return "\n".join(line for line in lines if not any(f'name="{name}"' in line for name in tokens))
