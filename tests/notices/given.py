"""What the tests of notices begin with."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.messages import Language
from bot.notices import approve, draft, submit
from bot.people import subscribe
from bot.store.tables import Conversation, Notice, Officer
from tests.people.given import NOW, an_asker, an_officer

STORM: dict[str, Any] = {
    "kind": "weather",
    "severity": "severe",
    "title_vi": "Bão số 9",
    "text_vi": "Gió giật cấp 10. Tàu thuyền không ra khơi.",
    "title_en": "Storm no. 9",
    "text_en": "Gusts of force 10. Do not put to sea.",
}


async def a_subscriber(
    session: AsyncSession, kind: str = "weather", *, language: Language = Language.VI, channel: str = "telegram"
) -> Conversation:
    """Somebody who wants a kind of notices."""
    conversation = await an_asker(session, language=language, channel=channel)
    await subscribe(session, conversation, kind, now=NOW)
    return conversation


async def two_broadcasters(session: AsyncSession) -> tuple[Officer, Officer]:
    """One who writes, one who approves."""
    return await an_officer(session, "Lan", "broadcaster"), await an_officer(session, "Hòa", "broadcaster")


async def an_approved_notice(session: AsyncSession, **changes: Any) -> Notice:
    """A notice that may go out now."""
    writer, approver = await two_broadcasters(session)
    notice = await draft(session, **{**STORM, **changes}, by=writer, now=NOW)
    await submit(session, notice.code, writer, now=NOW)
    return await approve(session, notice.code, approver, now=NOW)
