"""Telegram for tests: the Bot API over a real socket, and people who use it.

    async with TelegramEmulator() as telegram:
        # … start the program with HAIDANG_TELEGRAM_API_URL=telegram.url, HAIDANG_TELEGRAM_TOKEN=telegram.token …
        visitor = telegram.user(42, "Tư")
        visitor.say("tau ca may met thi phai gan gsht")
        answer = await visitor.wait_message(containing="15 m")
        visitor.press("Hỏi cán bộ", answer)

Requests are checked against a table of our own (`methods.py`), updates follow Telegram's rules for offsets, conflicts
and webhooks, and trouble comes on demand: `telegram.faults.add("sendMessage", Flood(3))`.
"""

from tests.fakes.telegram.emulator import Call, TelegramEmulator
from tests.fakes.telegram.faults import (
    BLOCKED,
    CONFLICT,
    SERVER_ERROR,
    UNAUTHORIZED,
    CutOff,
    Flood,
    Hang,
    Page,
    Refuse,
)
from tests.fakes.telegram.people import Group, Member, Person
from tests.fakes.telegram.world import Message

__all__ = [
    "BLOCKED",
    "CONFLICT",
    "SERVER_ERROR",
    "UNAUTHORIZED",
    "Call",
    "CutOff",
    "Flood",
    "Group",
    "Hang",
    "Member",
    "Message",
    "Page",
    "Person",
    "Refuse",
    "TelegramEmulator",
]
