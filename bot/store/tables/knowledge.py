"""What was written in the console over the knowledge files: revisions of entries and of documents."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.store.tables.types import EnumText, Json, RowId, UtcDateTime


class SubjectKind(StrEnum):
    """What a revision is a revision of."""

    ENTRY = "entry"
    DOCUMENT = "document"


class RevisionState(StrEnum):
    """Where a revision stands between being written and having been followed by another."""

    DRAFT = "draft"
    REVIEW = "review"
    LIVE = "live"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled_back"
    ABSORBED = "absorbed"
    WITHDRAWN = "withdrawn"


_OPEN = text("state IN ('draft', 'review')")
_LIVE = text("state = 'live'")


class KnowledgeRevision(SQLModel, table=True):
    """One version of an entry or document as somebody wrote it in the console, whole."""

    __tablename__ = "knowledge_revision"
    __table_args__ = (
        Index("ix_knowledge_revision_subject", "kind", "key", "id"),  # the history of one thing
        # one answer, and one edit under way, for each thing
        Index("uq_knowledge_revision_live", "kind", "key", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("uq_knowledge_revision_open", "kind", "key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    kind: SubjectKind = Field(sa_type=EnumText(SubjectKind))
    key: str = Field(max_length=64, description="the entry's id, the document's number")
    content: dict[str, Any] = Field(sa_type=Json)
    base: str | None = Field(
        default=None, max_length=32, description="fingerprint of the files' version it was based on; null: not in them"
    )
    state: RevisionState = Field(default=RevisionState.DRAFT, sa_type=EnumText(RevisionState))
    why: str = Field(default="", description="what the author says about the change")
    verdict: str = Field(default="", description="what the reviewer said when it was sent back")
    author_id: int = Field(foreign_key="officer.id", sa_type=RowId)
    approver_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=RowId)
    follows_id: int | None = Field(
        default=None, foreign_key="knowledge_revision.id", sa_type=RowId, description="what was live before it"
    )
    ticket_id: int | None = Field(
        default=None, foreign_key="ticket.id", sa_type=RowId, description="the ticket whose answer it came from"
    )
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    changed_at: dt.datetime = Field(sa_type=UtcDateTime)
    live_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
