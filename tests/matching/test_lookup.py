"""A document that is asked for by its number, and one that is only mentioned."""

from __future__ import annotations

import pytest

from bot.faq.snapshot import Snapshot
from bot.matching.lookup import find_lookup, without_documents


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("142/2017/NĐ-CP", "142/2017/NĐ-CP"),
        ("nghị định 142/2017 còn hiệu lực không", "142/2017/NĐ-CP"),
        ("ND 142/2017/ND-CP con hieu luc khong", "142/2017/NĐ-CP"),
        ("nd 142 còn xài không ạ", "142/2017/NĐ-CP"),
        ("decree 142/2017 is it still in force", "142/2017/NĐ-CP"),
        ("38/2024", "38/2024/NĐ-CP"),
        ("thông tư 38/2024 hết hiệu lực chưa", "38/2024/TT-BGTVT"),
        ("nghị định 38/2024 nói về gì", "38/2024/NĐ-CP"),
    ],
)
def test_document_table(small: Snapshot, text: str, number: str) -> None:
    found = find_lookup(text, small)
    assert found is not None
    assert found.document is not None
    assert found.document.number == number


def test_an_unknown_number_is_a_lookup_without_document(small: Snapshot) -> None:
    found = find_lookup("nghị định 999/2020 là gì", small)
    assert found is not None
    assert found.document is None


@pytest.mark.parametrize(
    "text",
    [
        "theo nghị định 38/2024 tàu không có VMS phạt bao nhiêu",
        "tàu 15/20 mét",
        "ngày 12/2026 có cấm biển không",
        "thông tư",
        "tàu 142 m",
        "",
    ],
)
def test_other_questions_go_on_as_questions(small: Snapshot, text: str) -> None:
    assert find_lookup(text, small) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("luật thủy sản còn hiệu lực không", "18/2017/QH14"),
        ("luat thuy san", "18/2017/QH14"),
        ("Bộ luật Hàng hải Việt Nam bị thay thế chưa", "95/2015/QH13"),
        ("is the law on fisheries still in force?", "18/2017/QH14"),
    ],
)
def test_a_document_is_found_by_its_name(shipped: Snapshot, text: str, number: str) -> None:
    found = find_lookup(text, shipped)
    assert found is not None
    assert found.document is not None
    assert found.document.number == number


@pytest.mark.parametrize(
    "text",
    [
        "theo luật thủy sản tàu 15 m phải có gì",
        "giấy phép khai thác thủy sản",
        "luật tránh va",
        "quyết định xử phạt",
        "nghị định xử phạt",
        "phạt theo luật nào",
    ],
)
def test_a_name_that_fits_none_or_many_is_a_question(shipped: Snapshot, text: str) -> None:
    assert find_lookup(text, shipped) is None


def test_a_mentioned_document_does_not_hide_the_question() -> None:
    assert without_documents("theo nghị định 38/2024/NĐ-CP tàu cá phạt sao").split() == ["tàu", "cá", "phạt", "sao"]
    assert without_documents("tàu cá phạt sao") == "tàu cá phạt sao"
