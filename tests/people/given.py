"""What the services' tests begin with: askers, officers, a desk, a little knowledge with the real wording."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from types import MappingProxyType

import yaml
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.faq import Snapshot
from bot.faq.schema import Emergency, Glossary, Organization, Topic
from bot.messages import ChatKind, InboundMessage, Language, Sender, Text
from bot.people import conversation_for, invite, redeem, set_language
from bot.store.tables import Audit, Conversation, InvitePurpose, Officer, Outgoing, Purpose
from tests.support.clock import MORNING

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"
NOW = MORNING
_numbers = itertools.count(1000)


def _wording(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}

    def walk(data: object, name: str) -> None:
        if isinstance(data, dict):
            for key, value in data.items():
                walk(value, f"{name}.{key}" if name else str(key))
        else:
            texts[name] = str(data).rstrip("\n")

    walk(yaml.safe_load((KNOWLEDGE / "messages" / f"{language}.yaml").read_text("utf-8")), "")
    return texts


def little_snapshot() -> Snapshot:
    """The real wording, a made-up authority in a real zone."""
    organization = Organization.model_validate(
        {
            "id": "port",
            "name": {"vi": "Cảng vụ Thử", "en": "Test Port Authority"},
            "short_name": {"vi": "Cảng vụ Thử", "en": "Test Port"},
            "place": {"vi": "Thử", "en": "Test"},
            "timezone": "Asia/Ho_Chi_Minh",
            "departments": [
                {"id": "reception", "name": {"vi": "Bộ phận tiếp nhận", "en": "Reception"}},
                {"id": "legal", "name": {"vi": "Bộ phận pháp chế", "en": "Legal affairs"}},
            ],
            "default_department": "reception",
            "working_hours": {"days": [1, 2, 3, 4, 5], "spans": [["07:30", "11:30"], ["13:30", "17:00"]]},
            "service_levels": {"answer_hours": 8, "urgent_minutes": 15},
            "rescue": [
                {
                    "kind": "phone",
                    "value": "112",
                    "label": {"vi": "khẩn cấp", "en": "emergency"},
                    "source": "https://example.org/",
                    "read": "2026-11-22",
                }
            ],
        }
    )
    emergency = Emergency.model_validate(
        {
            "kinds": [
                {
                    "id": "sinking",
                    "title": {"vi": "Tàu chìm", "en": "Sinking"},
                    "advice": {"vi": "Mặc áo phao.", "en": "Put on life jackets."},
                }
            ]
        }
    )
    topics = {
        "fishing": Topic.model_validate({"id": "fishing", "title": {"vi": "a", "en": "b"}, "department": "legal"})
    }
    return Snapshot(
        entries=MappingProxyType({}),
        documents=MappingProxyType({}),
        topics=MappingProxyType(topics),
        organization=organization,
        emergency=emergency,
        glossary=Glossary(),
        wording=MappingProxyType({language: _wording(language) for language in ("vi", "en")}),
    )


def said(
    text: str = "xin chào",
    *,
    chat_id: str = "42",
    channel: str = "telegram",
    name: str = "Anh Ba",
    kind: ChatKind = ChatKind.PRIVATE,
    hint: str | None = "vi",
    at: dt.datetime = NOW,
) -> InboundMessage:
    """A message that somebody wrote."""
    return InboundMessage(
        channel=channel,
        chat_id=chat_id,
        chat_kind=kind,
        sender=Sender(id=chat_id, name=name, language_hint=hint),
        content=Text(text=text),
        sent_at=at,
    )


async def an_asker(
    session: AsyncSession,
    *,
    chat_id: str | None = None,
    channel: str = "telegram",
    language: Language = Language.VI,
    name: str = "Anh Ba",
) -> Conversation:
    """Somebody who has written once."""
    chat_id = chat_id or str(next(_numbers))
    conversation = await conversation_for(session, said(chat_id=chat_id, channel=channel, name=name), now=NOW)
    await set_language(session, conversation, language, now=NOW)
    return conversation


async def a_group(
    session: AsyncSession, purpose: Purpose = Purpose.DESK, *, chat_id: str | None = None, channel: str = "telegram"
) -> Conversation:
    """A group of officers, or a public channel."""
    kind = ChatKind.CHANNEL if purpose is Purpose.PUBLIC else ChatKind.GROUP
    message = said(chat_id=chat_id or f"-{next(_numbers)}", channel=channel, kind=kind)
    conversation = await conversation_for(session, message, now=NOW)
    conversation.purpose = purpose
    await session.flush()
    return conversation


async def an_officer(
    session: AsyncSession, name: str = "Lan", *roles: str, department: str | None = "legal", signed_in: bool = True
) -> Officer:
    """An officer with roles (`officer` if none are named), who has signed in."""
    officer, code = await invite(
        session, name=name, roles=roles or ("officer",), department=department, now=NOW, by=None
    )
    if signed_in:
        await redeem(session, code, purpose=InvitePurpose.LOGIN, now=NOW, used_by="console")
    return officer


async def rows_to(session: AsyncSession, conversation: Conversation) -> list[Outgoing]:
    """Everything that was queued for a conversation, oldest first."""
    query = select(Outgoing).where(col(Outgoing.conversation_id) == conversation.id).order_by(col(Outgoing.id))
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def audited(session: AsyncSession, action: str) -> int:
    """How often something stands in the audit trail."""
    await session.flush()
    return await session.scalar(select(func.count()).select_from(Audit).where(col(Audit.action) == action)) or 0
