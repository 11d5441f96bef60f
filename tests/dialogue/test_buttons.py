"""Buttons' data: what we send comes back as it was, what we don't send is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue import buttons
from bot.dialogue.buttons import FORMS, MOST_BYTES, Pressed, Tap, data_of, parse, shorten
from bot.dialogue.labels import button
from bot.faq import Snapshot

PARTS: dict[Tap, tuple[st.SearchStrategy[str], ...]] = {
    tap: tuple(st.from_regex(form, fullmatch=True) for form in forms) for tap, forms in FORMS.items()
}


@given(st.sampled_from(Tap).flatmap(lambda tap: st.tuples(st.just(tap), st.tuples(*PARTS[tap]))))
def test_what_is_sent_comes_back(sent: tuple[Tap, tuple[str, ...]]) -> None:
    tap, parts = sent
    try:
        data = data_of(tap, *parts)
    except ValueError:
        return  # too long for a button, or letters that the pattern takes and the parser doesn't
    assert len(data.encode()) <= MOST_BYTES
    assert parse(data) == Pressed(tap, parts)


@given(st.text())
def test_anything_else_is_refused_and_never_breaks(data: str) -> None:
    found = parse(data)
    assert found is None or data_of(found.tap, *found.parts) == data


@pytest.mark.parametrize(
    "data",
    [
        ":",
        "e",
        "e:",
        "e:A",
        "e:a b",
        "e:a:b",
        "e:a\n",
        "e:a/../b",
        "sos:1",
        "SOS",
        "n:",
        "s:on",
        "s:maybe:law",
        "tp:x",
        "tp:x:-1",
        "tp:x:1000",
        "lang:de",
        "t:take",
        "t:delete:HD-1",
        "t:take:hd-1",
        "t:take:HD-1:x",
        "\ud800",
        "",
    ],
)
def test_forged_data_is_refused(data: str) -> None:
    assert parse(data) is None


def test_every_button_of_the_shipped_knowledge_fits(shipped: Snapshot) -> None:
    assert shipped.entries
    for name in shipped.aliases:
        for build in (buttons.entry, buttons.helpful, buttons.unhelpful, buttons.about):
            assert parse(build(name)) is not None
    for topic in shipped.topics:
        assert parse(buttons.topic(topic, 99)) is not None
    for number in shipped.documents:
        data = buttons.document(number)
        assert data is None or parse(data) == Pressed(Tap.DOCUMENT, (number,))
    assert any(buttons.document(number) for number in shipped.documents)


FIXED = [
    "sos",
    "ok",
    "ask",
    "a:x",
    "new",
    "n",
    "m",
    "sub",
    "langs",
    "lang:vi",
    "lang:en",
    "t:take:HD-1",
    "t:release:HD-1",
    "t:close:HD-1",
    "t:show:HD-1",
    "d:18/2017/QH14",
]


@pytest.mark.parametrize("data", FIXED)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_fixed_button_has_a_label(snapshot: Snapshot, data: str, language: str) -> None:
    assert 0 < len(button(snapshot.words(language), data).label) <= 40


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("ngắn", "ngắn"),
        ("một hai ba bốn", "một hai ba…"),
        ("mộthaibabốnnămsáu", "mộthaibabốn…"),
        ("một  hai\nba", "một hai ba"),
    ],
)
def test_a_long_label_is_cut_at_a_word(label: str, shown: str) -> None:
    assert shorten(label, 12) == shown


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_a_label_never_exceeds_its_length(label: str, length: int) -> None:
    assert len(shorten(label, length)) <= length
