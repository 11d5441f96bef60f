"""Putting diacritics back, as learnt from a few marked lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clean, fold, has_marks, tokens
from bot.text.restore import Restorer

LINES = (
    "Tàu cá nào phải lắp thiết bị giám sát hành trình?",
    "Không lắp giám sát hành trình bị phạt bao nhiêu?",
    "Cho tôi hỏi cảng nào cho tàu vào tránh bão",
    "Tàu vào cảng phải báo trước mấy giờ",
    "Gọi số nào khi căng dây neo bị đứt",
    "Chủ tàu cho thuê tàu phải làm gì",
    "Which fishing boats need a tracker?",
)
RESTORER = Restorer(LINES)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tau ca nao phai lap giam sat hanh trinh", "tàu cá nào phải lắp giám sát hành trình"),
        ("tau vao cang", "tàu vào cảng"),
        ("cang day neo", "căng dây neo"),
        ("bao truoc may gio", "báo trước mấy giờ"),
        ("tranh bao", "tránh bão"),
        ("tàu ca nào phai lắp", "tàu cá nào phải lắp"),
        ("TAU VAO CANG", "tàu vào cảng"),
        ("tàu cho thuê tàu", "tàu cho thuê tàu"),
        ("xyz tau 14 m", "xyz tàu 14 m"),
        ("", ""),
    ],
)
def test_restores_by_the_neighbours(typed: str, meant: str) -> None:
    assert RESTORER.restore(typed) == meant


def test_the_other_reading_of_a_word_is_taken_where_it_fits_better() -> None:
    assert RESTORER.restore_words([("giam",), ("sat",), ("hang", "hanh"), ("trinh",)])[2] == "hành"


def test_english_lines_teach_nothing() -> None:
    assert Restorer(["which boats need a tracker"]).restore("tracker boats") == "tracker boats"
    assert Restorer([]).restore("tau ca") == "tau ca"


@given(st.text(max_size=80))
def test_never_raises_and_changes_nothing_but_marks(text: str) -> None:
    words = tokens(clean(text))
    restored = RESTORER.restore_words([(w,) for w in words])
    assert len(restored) == len(words)
    assert [fold(w) for w in restored] == [fold(w) for w in words]
    assert RESTORER.restore(text) == " ".join(restored)


@given(st.lists(st.sampled_from(["tàu", "tau", "cá", "ca", "cảng", "cang", "bão", "bao", "xyz", "14"]), max_size=12))
def test_marked_words_stay(words: list[str]) -> None:
    restored = RESTORER.restore_words([(w,) for w in words])
    assert all(r == w for r, w in zip(restored, words, strict=True) if has_marks(w))
