"""Curated text as HTML: nothing in it becomes mark-up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Span
from bot.web.richtext import lines, say, tel


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("một", "<p>một</p>"),
        ("một\nhai", "<p>một<br>hai</p>"),
        ("một\n\nhai", "<p>một</p><p>hai</p>"),
        ("cần:\n- a\n- b\nxong", "<p>cần:</p><ul><li>a</li><li>b</li></ul><p>xong</p>"),
        ("• a & b", "<ul><li>a &amp; b</li></ul>"),
        ("-5 độ", "<p>-5 độ</p>"),
        ("", ""),
    ],
)
def test_lines(text: str, html: str) -> None:
    assert lines(text) == html


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    bare = lines(text)
    for tag in ("<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<br>"):
        bare = bare.replace(tag, "")
    assert "<" not in bare


def test_spans() -> None:
    text = (Span(text="a<b\n", bold=True), Span(text="luật", url="https://example.vn/?a=1&b=2", italic=True))
    assert say(text) == (
        '<strong>a&lt;b<br></strong><a href="https://example.vn/?a=1&amp;b=2" rel="noopener"><em>luật</em></a>'
    )
    assert say((Span(text="x", url="javascript:alert(1)"),)) == "x"


@pytest.mark.parametrize(
    ("number", "address"),
    [("112", "tel:112"), ("0243.768.3050", "tel:02437683050"), ("+84 24 39421893", "tel:+842439421893")],
)
def test_telephone_numbers(number: str, address: str) -> None:
    assert tel(number) == address
