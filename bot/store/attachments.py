"""Files beside messages: kept, marked as posted, read again. Descriptions are read without the bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.clock import Clock
from bot.messages import FileRef, StoredFile
from bot.store.engine import Store, WritePriority
from bot.store.tables import Attachment

#: A file whose message hasn't been posted within this time never will be: the page was closed.
DRAFT_AGE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """The `Files` port of a channel, in the database."""

    store: Store
    clock: Clock
    channel: str

    async def keep(self, chat_id: str, message_id: str, file: StoredFile) -> None:
        """Commits a file as a draft. The message's earlier draft gives way, a posted file stays; old drafts go."""
        now = self.clock.now()
        async with self.store.write(WritePriority.INBOUND) as session:
            drafts = delete(Attachment).where(col(Attachment.posted_at).is_(None))
            await session.execute(drafts.where(col(Attachment.created_at) < now - DRAFT_AGE))
            await session.execute(drafts.where(*self._is(chat_id, message_id)))
            if await session.scalar(select(col(Attachment.id)).where(*self._is(chat_id, message_id))) is not None:
                return
            session.add(
                Attachment(
                    channel=self.channel,
                    chat_id=chat_id,
                    message_id=message_id,
                    content_type=file.content_type,
                    size=len(file.content),
                    width=file.width,
                    height=file.height,
                    content=file.content,
                    created_at=now,
                )
            )

    async def post(self, chat_id: str, message_id: str) -> bool:
        """Marks the file as one of a message that is being posted; False when there is none."""
        async with self.store.write(WritePriority.INBOUND) as session:
            marked = await session.execute(
                update(Attachment)
                .where(*self._is(chat_id, message_id))
                .values(posted_at=func.coalesce(col(Attachment.posted_at), self.clock.now()))
                .returning(col(Attachment.id))
            )
            return marked.first() is not None

    async def drop(self, chat_id: str, message_id: str) -> None:
        """Forgets a draft; what was posted stays."""
        async with self.store.write(WritePriority.INBOUND) as session:
            await session.execute(
                delete(Attachment).where(*self._is(chat_id, message_id), col(Attachment.posted_at).is_(None))
            )

    async def load(self, chat_id: str, message_id: str) -> StoredFile | None:
        """The file with its bytes."""
        async with self.store.read() as session:
            return await load_file(session, self.channel, chat_id, message_id)

    async def kept_since(self, moment: dt.datetime) -> int:
        """How many bytes were kept since then, in all chats of the channel."""
        async with self.store.read() as session:
            total = select(func.coalesce(func.sum(col(Attachment.size)), 0)).where(
                col(Attachment.channel) == self.channel, col(Attachment.created_at) >= moment
            )
            return int(await session.scalar(total) or 0)

    def _is(self, chat_id: str, message_id: str) -> tuple[ColumnElement[bool], ...]:
        return _identity(self.channel, chat_id, message_id)


def _identity(channel: str, chat_id: str, message_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Attachment.channel) == channel,
        col(Attachment.chat_id) == chat_id,
        col(Attachment.message_id) == message_id,
    )


async def load_file(session: AsyncSession, channel: str, chat_id: str, message_id: str) -> StoredFile | None:
    """A message's file with its bytes; None when this house keeps none for it."""
    query = select(Attachment).where(*_identity(channel, chat_id, message_id))
    row: Attachment | None = await session.scalar(query)
    if row is None:
        return None
    return StoredFile(content_type=row.content_type, content=row.content, width=row.width, height=row.height)


async def describe_files(
    session: AsyncSession, channel: str, messages: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], FileRef]:
    """What files belong to messages (chat, message id) of a channel, without their bytes."""
    wanted = list(messages)
    if not wanted:
        return {}
    rows = await session.execute(
        select(
            col(Attachment.chat_id),
            col(Attachment.message_id),
            col(Attachment.content_type),
            col(Attachment.size),
            col(Attachment.width),
            col(Attachment.height),
        ).where(
            col(Attachment.channel) == channel,
            tuple_(col(Attachment.chat_id), col(Attachment.message_id)).in_(wanted),
        )
    )
    return {
        (chat, message): FileRef(
            channel=channel,
            chat_id=chat,
            message_id=message,
            content_type=kind,
            size=size,
            width=width,
            height=height,
        )
        for chat, message, kind, size, width, height in rows
    }
