"""Two versions beside each other: what is marked, and what isn't."""

from __future__ import annotations

import pytest

from bot.web.console.differences import Piece, Value, changes


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        ("phạt 20 triệu đồng", "phạt 30 triệu đồng", "phạt [20] triệu đồng", "phạt [30] triệu đồng"),
        # one mark for a phrase
        (
            "tàu dài từ 12 mét ra khơi",
            "tàu dài trên mười hai mét ra khơi",
            "tàu dài [từ 12] mét ra khơi",
            "tàu dài [trên mười hai] mét ra khơi",
        ),
        ("một hai ba", "một hai ba bốn", "một hai ba", "một hai ba[ bốn]"),
        ("", "mới", "", "[mới]"),
        ("cũ", "", "[cũ]", ""),
        # rewritten: not speckled
        (
            "Nộp đơn ở chi cục.",
            "Muốn gia hạn thì gọi trước cho cảng.",
            "[Nộp đơn ở chi cục.]",
            "[Muốn gia hạn thì gọi trước cho cảng.]",
        ),
    ],
)
def test_words(old: str, new: str, left: str, right: str) -> None:
    (change,) = changes({"answer": Value(old)}, {"answer": Value(new)})
    assert (marked(change.old), marked(change.new)) == (left, right)


def test_of_lines_only_those_that_differ_are_shown() -> None:
    (change,) = changes({"p": Value("a\nb\nc", lines=True)}, {"p": Value("a\nc\nd\ne", lines=True)})
    assert ([p.text for p in change.old], [p.text for p in change.new], change.same) == (["b"], ["d", "e"], 2)


def test_lines_in_another_order_are_shown_whole() -> None:
    (change,) = changes({"p": Value("a\nb", lines=True)}, {"p": Value("b\na", lines=True)})
    assert ([p.text for p in change.old], [p.text for p in change.new]) == (["a", "b"], ["b", "a"])


def test_what_is_the_same_is_no_change() -> None:
    assert changes({"a": Value("x"), "b": Value("y")}, {"a": Value("x"), "c": Value("z")}) == [
        *changes({}, {"c": Value("z")}),
        *changes({"b": Value("y")}, {}),
    ]
