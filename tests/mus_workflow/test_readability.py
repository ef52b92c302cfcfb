"""LIX, counted by hand."""

import pytest

from mus_workflow.readability import Level, level, lix, plain_text


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("", 0.0),
        ("1, 2 og 3.", 1.0),  # one word, short; figures are no words
        ("Du kan spørge din leder.", 5.0),  # five words, none long
        ("Ræven løb. Den gode samtale begynder længe før samtalen.", 37.8),  # nine words, two sentences, three long
        ("Vi ses 8.30 i dag", 4.0),  # a full stop inside a number ends no sentence
        ("Første punkt\nAndet punkt", 2.0),  # a line without a full stop is a sentence of its own
    ],
)
def test_lix(text: str, score: float) -> None:
    assert lix(text) == pytest.approx(score, abs=0.05)


@pytest.mark.parametrize(
    ("score", "step"),
    [(0, Level.VERY_EASY), (24.9, Level.VERY_EASY), (25, Level.EASY), (44.9, Level.MEDIUM), (55, Level.VERY_HARD)],
)
def test_levels(score: float, step: Level) -> None:
    assert level(score) == step


def test_plain_text_keeps_one_line_per_paragraph() -> None:
    assert plain_text("<p>Tal &amp; <b>lyt</b>.</p><ul><li>Et</li><li>To</li></ul>") == "Tal & lyt .\nEt\nTo"
