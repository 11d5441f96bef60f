"""The matcher on the knowledge that ships."""

from __future__ import annotations

import pytest

from bot.faq.snapshot import Snapshot
from bot.matching import Decision, Distress, Matcher
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


def test_every_phrasing_finds_its_entry(shipped_matcher: Matcher, shipped: Snapshot) -> None:
    asked = wrong = 0
    for entry in shipped.entries.values():
        for text in (entry.question.vi, *entry.phrasings.vi, entry.question.en, *entry.phrasings.en):
            found = shipped_matcher.match(text)
            asked += 1
            wrong += found.decision is Decision.ANSWER and found.entry != entry.id
            if found.distress is not Distress.CERTAIN and found.decision not in (Decision.SMALLTALK,):
                assert found.candidates[0].entry == entry.id, text
    assert asked > 1000
    assert wrong == 0


def test_unmarked_phrasings_find_their_entry(shipped_matcher: Matcher, shipped: Snapshot) -> None:
    pairs = [(fold(t), e.id) for e in shipped.entries.values() for t in e.phrasings.vi]
    right = sum(shipped_matcher.match(t).candidates[0].entry == e for t, e in pairs)
    assert right >= 0.99 * len(pairs)


def test_small_talk_is_never_taken_for_a_phrasing(shipped_matcher: Matcher, shipped: Snapshot) -> None:
    taken = [
        t
        for e in shipped.entries.values()
        for t in (*e.phrasings.vi, *e.phrasings.en)
        if shipped_matcher.match(t).decision is Decision.SMALLTALK
    ]
    assert not taken


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
