"""The matcher on the knowledge that ships."""

from __future__ import annotations

import random

import pytest

from bot.faq.snapshot import Snapshot
from bot.matching import Decision, Distress, Match, Matcher
from bot.text import fold


@pytest.mark.parametrize(
    ("text", "decision", "entry"),
    [
        ("tau ca may met thi phai gan gsht", Decision.ANSWER, "vms-which-vessels"),
        ("cứu với, tàu tôi đang chìm", Decision.EMERGENCY, None),
        ("CUU VOI TAU TOI DANG CHIM", Decision.EMERGENCY, None),
        ("cuu voi tau toi dag chmi", Decision.EMERGENCY, None),
        ("tàu vô cảng", Decision.CLARIFY, None),
        ("vé xem phim cuối tuần ở rạp bao nhiêu tiền", Decision.ESCALATE, None),
        ("nghị định 142/2017 còn hiệu lực không", Decision.ANSWER, "document:142/2017/NĐ-CP"),
        ("cho tôi gặp cán bộ", Decision.ESCALATE, None),
        ("xin chào", Decision.SMALLTALK, None),
    ],
)
def test_the_story_of_a_visitor(shipped_matcher: Matcher, text: str, decision: Decision, entry: str | None) -> None:
    found = shipped_matcher.match(text)
    assert (found.decision, found.entry) == (decision, entry), found.why


#: So many phrasings are asked, the same ones every time: all of them take half a minute.
SAMPLE = 2500


@pytest.fixture(scope="module")
def asked(shipped_matcher: Matcher, shipped: Snapshot) -> list[tuple[str, str, Match]]:
    """A sample of the phrasings, each with its entry and what the matcher says to it."""
    every = [
        (text, entry.id)
        for entry in shipped.entries.values()
        for text in (entry.question.vi, *entry.phrasings.vi, entry.question.en, *entry.phrasings.en)
    ]
    chosen = random.Random(1).sample(every, SAMPLE)
    return [(text, entry, shipped_matcher.match(text)) for text, entry in chosen]


def test_phrasings_find_their_entry(asked: list[tuple[str, str, Match]]) -> None:
    for text, entry, found in asked:
        assert not (found.decision is Decision.ANSWER and found.entry != entry), text
        if found.distress is not Distress.CERTAIN and found.decision is not Decision.SMALLTALK:
            assert found.candidates[0].entry == entry, text


def test_unmarked_phrasings_find_their_entry(shipped_matcher: Matcher, shipped: Snapshot) -> None:
    every = [(fold(t), e.id) for e in shipped.entries.values() for t in e.phrasings.vi]
    pairs = random.Random(2).sample(every, SAMPLE // 2)
    right = sum(shipped_matcher.match(t).candidates[0].entry == e for t, e in pairs)
    assert right >= 0.98 * len(pairs)


def test_small_talk_is_never_taken_for_a_phrasing(asked: list[tuple[str, str, Match]]) -> None:
    assert [text for text, _, found in asked if found.decision is Decision.SMALLTALK] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("chào cả nhà", "greeting"),
        ("good morning sir", "greeting"),
        ("cam on ad nhieu", "thanks"),
        ("hẹn gặp lại nhé", "bye"),
        ("bạn là người hay máy", "who"),
        ("bot làm được gì", "help"),
        ("trả lời hay quá", "praise"),
        ("đồ vô dụng", "abuse"),
        ("hiểu rồi ạ", "ok"),
        ("test thử", "test"),
    ],
)
def test_small_talk_kinds(shipped_matcher: Matcher, text: str, kind: str) -> None:
    for typed in (text, text.upper()):
        found = shipped_matcher.match(typed)
        assert (found.decision, found.smalltalk) == (Decision.SMALLTALK, kind), found.why


def test_questions_beyond_the_faq_are_seldom_answered(shipped_matcher: Matcher, shipped: Snapshot) -> None:
    beyond = [lines.vi[0] for name, lines in shipped.glossary.beyond.items() if name not in shipped.aliases]
    answered = [t for t in beyond if shipped_matcher.match(t).decision is Decision.ANSWER]
    assert len(answered) <= 0.02 * max(len(beyond), 1), answered
