"""The decision on a message, on a small knowledge of the tests' own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.snapshot import Snapshot
from bot.matching import Decision, Distress, Matcher

BAD_INPUT = [
    "",
    "   ",
    "😀😀🚢",
    "a" * 5000,
    "tàu " * 1250,
    "<script>alert('x')</script>",
    "<b>xin</b> &lt;xyz&gt;",
    "\x00\x01\x02",
    "'; DROP TABLE people; --",
    "**bold** __x__ {name}",
    "¿?!...",
    "1234567890 / 2024",
    "\u202eabc\u202c",
    "日本語 русский العربية",
]


@pytest.mark.parametrize(
    ("text", "decision", "first"),
    [
        ("Tàu cá nào phải lắp thiết bị giám sát hành trình?", Decision.ANSWER, "tracker-which-boats"),
        ("TAU CA NAO PHAI LAP THIET BI GIAM SAT HANH TRINH", Decision.ANSWER, "tracker-which-boats"),
        ("rut day may giam sat bi xu ly the nao", Decision.ANSWER, "tracker-fine"),
        ("Is pilotage compulsory?", Decision.ANSWER, "pilot"),
        ("cứu với, ghe tui đang chìm", Decision.EMERGENCY, None),
        ("boat sinking, help us", Decision.EMERGENCY, None),
        ("chào ad nha", Decision.SMALLTALK, None),
        ("cảm ơn nhiều ạ", Decision.SMALLTALK, None),
        ("cho tôi gặp cán bộ", Decision.ESCALATE, None),
        ("nghị định 142/2017 còn hiệu lực không", Decision.ANSWER, "document:142/2017/NĐ-CP"),
        ("nghị định 999/2020 là gì", Decision.ESCALATE, None),
        ("nấu phở cho ngon", Decision.ESCALATE, None),
    ],
)
def test_decision_table(matcher: Matcher, text: str, decision: Decision, first: str | None) -> None:
    found = matcher.match(text)
    assert found.decision is decision, found.why
    if first is not None:
        assert found.entry == first
        assert found.candidates[0].entry == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ghe may met phai gan gsht", "tracker-which-boats"),
        ("tat dinh vi phat bn", "tracker-fine"),
        ("tauf cas khoong cos vms bij phatj", "tracker-fine"),
        ("coi thoi tiet bien o dau ad oi", "weather-bulletin"),
        ("thuyen vien nghi it nhat may gio", "crew-rest"),
        ("hoa tieu co bat buoc khong", "pilot"),
        ("fine without tracker", "tracker-fine"),
        ("hours of rest for crew", "crew-rest"),
    ],
)
def test_the_right_entry_comes_first_however_it_is_typed(matcher: Matcher, text: str, first: str) -> None:
    assert matcher.match(text).candidates[0].entry == first


def test_a_question_known_to_have_no_entry_is_not_answered_with_a_neighbour(matcher: Matcher) -> None:
    found = matcher.match("tàu cá phải sơn màu gì")
    assert found.decision is not Decision.ANSWER
    assert all(c.entry != "boat-painting" for c in found.candidates)


def test_a_named_subject_is_asked_back(matcher: Matcher) -> None:
    found = matcher.match("hoa tiêu")
    assert found.decision is Decision.CLARIFY
    assert found.candidates[0].entry == "pilot"


def test_wanting_a_person_is_an_escalation_with_its_kind(matcher: Matcher) -> None:
    found = matcher.match("cho tui nói chuyện với người thật")
    assert (found.decision, found.smalltalk) == (Decision.ESCALATE, "human")


def test_possible_danger_may_stand_beside_any_decision_but_small_talk(matcher: Matcher) -> None:
    found = matcher.match("chào ad, nước vô hầm rồi")
    assert found.distress is Distress.POSSIBLE
    assert found.decision is not Decision.SMALLTALK


def test_small_talk_around_a_question_leaves_the_question(matcher: Matcher) -> None:
    assert matcher.match("dạ chào ad, tàu cá không có VMS bị phạt bao nhiêu ạ").candidates[0].entry == "tracker-fine"


def test_reasons_are_given(matcher: Matcher) -> None:
    told = "\n".join(matcher.explain("thiet bi giam sat hanh trinh hu"))
    assert "read as (vi): thiet bi giam sat hanh trinh hu" in told
    assert "nearest phrasing:" in told
    assert "matched: " in told
    assert "thresholds: answer" in told
    why = " ".join(matcher.match("ghe tui đang chìm").why)
    assert "distress sinking" in why
    assert "thresholds" in why


@pytest.mark.parametrize("text", BAD_INPUT, ids=range(len(BAD_INPUT)))
def test_bad_input_is_never_answered_and_never_raises(matcher: Matcher, text: str) -> None:
    found = matcher.match(text)
    assert found.decision not in (Decision.EMERGENCY, Decision.ANSWER, Decision.SMALLTALK)
    assert len(found.candidates) <= 5
    matcher.search(text)


def test_search_is_lenient(matcher: Matcher) -> None:
    assert matcher.search("vms")[0].entry in {"tracker-which-boats", "tracker-fine"}
    assert len(matcher.search("tàu", limit=2)) <= 2
    assert matcher.search("vms", limit=0) == ()


def test_threads_share_a_matcher(small: Snapshot) -> None:
    matcher = Matcher(small)
    texts = ["tat dinh vi phat bn", "cứu với ghe chìm", "chào ad nha", "hoa tiêu"] * 5
    expected = [Matcher(small).match(t) for t in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(matcher.match, texts)) == expected


SOME_WORDS = "tàu tau chìm chim cháy chay cứu với hôm qua phạt diễn tập nước vô gặp cán bộ 12 m ?"
WORDS = st.lists(st.sampled_from(SOME_WORDS.split(" ")), max_size=9)


@given(st.one_of(st.text(max_size=200), WORDS.map(" ".join)))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_a_consistent_decision(matcher: Matcher, text: str) -> None:
    found = matcher.match(text)
    assert (found.decision is Decision.EMERGENCY) == (found.distress is Distress.CERTAIN)
    assert (found.entry is not None) == (found.decision is Decision.ANSWER)
    assert (found.distress is None) == (found.distress_kind is None)
    assert all(0 <= c.confidence <= 1 for c in found.candidates)
    assert found.language in {"vi", "en"}
    assert found == matcher.match(text)
