"""The small language in which curators write how people say something."""

from __future__ import annotations

import pytest

from bot.text import Normaliser
from bot.text.patterns import PatternError, PatternSet, covered, first_match

LISTS = {"vessel": ("tàu", "ghe", "ca nô")}


def matches(source: str, text: str, lookalikes: tuple[str, ...] = ("chạy",)) -> bool:
    patterns = PatternSet(LISTS, lookalikes, [source])
    pattern = patterns.compile(source)
    words = Normaliser(dict.fromkeys(patterns.vocabulary, 1)).words(text, language="vi")
    return first_match([pattern], patterns.line(words)) is not None


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("nước vô hầm", "nuoc vo ham roi", True),
        ("nước vô hầm", "Nước VÔ hầm", True),
        ("nước vô hầm", "nước vô cái hầm", False),
        ("nước .. hầm", "nước vô cái hầm", True),
        ("nước .. hầm", "nước a b c d hầm", False),
        ("nước ... hầm", "nước a b c d hầm", True),
        ("(chìm|đắm) rồi", "đắm rồi", True),
        ("(chìm|đắm) rồi", "lật rồi", False),
        ("[đang] chìm", "chìm", True),
        ("<vessel> .. chìm", "ca nô đang chìm", True),
        ("<vessel> .. chìm", "xe đang chìm", False),
        ("^ cứu $", "cứu", True),
        ("^ cứu $", "cứu xét", False),
        ("<#> người", "con 5 nguoi", True),
        ("tàu cháy!", "tàu cháy", True),
        ("tàu cháy!", "tau chay", False),
        ("tàu cháy", "tau chay", True),
        ("tàu cháy", "tàu chạy", False),
        ("bắn", "bạn", False),
        ("lủng đáy", "lũng đáy", True),
        ("chìm", "chím", True),
        ("we can't swim", "we can't swim", True),
    ],
)
def test_pattern_table(source: str, text: str, found: bool) -> None:
    assert matches(source, text) is found


@pytest.mark.parametrize("source", ["(chìm", "chìm)", "[chìm)", "a|b", "<unknown> chìm", "chìm & đắm"])
def test_a_broken_pattern_is_named(source: str) -> None:
    with pytest.raises(PatternError, match="pattern"):
        PatternSet(LISTS).compile(source)


def test_covered_words_are_told_by_place() -> None:
    patterns = PatternSet({})
    line = patterns.line(Normaliser({}).words("dạ cảm ơn nhiều nha", language="vi"))
    assert covered([patterns.compile("cảm ơn")], line) == {1, 2}
