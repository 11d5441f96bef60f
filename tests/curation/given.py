"""What the curation's tests begin with: a folder of knowledge of their own, editors, and entries to write."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.curation import approve, content_of, fingerprint, save_draft, submit
from bot.faq import Entry, Snapshot
from bot.store.tables import KnowledgeRevision, Officer, SubjectKind
from tests.people.given import NOW, an_officer

VMS = "vms-which-vessels"


def changed(entry: Entry, **changes: Any) -> dict[str, Any]:
    """An entry's content with other values in some fields."""
    return {**content_of(entry), **changes}


def reworded(
    entry: Entry, vi: str = "Câu trả lời mới, đã rà soát.", en: str = "A new answer, reviewed."
) -> dict[str, Any]:
    """An entry with another answer."""
    return changed(entry, answer={"vi": vi, "en": en})


async def two_editors(session: AsyncSession) -> tuple[Officer, Officer]:
    """One who writes, one who approves."""
    return await an_officer(session, "Lan", "editor"), await an_officer(session, "Hòa", "editor")


async def a_live_edit(
    session: AsyncSession, content: dict[str, Any], *, files: Snapshot, kind: SubjectKind = SubjectKind.ENTRY
) -> KnowledgeRevision:
    """An edit that two people brought live."""
    writer, approver = await two_editors(session)
    draft = await save_draft(session, kind, content, live=files, files=files, why="Luật mới", by=writer, now=NOW)
    assert draft.id is not None
    await submit(session, draft.id, writer, now=NOW)
    return await approve(session, draft.id, approver, seen=fingerprint(draft), live=files, now=NOW)
