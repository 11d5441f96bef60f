"""Positions as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.coordinates import find_position, is_only_position, show_position
from bot.messages import Location

HERE = "9°54.00'N 103°50.00'E"


@pytest.mark.parametrize(
    "text",
    [
        "9°54'N 103°50'E",
        "9°54'N, 103°50'E",
        "9º54´N 103º50´E",
        "09-54.0N 103-50.0E",
        "N 9°54' E 103°50'",
        "9 54 N 103 50 E",
        "9 54 0 N 103 50 0 E",
        "9.9N 103.8333333E",
        "9,9N 103,8333333E",
        "vĩ độ 9 độ 54 phút, kinh độ 103 độ 50 phút",
        "vi do bac 9 do 54 phut kinh do dong 103 do 50 phut",
        "tọa độ 9 độ 54 phút bắc 103 độ 50 phút đông",
        "vĩ độ 9°54'N kinh độ 103°50'E",
        "lat 9.9 lon 103.8333333",
        "https://maps.google.com/?q=9.900,103.8333333",
        "tàu KG 91234 đang ở 9°54'N 103°50'E, 5 người",
    ],
)
def test_a_position_is_read(text: str) -> None:
    found = find_position(text)
    assert found is not None
    assert show_position(found) == HERE


@pytest.mark.parametrize(
    "text", ["9.9 103.8333333", "9.9, 103.8333333", "9 54 103 50", "9 độ 54, 103 độ 50", "9°54'B 103°50'Đ"]
)
def test_bare_numbers_are_a_position_where_one_is_awaited(text: str) -> None:
    assert find_position(text) is None
    found = find_position(text, awaited=True)
    assert found is not None
    assert show_position(found) == HERE


@pytest.mark.parametrize("text", ["10.01, 104.02", "9°54'N 103°50'E"])
def test_a_position_alone_is_told_from_a_question(text: str) -> None:
    assert is_only_position(text)
    assert not is_only_position(f"khu vực {text} có được phép đánh bắt hay không")


@pytest.mark.parametrize(
    "text",
    [
        "tàu dài 12,5 m rộng 4,2 m",
        "tàu 15 m và 24 m khác nhau gì",
        "gọi 112 hoặc 0243 768 3050",
        "0912345678",
        "phạt từ 20 đến 100 triệu",
        "Nghị định 41/2026/NĐ-CP, Điều 44",
        "99.5N 200.1E",
        "",
    ],
)
def test_other_numbers_are_no_position(text: str) -> None:
    assert find_position(text, awaited=True) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_what_is_shown_can_be_read_again(latitude: float, longitude: float) -> None:
    shown = show_position(Location(latitude=latitude, longitude=longitude))
    assert "60.00'" not in shown
    found = find_position(shown)
    assert found is not None
    assert show_position(found).replace("S", "N").replace("W", "E") == shown.replace("S", "N").replace("W", "E")
    assert abs(found.latitude - latitude) < 0.0002
    assert abs(found.longitude - longitude) < 0.0002


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    find_position(text, awaited=True)
