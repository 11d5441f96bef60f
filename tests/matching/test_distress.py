"""Danger first: people in danger are recognised in every spelling, and talk about danger is no alarm."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from bot.faq.schema import Emergency
from bot.faq.snapshot import Snapshot
from bot.matching import Distress, distress_of
from bot.text import fold
from bot.text.patterns import PatternError
from tests.matching.conftest import EMERGENCY

HERE = Path(__file__).parent
TOLD = (HERE / "danger_told.txt").read_text(encoding="utf-8").splitlines()
NOT_TOLD = (HERE / "danger_not_told.txt").read_text(encoding="utf-8").splitlines()

CERTAIN, POSSIBLE = Distress.CERTAIN, Distress.POSSIBLE

#: Entries whose phrasings tell of danger themselves.
OF_DANGER = (
    "man-overboard",
    "engine-breakdown-drifting",
    "missing-vessel-family",
    "sos-who-to-call",
    "mayday-what-to-say",
)

#: The table at the head of `emergency.yaml`, on the small knowledge's own patterns.
RULES = [
    ("ghe tui chìm", CERTAIN),
    ("ghe tui đang chìm", CERTAIN),
    ("nước vô", POSSIBLE),
    ("nước vô cứu với", CERTAIN),
    ("hôm qua ghe chìm", None),
    ("hôm qua ghe chìm, cứu với", POSSIBLE),
    ("hôm qua ghe đang chìm", POSSIBLE),
    ("hôm qua tới giờ ghe chìm", CERTAIN),
    ("ghe chìm thì gọi ai", POSSIBLE),
    ("ghe chìm thì gọi ai cứu với", CERTAIN),
    ("ghe chìm?", POSSIBLE),
    ("nước vô?", None),
    ("diễn tập ghe chìm", None),
    ("quy định về ghe chìm", None),
    ("diễn tập ghe chìm cứu với", POSSIBLE),
    ("ghe cháy", CERTAIN),
    ("ghe chạy", None),
    ("ghe chay", None),
    ("xin chào", None),
    ("/help", None),
    ("", None),
]

#: One clear message for each sort of danger, in our own words; each must be recognised in every spelling.
CLEAR = {
    "sinking": "cứu với, tàu tôi đang chìm",
    "capsized": "ghe lật úp rồi, mấy người đang bám đáy ghe",
    "fire": "tàu cháy hầm máy, lửa lan lên ca bin, không dập nổi",
    "man-overboard": "bạn ghe rớt xuống biển, tìm nãy giờ chưa thấy",
    "collision": "tàu hàng tông bể mũi ghe tụi tui, nước tràn vô",
    "grounding": "tàu mắc cạn trên rạn đá, sóng đập dữ lắm",
    "drifting": "ghe chết máy trôi ra khơi, gió lớn, cứu tụi tui",
    "lost": "bị lạc giữa biển, sương mù, không biết đang ở đâu",
    "no-fuel": "hết dầu giữa biển, ghe đang trôi, hết nước uống",
    "medical": "thuyền viên bất tỉnh trên tàu, cần bác sĩ gấp",
    "childbirth": "vợ tôi đau đẻ trên tàu ra đảo, giúp gấp",
    "missing": "chồng tui đi biển ba ngày chưa về, không liên lạc được",
    "attack": "bị cướp biển nhảy lên tàu, tụi nó có súng",
    "foreign-patrol": "lính Mã Lai đang rượt bắt ghe tụi tui",
    "storm": "ghe kẹt giữa giông bão, sóng lớn sắp lật rồi",
    "lightning": "sét đánh trúng ghe, một người gục bất tỉnh",
    "gas": "hai người xuống hầm cá bị ngạt khí nằm im không trả lời",
    "swimmers": "hai đứa nhỏ tắm biển bị sóng cuốn ra xa",
    "ferry": "phà đang nghiêng, nước tràn vào, khách hoảng loạn",
    "seen": "thấy chiếc ghe lật ngoài khơi, có người vẫy tay kêu cứu",
    "unspecified": "cứu tôi với, tàu đang gặp nạn",
}
CLEAR_ENGLISH = [
    "mayday, we are sinking, taking water fast",
    "fire in the engine room, need help now",
    "man overboard, we cannot find him",
    "our boat capsized, people in the water",
    "armed pirates boarding our ship",
    "captain unconscious, need a doctor now",
]

NO_ALARM = [
    "quy định phạt tàu chìm không trục vớt",
    "hôm qua diễn tập cứu nạn ở cảng",
    "năm ngoái ghe tui bị chìm, giờ xóa đăng ký ở đâu",
    "bảo hiểm có đền khi tàu cháy không",
    "lưới rê chìm ghi trong giấy phép sao",
    "dân biển chìm trong nợ vì giá dầu",
    "áo phao loại nào đạt chuẩn",
    "bình chữa cháy hết hạn nạp ở đâu",
    "tàu đang chạy vô cảng cần báo trước mấy tiếng",
    "tau dang chay vo cang can bao truoc may tieng",
    "số điện thoại cứu nạn là số mấy",
    "xem phim cướp biển hay quá",
    "how do I report a collision last year",
    "what distress signals must a boat carry",
]


def spellings(text: str) -> dict[str, str]:
    """One message as different people type it."""
    return {
        "as written": text,
        "unmarked": fold(text),
        "capitals": text.upper(),
        "unmarked capitals": fold(text).upper(),
        "no punctuation": text.replace(",", "").replace(".", ""),
        "exclaimed": text + "!!!",
        "decomposed": unicodedata.normalize("NFD", text),
        "telex left in": _telex(text),
        "vni left in": _vni(text),
        "long letters": text + "iiii",
        "amid mark-up": f"<b>{text}</b>\n",
        "greeted": f"alo {text}",
    }


_TONES = {"\u0301": ("s", "1"), "\u0300": ("f", "2"), "\u0309": ("r", "3"), "\u0303": ("x", "4"), "\u0323": ("j", "5")}
_SHAPES = {"\u0302": (None, "6"), "\u031b": ("w", "7"), "\u0306": ("w", "8")}


def _keys(text: str, which: int) -> str:
    words = []
    for word in text.split(" "):
        letters, tone, d = "", "", word.replace("đ", ("dd", "d9")[which])
        for c in unicodedata.normalize("NFD", d):
            if c in _TONES:
                tone = _TONES[c][which]
            elif c in _SHAPES:
                key = _SHAPES[c][which]
                letters += letters[-1] if key is None else key
            else:
                letters += c
        tail = letters.rstrip(",.")
        words.append(tail + tone + letters[len(tail) :])
    return " ".join(words)


def _telex(text: str) -> str:
    return _keys(text, 0)


def _vni(text: str) -> str:
    return _keys(text, 1)


@pytest.mark.parametrize(("text", "level"), RULES)
def test_rule_table(small: Snapshot, text: str, level: Distress | None) -> None:
    assert distress_of(text, small.emergency)[0] is level


@pytest.mark.parametrize("kind", CLEAR)
def test_danger_is_recognised_in_every_spelling(shipped: Snapshot, kind: str) -> None:
    missed = {how: t for how, t in spellings(CLEAR[kind]).items() if distress_of(t, shipped.emergency)[0] is None}
    assert not missed


@pytest.mark.parametrize("kind", CLEAR)
def test_clear_danger_is_certain_as_written_and_unmarked(shipped: Snapshot, kind: str) -> None:
    for text in (CLEAR[kind], fold(CLEAR[kind]), CLEAR[kind].upper()):
        assert distress_of(text, shipped.emergency)[0] is CERTAIN, text


@pytest.mark.parametrize("text", CLEAR_ENGLISH)
def test_danger_told_in_english_is_certain(shipped: Snapshot, text: str) -> None:
    assert distress_of(text, shipped.emergency)[0] is CERTAIN


@pytest.mark.parametrize("text", NO_ALARM)
def test_rules_news_drills_jokes_and_the_past_are_no_alarm(shipped: Snapshot, text: str) -> None:
    assert distress_of(text, shipped.emergency)[0] is not CERTAIN
    assert distress_of(fold(text), shipped.emergency)[0] is not CERTAIN


def test_told_danger_is_recognised(shipped: Snapshot) -> None:
    """A floor that may only rise: of our own collection of messages, with and without diacritics."""
    assert len(TOLD) > 300
    for spell in (str, fold):
        missed = [t for t in TOLD if distress_of(spell(t), shipped.emergency)[0] is None]
        assert len(missed) <= 0.04 * len(TOLD), missed


def test_untold_danger_raises_no_alarm(shipped: Snapshot) -> None:
    """A floor that may only rise: talk about danger, other questions, small talk."""
    assert len(NOT_TOLD) > 300
    for spell in (str, fold):
        alarms = [t for t in NOT_TOLD if distress_of(spell(t), shipped.emergency)[0] is CERTAIN]
        assert len(alarms) <= 0.01 * len(NOT_TOLD), alarms


def test_phrasings_of_ordinary_entries_raise_no_alarm(shipped: Snapshot) -> None:
    danger = {
        "man-overboard",
        "engine-breakdown-drifting",
        "missing-vessel-family",
        "sos-who-to-call",
        "mayday-what-to-say",
    }
    texts = [t for e in shipped.entries.values() if e.id not in danger for t in (*e.phrasings.vi, *e.phrasings.en)]
    assert len(texts) > 500
    alarms = [t for t in texts if distress_of(t, shipped.emergency)[0] is CERTAIN]
    assert len(alarms) <= 0.005 * len(texts), alarms


def test_every_kind_says_what_to_do_first(shipped: Snapshot) -> None:
    assert len(shipped.emergency.kinds) >= 20
    for kind in shipped.emergency.kinds:
        for language in ("vi", "en"):
            assert 10 < len(kind.advice.get(language)) <= 220, kind.id


def test_a_cry_at_the_end_of_a_long_message_is_heard(shipped: Snapshot) -> None:
    story = "hôm nay trời đẹp tụi tui kéo lưới được nhiều cá lắm " * 60
    assert distress_of(f"{story} cứu với, tàu tôi đang chìm", shipped.emergency)[0] is CERTAIN
    assert distress_of(story, shipped.emergency)[0] is not CERTAIN


def test_a_pattern_that_cannot_be_read_is_named() -> None:
    broken = {**EMERGENCY, "now": ["(đang"]}
    with pytest.raises(PatternError, match=r"\(đang"):
        distress_of("ghe chìm", Emergency.model_validate(broken))
