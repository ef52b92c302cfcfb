"""What an editor can pick where a rule is about a fact of the dialogue. The form builder knows no units and no steps.

Whoever does offers them here, once, when the site starts.
"""

from collections.abc import Callable, Sequence

from django.utils.functional import Promise

Choices = Sequence[tuple[str, str | Promise]]

_offers: dict[str, Callable[[], Choices]] = {}


def offer(fact: str, choices: Callable[[], Choices]) -> None:
    """From now on `choices` says which values of the fact an editor can pick; it is asked each time they are shown."""
    _offers[fact] = choices


def offered(fact: str) -> Choices:
    """[(value, label)] to pick from; nothing where nobody offers any."""
    return _offers[fact]() if fact in _offers else []
