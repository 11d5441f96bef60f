"""Askers, their conversations and subscriptions; officers, how they sign in, and what was done by whom."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.messages import ChatKind, Language
from bot.store.tables.types import EnumText, Json, RowId, UtcDateTime


class Purpose(StrEnum):
    """What a conversation is for."""

    ASKER = "asker"
    DESK = "desk"
    PUBLIC = "public"


class Role(StrEnum):
    """What an officer may do; a person may hold several."""

    OFFICER = "officer"
    EDITOR = "editor"
    BROADCASTER = "broadcaster"
    LEADER = "leader"
    ADMIN = "admin"


class ProfileRole(StrEnum):
    """What somebody says that they are; notices can be addressed by it."""

    FISHERMAN = "fisherman"
    BOAT_OWNER = "boat_owner"
    BUSINESS = "business"
    SHIPPING_AGENT = "shipping_agent"
    SEAFARER = "seafarer"
    PUBLIC = "public"


class VesselClass(StrEnum):
    """The length of somebody's boat, in metres, by the bounds that the fisheries rules use."""

    UNDER_6 = "under_6"
    FROM_6 = "from_6"
    FROM_12 = "from_12"
    FROM_15 = "from_15"
    FROM_24 = "from_24"
    NONE = "none"


class CodePurpose(StrEnum):
    """What an asker's one-time code opens."""

    LINK = "link"
    EXPORT = "export"


class InvitePurpose(StrEnum):
    """What a one-time code opens."""

    LOGIN = "login"
    DESK = "desk"
    PUBLIC = "public"


class Person(SQLModel, table=True):
    """Somebody who writes to the hotline."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    name: str = ""
    role: str | None = Field(default=None, max_length=32, description="one of `ProfileRole`; null: not told")
    area: str | None = Field(default=None, max_length=48, description="an area of organization.yaml; null: not told")
    vessel: str | None = Field(default=None, max_length=32, description="one of `VesselClass`; null: not told")
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_seen_at: dt.datetime = Field(sa_type=UtcDateTime)


class Conversation(SQLModel, table=True):
    """A chat on a platform: with one asker, with the officers' group, or with a public channel."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "chat_id"),
        Index("ix_conversation_purpose", "purpose"),  # the cards' way to the desk groups
        Index("ix_conversation_person", "person_id"),  # a person's other chats
        Index("ix_conversation_erase", "erase_asked_at"),  # deletions that wait for a call for help to end
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    channel: str = Field(max_length=32)
    chat_id: str = Field(max_length=128)
    kind: ChatKind = Field(sa_type=EnumText(ChatKind))
    purpose: Purpose = Field(default=Purpose.ASKER, sa_type=EnumText(Purpose))
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=RowId)
    language: Language = Field(default=Language.VI, sa_type=EnumText(Language))
    language_chosen: bool = False
    state: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    title: str = ""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_inbound_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    unreachable_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    unreachable_reason: str | None = None
    forum: bool = Field(default=False, description="a group with topics: each ticket gets one of its own")
    erase_asked_at: dt.datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="deletion was asked for and isn't complete yet"
    )
    erased_at: dt.datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="nothing personal is left; who writes again begins anew"
    )


class Subscription(SQLModel, table=True):
    """A conversation's wish to get one kind of notices, with when it was given and taken back (consent)."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("conversation_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=RowId)
    kind: str = Field(max_length=32, index=True)
    since: dt.datetime = Field(sa_type=UtcDateTime)
    until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class PersonCode(SQLModel, table=True):
    """An asker's one-time code: joins a second chat to the first, or opens their exported data; kept as a hash."""

    __tablename__ = "person_code"
    __table_args__ = (Index("ix_person_code_conversation", "conversation_id"),)  # how many were asked for lately

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    code_hash: str = Field(unique=True, max_length=64)
    purpose: CodePurpose = Field(sa_type=EnumText(CodePurpose))
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=RowId)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Officer(SQLModel, table=True):
    """Somebody of the authority who works with the hotline."""

    __tablename__ = "officer"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    name: str
    roles: list[str] = Field(default_factory=list, sa_type=Json)
    department: str | None = Field(default=None, max_length=48)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfficerIdentity(SQLModel, table=True):
    """An officer's account on a platform: what makes a tap in the group theirs."""

    __tablename__ = "officer_identity"
    __table_args__ = (UniqueConstraint("channel", "user_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    officer_id: int = Field(foreign_key="officer.id", sa_type=RowId)
    channel: str = Field(max_length=32)
    user_id: str = Field(max_length=128)
    bound_at: dt.datetime = Field(sa_type=UtcDateTime)


class Invite(SQLModel, table=True):
    """A one-time code: only its hash is kept, it is used once and dies after a day."""

    __tablename__ = "invite"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    code_hash: str = Field(unique=True, max_length=64)
    purpose: InvitePurpose = Field(sa_type=EnumText(InvitePurpose))
    officer_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_by: str | None = None


class ConsoleSession(SQLModel, table=True):
    """A signed-in browser: only the cookie's hash is kept."""

    __tablename__ = "console_session"

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    token_hash: str = Field(unique=True, max_length=64)
    officer_id: int = Field(foreign_key="officer.id", sa_type=RowId)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class Audit(SQLModel, table=True):
    """Who did what to what, when; rows are added, never changed."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)  # the history on a ticket's or notice's page

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    actor: str = Field(max_length=64)
    action: str = Field(max_length=64)
    subject: str = Field(max_length=128)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class ChannelMemory(SQLModel, table=True):
    """What a channel has to remember across restarts: polling offsets, tokens."""

    __tablename__ = "channel_memory"

    channel: str = Field(primary_key=True, max_length=32)
    key: str = Field(primary_key=True, max_length=64)
    value: Any = Field(default=None, sa_type=Json)
    saved_at: dt.datetime = Field(sa_type=UtcDateTime)
