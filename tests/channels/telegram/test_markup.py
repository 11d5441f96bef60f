"""Rich text as Telegram's HTML, and long texts in parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.markup import split, to_html, units
from bot.messages import RichText, Span, plain, rich
from tests.fakes.telegram.markup import parse_html
from tests.fakes.telegram.markup import units as telegrams_units

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_SPANS = st.lists(
    st.builds(
        Span,
        text=_TEXT,
        bold=st.booleans(),
        italic=st.booleans(),
        url=st.none() | st.sampled_from(['https://x.example/?a=1&b="2"', "https://y.example/'"]),
    ),
    max_size=8,
).map(tuple)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (rich("**đậm** và __nghiêng__"), "<b>đậm</b> và <i>nghiêng</i>"),
        (rich("{x}", x="<b>&amp;"), "&lt;b&gt;&amp;amp;"),
        (
            (Span(text="điều 5", url='https://x.example/?a=1&"'),),
            '<a href="https://x.example/?a=1&amp;&quot;">điều 5</a>',
        ),
        ((Span(text="cả hai", bold=True, italic=True),), "<b><i>cả hai</i></b>"),
    ],
)
def test_html(text: RichText, html: str) -> None:
    assert to_html(text) == html


@given(_SPANS)
def test_telegram_reads_every_text_as_it_was_meant(text: RichText) -> None:
    read, entities = parse_html(to_html(text))
    assert read == plain(text).strip()
    assert all(e["offset"] >= 0 and e["offset"] + e["length"] <= telegrams_units(read) for e in entities)


@given(_SPANS, st.integers(min_value=4, max_value=40))
def test_parts_hold_all_the_words_and_none_is_too_long(text: RichText, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(plain(part)) <= limit for part in parts)
    assert "".join("".join(map(plain, parts)).split()) == "".join(plain(text).split())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("  \n ", []),
        ("ngắn", ["ngắn"]),
        ("đoạn một\n\nđoạn hai", ["đoạn một", "đoạn hai"]),
        ("dòng thứ nhất\ndòng hai", ["dòng thứ nhất", "dòng hai"]),
        ("mộtchữdàikhôngcáchnào", ["mộtchữdàikhông", "cáchnào"]),
        ("🚢🚢🚢🚢🚢🚢🚢🚢🚢", ["🚢🚢🚢🚢🚢🚢🚢", "🚢🚢"]),
    ],
)
def test_where_a_text_is_cut(text: str, parts: list[str]) -> None:
    assert [plain(part) for part in split(rich("{text}", text=text), 14)] == parts


def test_styles_live_on_across_a_cut() -> None:
    parts = split(rich("**" + "đậm " * 10 + "**"), 20)
    assert len(parts) > 1
    assert all(to_html(part).startswith("<b>") and to_html(part).endswith("</b>") for part in parts)
