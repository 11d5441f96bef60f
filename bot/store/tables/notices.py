"""Notices: what staff broadcast to those who asked for it."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.tables.types import EnumText, Json, RowId, UtcDateTime


class NoticeKind(StrEnum):
    """What a notice is about; people subscribe to kinds."""

    WEATHER = "weather"
    SAFETY = "safety"
    LAW = "law"
    EVENT = "event"


class Severity(StrEnum):
    """How much it matters; the words are those of CAP 1.2 (docs.oasis-open.org/emergency/cap/v1.2, `severity`)."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class NoticeState(StrEnum):
    """Where a notice stands between being written and having reached everybody."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENDING = "sending"
    STOPPED = "stopped"
    COMPLETED = "completed"
    DISCARDED = "discarded"


class Notice(SQLModel, table=True):
    """A text for many people: written by one, approved by another, sent once to each."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_state", "state", "send_at"),)  # what is to be expanded or finished now

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    code: str = Field(unique=True, max_length=16)
    kind: NoticeKind = Field(sa_type=EnumText(NoticeKind))
    severity: Severity = Field(sa_type=EnumText(Severity))
    title_vi: str
    text_vi: str
    title_en: str = ""
    text_en: str = ""
    audience: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: NoticeState = Field(default=NoticeState.DRAFT, sa_type=EnumText(NoticeState))
    author_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    approver_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    approved_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    send_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    expanded_to: int | None = Field(
        default=None,
        sa_type=RowId,
        description="last conversation for which a row was written; a crash goes on from here",
    )
    expanded_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    completed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    public_marked_at: dt.datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when its posts in public channels were marked as over"
    )
