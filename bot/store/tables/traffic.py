"""What came in, what goes out, and what was asked."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.tables.types import EnumText, Json, RowId, UtcDateTime


class InboundState(StrEnum):
    """How far a stored message has come."""

    WAITING = "waiting"
    HANDLED = "handled"
    IGNORED = "ignored"
    DEAD = "dead"


class OutgoingState(StrEnum):
    """How far an outgoing row has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Source(StrEnum):
    """Why an outgoing row exists."""

    REPLY = "reply"
    DISTRESS = "distress"
    ANSWER = "answer"
    CARD = "card"
    ALERT = "alert"
    NOTICE = "notice"
    APOLOGY = "apology"


class Inbound(SQLModel, table=True):
    """A message as it arrived: committed before the platform is told so, handled afterwards."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "platform_id"),
        # the worker's look for the oldest waiting message of a conversation
        Index("ix_inbound_waiting", "state", "channel", "chat_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    channel: str = Field(max_length=32)
    platform_id: str = Field(max_length=160)
    chat_id: str = Field(max_length=128)
    raw: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    message: dict[str, Any] | None = Field(default=None, sa_type=Json)
    state: InboundState = Field(default=InboundState.WAITING, sa_type=EnumText(InboundState))
    attempts: int = 0
    error: str | None = None
    received_at: dt.datetime = Field(sa_type=UtcDateTime)
    handled_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


_IN_TOPIC = text("platform_topic_id IS NOT NULL")


class Outgoing(SQLModel, table=True):
    """A message on its way to one chat; only the courier moves it."""

    __tablename__ = "outgoing"
    __table_args__ = (
        # the courier's look for what is due, lane by lane
        Index("ix_outgoing_due", "state", "lane", "id"),
        # the web visitor's pull by cursor
        Index("ix_outgoing_chat", "channel", "chat_id", "id"),
        # a reply to a card leads back to its ticket
        Index("ix_outgoing_platform", "channel", "chat_id", "platform_message_id"),
        # what is written in a group's topic leads to its ticket
        Index(
            "ix_outgoing_topic",
            "channel",
            "chat_id",
            "platform_topic_id",
            sqlite_where=_IN_TOPIC,
            postgresql_where=_IN_TOPIC,
        ),
        # a ticket's cards, and what became of its answers
        Index("ix_outgoing_ticket", "ticket_id", "source"),
        # a notice's delivery figures
        Index("ix_outgoing_notice", "notice_id", "state"),
        # an inbound row that is deleted lets go of its replies
        Index("ix_outgoing_inbound", "inbound_id"),
        # a person's deletion takes what went to them
        Index("ix_outgoing_conversation", "conversation_id"),
        # at most one row for the same purpose, however often it is asked for
        Index("uq_outgoing_dedupe", "dedupe_key", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=RowId)
    channel: str = Field(max_length=32)
    chat_id: str = Field(max_length=128)
    lane: int = Field(sa_type=SmallInteger)
    source: Source = Field(sa_type=EnumText(Source))
    message: dict[str, Any] = Field(sa_type=Json)
    state: OutgoingState = Field(default=OutgoingState.QUEUED, sa_type=EnumText(OutgoingState))
    attempts: int = 0
    not_before: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    sending_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    platform_message_id: str | None = Field(default=None, max_length=64)
    platform_topic_id: str | None = Field(
        default=None, max_length=64, description="the topic of a group that it stands in"
    )
    error: str | None = None
    dedupe_key: str | None = Field(default=None, max_length=128)
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id", sa_type=RowId)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=RowId)
    notice_id: int | None = Field(default=None, foreign_key="notice.id", sa_type=RowId)


class Question(SQLModel, table=True):
    """A question that was asked, what was decided, and whether the answer helped."""

    __tablename__ = "question"
    __table_args__ = (
        # the week's figures
        Index("ix_question_at", "asked_at"),
        # "was this helpful?" leads back to the conversation's latest question
        Index("ix_question_conversation", "conversation_id", "id"),
        # an inbound row that is deleted lets go of it
        Index("ix_question_inbound", "inbound_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=RowId)
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id", sa_type=RowId)
    asked_at: dt.datetime = Field(sa_type=UtcDateTime)
    text: str
    language: str = Field(max_length=8)
    decision: str = Field(max_length=16)
    distress: str | None = Field(default=None, max_length=16)
    entry: str | None = Field(default=None, max_length=80)
    confidence: float = 0.0
    candidates: list[str] = Field(default_factory=list, sa_type=Json)
    helpful: bool | None = None
