"""Rich text for platforms without styles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.plain_text import size, split, words_of
from bot.messages import Span, rich


def test_addresses_stand_behind_their_words() -> None:
    map_ = (Span(text="bản đồ", url="https://osm.example/1"),)
    assert words_of(rich("Ở **đây** ({m})", m=map_)) == "Ở đây (bản đồ (https://osm.example/1))"
    assert words_of((Span(text="https://a.vn", url="https://a.vn"),)) == "https://a.vn"


def test_it_is_cut_at_paragraphs_then_lines_then_words() -> None:
    assert split("một hai\n\nba bốn", 10) == ["một hai", "ba bốn"]
    assert split("một hai\nba bốn", 10) == ["một hai", "ba bốn"]
    assert split("một hai ba", 8) == ["một hai", "ba"]
    assert split("khônghềcókhoảngtrắng", 8) == ["khônghềc", "ókhoảngt", "rắng"]
    assert split("   \n ", 8) == []


@given(st.text(alphabet=st.sampled_from("aế🚢 \n.,"), max_size=400), st.integers(min_value=4, max_value=60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < size(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
