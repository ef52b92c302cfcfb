"""A verdict is falsy with a reason, and refuses aloud."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from mus_workflow.policies.verdict import YES, Refused, Verdict, first_no, no


def test_a_verdict_is_true_or_has_a_reason() -> None:
    assert YES
    assert not no("Because.")
    assert no("Because.").reason == "Because."


def test_only_a_no_refuses() -> None:
    YES.or_refuse()
    with pytest.raises(Refused, match="Because"):
        no("Because.").or_refuse()


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ([], ""),
        ([(True, "a"), (1, "b")], ""),
        ([(True, "a"), (None, "b"), (False, "c")], "b"),
        ([(0, "a"), (True, "b")], "a"),
    ],
)
def test_the_first_condition_that_fails_gives_the_reason(conditions: list[tuple[object, str]], reason: str) -> None:
    assert first_no(*conditions) == Verdict(not reason, reason)


def test_the_reason_is_said_in_the_readers_language_not_the_askers() -> None:
    refusal = Refused(gettext_lazy("January"))
    with translation.override("da"):
        assert str(refusal) == "januar"
    with translation.override("en"):
        assert str(refusal) == "January"
