"""What people type, made comparable with the knowledge's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import Normaliser, fold, guess_language, tokens
from bot.text.edits import EditIndex
from bot.text.keys import chat_spellings, decode_telex, decode_vni

KNOWN = "tau ca dang chim cuu voi toi giay phep nguoi khong duoc may phai gan cang bien vao ra truoc mat nuoc"
VOCABULARY = dict.fromkeys(KNOWN.split(), 5)
CHAT = {"ko": ["không"], "dc": ["được"], "dk": ["đăng ký", "điều kiện"], "gp": ["giấy phép"]}


@pytest.fixture
def normaliser() -> Normaliser:
    return Normaliser(VOCABULARY, CHAT, ["cho em hỏi", "ạ", "ơi"])


def shapes(normaliser: Normaliser, text: str) -> str:
    return " ".join(w.shape for w in normaliser.without_fillers(normaliser.words(text, language="vi")))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Tàu cá đang chìm", "tau ca dang chim"),
        ("taauf cas ddang chimf", "tau ca dang chim"),
        ("tau2 ca1 d9ang chim2", "tau ca dang chim"),
        ("chìmmmm", "chim"),
        ("cuuuuu voiiii", "cuu voi"),
        ("tau chmi", "tau chim"),
        ("cihm", "chim"),
        ("giayphep", "giay phep"),
        ("tauca", "tau ca"),
        ("ng uoi", "nguoi"),
        ("ko dc", "khong duoc"),
        ("gp", "giay phep"),
        ("fai", "phai"),
        ("cag bien", "cang bien"),
        ("tau12m", "tau 12 m"),
        ("cho em hỏi tàu cá ạ", "tau ca"),
        ("ạ", "a"),
    ],
)
def test_repair_table(normaliser: Normaliser, typed: str, read: str) -> None:
    assert shapes(normaliser, typed) == read


def test_an_ambiguous_word_keeps_its_other_readings() -> None:
    normaliser = Normaliser({**VOCABULARY, "dk": 1, "duoc": 3}, {"dk": ["được"]})
    (word,) = normaliser.words("dk", language="vi")
    assert word.shapes == ("dk", "duoc")


def test_a_real_syllable_is_not_corrected(normaliser: Normaliser) -> None:
    (word,) = normaliser.words("chin", language="vi")
    assert (word.shape, word.known) == ("chin", False)


def test_english_words_are_left_as_they_are(normaliser: Normaliser) -> None:
    assert [w.shape for w in normaliser.words("my boat was lost", language="en")] == ["my", "boat", "was", "lost"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("chimf", "chìm"), ("dduowcj", "được"), ("nuowcs", "nước"), ("taauf", "tầu"), ("xyz", None), ("tau", None)],
)
def test_telex_keys(typed: str, meant: str | None) -> None:
    decoded = decode_telex(typed)
    assert (decoded and fold(decoded)) == (meant and fold(meant))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ca1", "cá"),
        ("d9e6m", "đêm"),
        ("nu7o7c1", "nước"),
        ("vhf16", None),
        ("a1", None),
    ],
)
def test_vni_keys(typed: str, meant: str | None) -> None:
    decoded = decode_vni(typed)
    assert (decoded and fold(decoded)) == (meant and fold(meant))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fai", "phai"),
        ("cog", "cong"),
        ("jay", "giay"),
        ("wa", "qua"),
        ("nhah", "nhanh"),
    ],
)
def test_chat_letters(typed: str, meant: str) -> None:
    assert meant in chat_spellings(typed)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("chmi", "chim"),
        ("chimm", "chim"),
        ("cim", "chim"),
        ("nguoj", "nguoi"),
        ("chim", None),
    ],
)
def test_one_slip_of_the_finger(typed: str, first: str | None) -> None:
    near = EditIndex(VOCABULARY).near(typed)
    assert (near[0] if near else None) == first


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tàu cá mấy mét thì phải gắn", "vi"),
        ("tau ca may met thi phai gan gsht", "vi"),
        ("what is the fine for fishing without a licence", "en"),
        ("we are taking water", "en"),
        ("taauf cas ddang chimf", "vi"),
        ("pilot", "en"),
        ("", "vi"),
        ("no may khong duoc", "vi"),
    ],
)
def test_language_is_guessed(text: str, language: str) -> None:
    assert guess_language(tokens(text)) == language


@given(st.text(max_size=300))
def test_normalising_never_raises(text: str) -> None:
    normaliser = Normaliser(VOCABULARY, CHAT, ["cho em hỏi"])
    for language in ("vi", "en", None):
        words = normaliser.words(text, language=language)
        assert len(normaliser.without_fillers(words)) <= len(words)


@given(st.lists(st.sampled_from(sorted(VOCABULARY)), min_size=1, max_size=8))
def test_known_words_stay_as_they_are(words: list[str]) -> None:
    assert [w.shape for w in Normaliser(VOCABULARY).words(" ".join(words), language="vi")] == words
