"""The vocabulary: what people typed stays literal, and everything can be stored and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Button, Location, OutgoingMessage, Span, Text, join, plain, rich


def test_marks_become_styles_and_values_stay_literal() -> None:
    assert rich("**Căn cứ:** {doc} __(mới)__", doc="**x** _y_ {z} <b>") == (
        Span(text="Căn cứ:", bold=True),
        Span(text=" **x** _y_ {z} <b> "),
        Span(text="(mới)", italic=True),
    )


def test_a_value_takes_the_style_around_it() -> None:
    assert rich("**Phiếu {code}**", code="HD-1") == (Span(text="Phiếu HD-1", bold=True),)


def test_rich_values_are_spliced_in() -> None:
    inner = rich("**112**")
    assert rich("Gọi {number} ngay", number=inner) == (Span(text="Gọi "), *inner, Span(text=" ngay"))


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        rich("{code}")


@given(st.text(), st.text())
def test_whatever_is_typed_comes_out_as_it_went_in(before: str, value: str) -> None:
    template = before.replace("{", "").replace("}", "").replace("*", "").replace("_", "")
    assert plain(rich(template + "{value}", value=value)) == template + value


@given(st.lists(st.text(), max_size=4))
def test_joining_loses_nothing(parts: list[str]) -> None:
    assert plain(join([Span(text=part) for part in parts], " ")) == " ".join(parts)


def test_a_message_can_be_stored_and_read_back() -> None:
    message = OutgoingMessage(
        text=rich("**Chào**"), buttons=((Button(label="SOS", data="sos"),),), request_location="Gửi vị trí"
    )
    assert OutgoingMessage.model_validate(message.model_dump(mode="json", exclude_defaults=True)) == message


@pytest.mark.parametrize("content", [Text(text="a"), Location(latitude=9.9, longitude=104.0)])
def test_content_says_its_kind(content: Text | Location) -> None:
    assert type(content).model_validate(content.model_dump()) == content
