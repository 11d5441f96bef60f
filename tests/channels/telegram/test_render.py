"""Outgoing messages as calls: which methods, with what, in which order."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.render import render
from bot.messages import Button, ButtonStyle, MediaRef, OutgoingMessage, RichText, TextFile, rich

WORDS: RichText = rich("**Chào**")
ROW = ((Button(label="A", data="a"), Button(label="B", url="https://b.example", style=ButtonStyle.PRIMARY)),)
INLINE = {
    "inline_keyboard": [
        [{"text": "A", "callback_data": "a"}, {"text": "B", "url": "https://b.example", "style": "primary"}]
    ]
}
ASK = {
    "keyboard": [[{"text": "Vị trí", "request_location": True}]],
    "one_time_keyboard": True,
    "resize_keyboard": True,
}
TEXT = {"chat_id": 42, "text": "<b>Chào</b>", "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
REPLY = {"reply_parameters": {"message_id": 9, "allow_sending_without_reply": True}}
QUIET = {"disable_notification": True}

Expected = list[tuple[str, dict[str, Any]]]

CASES: list[tuple[str, str, dict[str, Any], Expected]] = [
    ("words", "42", {"text": WORDS}, [("sendMessage", TEXT)]),
    ("silent reply", "42", {"text": WORDS, "silent": True, "reply_to": "9"}, [("sendMessage", TEXT | QUIET | REPLY)]),
    ("buttons", "42", {"text": WORDS, "buttons": ROW}, [("sendMessage", TEXT | {"reply_markup": INLINE})]),
    ("position", "42", {"text": WORDS, "request_location": "Vị trí"}, [("sendMessage", TEXT | {"reply_markup": ASK})]),
    (
        "buttons and position",
        "42",
        {"text": WORDS, "buttons": ROW, "request_location": "Vị trí"},
        [
            ("sendMessage", TEXT | {"reply_markup": INLINE}),
            ("sendMessage", {"chat_id": 42, "text": "👇 Vị trí", "reply_markup": ASK} | QUIET),
        ],
    ),
    (
        "position in a group",
        "-5",
        {"text": WORDS, "request_location": "Vị trí"},
        [("sendMessage", TEXT | {"chat_id": -5})],
    ),
    (
        "keyboard goes",
        "42",
        {"text": WORDS, "clear_location_request": True},
        [("sendMessage", TEXT | {"reply_markup": {"remove_keyboard": True}})],
    ),
    (
        "keyboard goes, buttons come",
        "42",
        {"text": WORDS, "clear_location_request": True, "buttons": ROW},
        [
            ("sendMessage", TEXT | {"reply_markup": INLINE}),
            ("sendMessage", {"chat_id": 42, "text": "✓", "reply_markup": {"remove_keyboard": True}} | QUIET),
        ],
    ),
    (
        "edit",
        "42",
        {"text": WORDS, "edit_of": "3", "buttons": ROW, "silent": True, "reply_to": "9"},
        [("editMessageText", TEXT | {"message_id": 3, "reply_markup": INLINE})],
    ),
    (
        "edit and position",
        "42",
        {"text": WORDS, "edit_of": "3", "request_location": "Vị trí"},
        [
            ("editMessageText", TEXT | {"message_id": 3}),
            ("sendMessage", {"chat_id": 42, "text": "👇 Vị trí", "reply_markup": ASK} | QUIET),
        ],
    ),
    (
        "relay",
        "-5",
        {"relay": MediaRef(chat_id="42", message_id="8"), "reply_to": "9"},
        [("copyMessage", {"chat_id": -5, "from_chat_id": 42, "message_id": 8} | REPLY)],
    ),
    (
        "relay with words",
        "42",
        {"relay": MediaRef(chat_id="-5", message_id="8"), "text": WORDS, "buttons": ROW, "reply_to": "9"},
        [
            ("copyMessage", {"chat_id": 42, "from_chat_id": -5, "message_id": 8} | REPLY),
            ("sendMessage", TEXT | {"reply_markup": INLINE}),
        ],
    ),
    ("public channel", "@canhbao", {"text": WORDS}, [("sendMessage", TEXT | {"chat_id": "@canhbao"})]),
]


@pytest.mark.parametrize(("chat", "fields", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_calls(chat: str, fields: dict[str, Any], expected: Expected) -> None:
    calls = render(chat, OutgoingMessage(**fields))
    assert [(call.method, call.params) for call in calls] == expected
    assert [call.aside for call in calls] == [call.plain in ("✓", "👇 Vị trí") for call in calls]


def test_wide_rows_are_wrapped_at_eight() -> None:
    row = tuple(Button(label=str(number), data=str(number)) for number in range(10))
    (call,) = render("42", OutgoingMessage(text=WORDS, buttons=(row,)))
    assert [len(keys) for keys in call.params["reply_markup"]["inline_keyboard"]] == [8, 2]


def test_callback_data_is_measured_in_bytes() -> None:
    fits = Button(label="x", data="đ" * 32)
    (call,) = render("42", OutgoingMessage(text=WORDS, buttons=((fits,),)))
    assert len(call.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"].encode()) == 64


def test_a_file_goes_before_the_words_with_its_name_and_bytes() -> None:
    message = OutgoingMessage(text=WORDS, document=TextFile(name="dữ-liệu.json", text='{"tên": "Ba"}'), buttons=ROW)
    document, words = render("42", message)
    assert (document.method, words.method) == ("sendDocument", "sendMessage")
    assert document.params["document"].filename == "dữ-liệu.json"
    assert document.params["document"].input_file_content == '{"tên": "Ba"}'.encode()
    assert words.params["reply_markup"] == INLINE
