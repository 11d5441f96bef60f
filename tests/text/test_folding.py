"""Folding: what looks different and reads the same becomes the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import clean, fold, has_marks, is_syllable, marked_key, tokens


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Tàu cá đang CHÌM", "tau ca dang chim"),
        ("ĐĂNG KÝ", "dang ky"),
        ("Đò ngang", "do ngang"),
        ("giấy phép", "giay phep"),
        ("ﬁsh", "fish"),
        ("", ""),
        ("plain", "plain"),
    ],
)
def test_fold_table(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("<b>tàu</b> cá", "tàu cá"),
        ("a\x00b\x1fc", "a b c"),
        ("  nhiều \n\t dòng  ", "nhiều dòng"),
        ("t\u200bàu", "tàu"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("ta\u0300u", "tàu"),
        ("5 < 6 và 7 > 3", "5 < 6 và 7 > 3"),
    ],
)
def test_clean_table(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("hoà", "hòa", True),
        ("thuỷ", "thủy", True),
        ("ngã", "ngả", True),
        ("nuớc", "nước", True),
        ("cháy", "chạy", False),
        ("bạn", "bắn", False),
    ],
)
def test_marked_key_knows_one_syllable_in_two_spellings(one: str, other: str, same: bool) -> None:
    assert (marked_key(one) == marked_key(other)) is same


@pytest.mark.parametrize(
    ("text", "found"), [("tau", False), ("tàu", True), ("TAU", False), ("đi", True), ("123", False)]
)
def test_has_marks(text: str, found: bool) -> None:
    assert has_marks(text) is found


@pytest.mark.parametrize("word", ["tau", "nghieng", "quyen", "giuong", "uong", "gi", "khuya", "thuyen", "ngoeo"])
def test_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["", "chimf", "taau", "xyz", "fai", "ka", "giayphep", "vms"])
def test_other_words_are_no_syllables(word: str) -> None:
    assert not is_syllable(word)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_text_agree(text: str) -> None:
    assert fold(clean(unicodedata.normalize("NFC", text))) == fold(clean(unicodedata.normalize("NFD", text)))


@given(st.text())
def test_cleaning_and_splitting_never_raise(text: str) -> None:
    assert all(tokens(clean(text)))
