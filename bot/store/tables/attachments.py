"""Files that people sent through a channel that keeps none of its own: the web chat's photos."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.tables.types import RowId, UtcDateTime


class Attachment(SQLModel, table=True):
    """A file as it was sent, byte for byte; it stands here so that every process can show it and a backup holds it.

    It belongs to the message with the same channel, chat and message id. Until that message is posted it is only a
    draft, which its sender can take back and which is swept away after a while.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("channel", "chat_id", "message_id"),
        # how much came in lately, and which drafts were left behind
        Index("ix_attachment_at", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    channel: str = Field(max_length=32)
    chat_id: str = Field(max_length=128)
    message_id: str = Field(max_length=64)
    content_type: str = Field(max_length=64)
    size: int
    width: int | None = None
    height: int | None = None
    posted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: the last column: to read one behind it SQLite would have to go through all these bytes
    content: bytes = Field(sa_type=LargeBinary)
