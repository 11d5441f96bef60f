"""Tickets: questions and calls for help that a person has to answer, and everything that happened to them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, SmallInteger
from sqlmodel import Field, SQLModel

from bot.messages import Language
from bot.store.tables.types import EnumText, Json, RowId, UtcDateTime


class TicketKind(StrEnum):
    """Why there is a ticket."""

    QUESTION = "question"
    DISTRESS = "distress"
    POSSIBLE_DISTRESS = "possible_distress"


class TicketState(StrEnum):
    """Where a ticket stands in the queue."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What happened to a ticket."""

    OPENED = "opened"
    DETAIL = "detail"
    POSITION = "position"
    TAKEN = "taken"
    RELEASED = "released"
    ANSWERED = "answered"
    NOTE = "note"
    CLOSED = "closed"
    REOPENED = "reopened"
    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    SAFE = "safe"
    ALERTED = "alerted"
    ERASED = "erased"


class Priority(StrEnum):
    """How urgent a ticket is."""

    DISTRESS = "distress"
    URGENT = "urgent"
    NORMAL = "normal"


class Ticket(SQLModel, table=True):
    """A period of an officer's care for one person's question or trouble."""

    __tablename__ = "ticket"
    __table_args__ = (
        # the queue, most urgent and soonest due first
        Index("ix_ticket_queue", "state", "rank", "due_at"),
        # "is there an open ticket of this conversation?"
        Index("ix_ticket_conversation", "conversation_id", "state"),
        # calls for help that nobody has taken yet
        Index("ix_ticket_alarm", "alarm_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    code: str = Field(unique=True, max_length=16)
    secret_hash: str = Field(max_length=64)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=RowId)
    kind: TicketKind = Field(sa_type=EnumText(TicketKind))
    priority: Priority = Field(sa_type=EnumText(Priority))
    rank: int = Field(sa_type=SmallInteger, description="0 distress, 1 urgent, 2 normal: sorts the queue")
    state: TicketState = Field(default=TicketState.OPEN, sa_type=EnumText(TicketState))
    subject: str
    language: Language = Field(default=Language.VI, sa_type=EnumText(Language))
    topic: str | None = Field(default=None, max_length=64)
    department: str = Field(max_length=48)
    distress_kind: str | None = Field(default=None, max_length=48)
    latitude: float | None = None
    longitude: float | None = None
    officer_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    taken_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    alarm_at: dt.datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="since when a call for help waits to be taken; null: it doesn't",
    )
    alarm_ring: int = Field(default=0, sa_type=SmallInteger, description="the last ring that was alerted since then")
    erased_at: dt.datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="person and words are gone; code, kind and times stay"
    )


class TicketEvent(SQLModel, table=True):
    """One thing that happened to a ticket; the rows together are its history."""

    __tablename__ = "ticket_event"
    __table_args__ = (
        Index("ix_ticket_event_ticket", "ticket_id", "id"),  # the ticket's page
        Index("ix_ticket_event_inbound", "inbound_id"),  # an inbound row that is deleted lets go of it
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    ticket_id: int = Field(foreign_key="ticket.id", sa_type=RowId)
    kind: EventKind = Field(sa_type=EnumText(EventKind))
    at: dt.datetime = Field(sa_type=UtcDateTime)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    text: str = ""
    internal: bool = False
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id", sa_type=RowId)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
