"""Draft, review by another person, live, history, roll back: on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.curation import (
    BadRevision,
    ChangedMeanwhile,
    NothingLive,
    RevisionNeedsSecondPerson,
    WrongRevisionState,
    approve,
    fingerprint,
    history,
    live_edits,
    may_approve,
    open_edits,
    roll_back,
    save_draft,
    send_back,
    submit,
    waiting_for_review,
    withdraw,
)
from bot.faq import Snapshot
from bot.people import NotAllowed
from bot.store import Store
from bot.store.tables import KnowledgeRevision, Officer, RevisionState, SubjectKind
from tests.curation.given import VMS, a_live_edit, changed, reworded, two_editors
from tests.people.given import NOW, an_officer, audited

ENTRY = SubjectKind.ENTRY


async def drafted(
    session: object, shipped: Snapshot, by: Officer, *, seen: str | None = None, vi: str = "Bản nháp."
) -> KnowledgeRevision:
    content = reworded(shipped.entries[VMS], vi=vi, en="A draft.")
    return await save_draft(
        session,  # type: ignore[arg-type]
        ENTRY,
        content,
        live=shipped,
        files=shipped,
        why="Luật mới",
        by=by,
        now=NOW,
        seen=seen,
    )


async def test_an_edit_goes_live_after_another_person_approved_it(store: Store, shipped: Snapshot) -> None:
    async with store.write() as session:
        writer, approver = await two_editors(session)
        draft = await drafted(session, shipped, writer)
        assert draft.id
        assert await live_edits(session) == ()
        await submit(session, draft.id, writer, now=NOW)
        assert await waiting_for_review(session) == 1
        with pytest.raises(RevisionNeedsSecondPerson):
            await approve(session, draft.id, writer, seen=fingerprint(draft), live=shipped, now=NOW)
        live = await approve(session, draft.id, approver, seen=fingerprint(draft), live=shipped, now=NOW)
    async with store.read() as session:
        (edit,) = await live_edits(session)
        assert edit.content["answer"]["vi"] == "Bản nháp."
        assert edit.content["approved"] == {"by": "Hòa", "on": "2026-11-24"}
        (line,) = await history(session, ENTRY, VMS)
        assert (line.author, line.approver, line.state) == ("Lan", "Hòa", RevisionState.LIVE)
        assert line.live_at == live.live_at
        assert [await audited(session, f"knowledge.{deed}") for deed in ("draft", "submit", "approve")] == [1, 1, 1]


async def test_a_lone_editor_may_approve_alone_and_it_is_seen(sqlite_store: Store, shipped: Snapshot) -> None:
    async with sqlite_store.write() as session:
        admin = await an_officer(session, "Một", "admin")
        draft = await drafted(session, shipped, admin)
        assert draft.id
        await submit(session, draft.id, admin, now=NOW)
        may = await may_approve(session, draft, admin)
        assert (may.allowed, may.alone) == (True, True)
        await approve(session, draft.id, admin, seen=fingerprint(draft), live=shipped, now=NOW)


async def test_what_was_not_read_is_not_approved(store: Store, shipped: Snapshot) -> None:
    async with store.write() as session:
        writer, approver = await two_editors(session)
        draft = await drafted(session, shipped, writer)
        assert draft.id
        read = fingerprint(draft)
        await drafted(session, shipped, writer, seen=read, vi="Bản khác.")
        await submit(session, draft.id, writer, now=NOW)
        with pytest.raises(ChangedMeanwhile):
            await approve(session, draft.id, approver, seen=read, live=shipped, now=NOW)
        assert await live_edits(session) == ()


async def test_two_people_at_one_draft_do_not_overwrite_each_other(store: Store, shipped: Snapshot) -> None:
    async with store.write() as session:
        writer, other = await two_editors(session)
        draft = await drafted(session, shipped, writer)
        seen = fingerprint(draft)
        with pytest.raises(ChangedMeanwhile):
            await drafted(session, shipped, other)
        await drafted(session, shipped, writer, seen=seen, vi="Lan sửa.")
        with pytest.raises(ChangedMeanwhile):
            await drafted(session, shipped, other, seen=seen, vi="Hòa sửa.")
        assert draft.content["answer"]["vi"] == "Lan sửa."
        assert (await open_edits(session))[0].author == "Lan"


async def test_a_second_edit_begun_at_the_same_moment_is_refused_by_the_database(
    store: Store, shipped: Snapshot
) -> None:
    async with store.write() as session:
        writer, _ = await two_editors(session)
        await drafted(session, shipped, writer)
        twin = KnowledgeRevision(
            kind=ENTRY, key=VMS, content={}, author_id=writer.id or 0, created_at=NOW, changed_at=NOW
        )
        with pytest.raises(Exception, match=r"(?i)unique"):
            async with session.begin_nested():
                session.add(twin)


async def test_sent_back_with_reasons_it_can_be_mended_and_submitted_again(store: Store, shipped: Snapshot) -> None:
    async with store.write() as session:
        writer, approver = await two_editors(session)
        draft = await drafted(session, shipped, writer)
        assert draft.id
        await submit(session, draft.id, writer, now=NOW)
        await send_back(session, draft.id, approver, reason="Thiếu căn cứ.", now=NOW)
        assert (draft.state, draft.verdict) == (RevisionState.DRAFT, "Thiếu căn cứ.")
        await submit(session, draft.id, writer, now=NOW)
        assert draft.verdict == ""


async def test_rolled_back_the_earlier_edit_answers_again_and_then_the_files(store: Store, shipped: Snapshot) -> None:
    async with store.write() as session:
        first = await a_live_edit(session, reworded(shipped.entries[VMS], vi="Một."), files=shipped)
        second = await a_live_edit(session, reworded(shipped.entries[VMS], vi="Hai."), files=shipped)
        assert (first.state, second.state) == (RevisionState.SUPERSEDED, RevisionState.LIVE)
        officer = await an_officer(session, "Sáu", "leader")
        restored = await roll_back(session, ENTRY, VMS, officer, reason="Sai mức phạt", now=NOW)
        assert restored is not None
        assert restored.id == first.id
        assert [e.content["answer"]["vi"] for e in await live_edits(session)] == ["Một."]
        assert await roll_back(session, ENTRY, VMS, officer, reason="", now=NOW) is None
        assert await live_edits(session) == ()
        with pytest.raises(NothingLive):
            await roll_back(session, ENTRY, VMS, officer, reason="", now=NOW)
        assert len(await history(session, ENTRY, VMS)) == 2


async def test_only_editors_write_and_only_who_may_approve_approves(sqlite_store: Store, shipped: Snapshot) -> None:
    async with sqlite_store.write() as session:
        writer, _ = await two_editors(session)
        officer, leader = await an_officer(session, "Tư"), await an_officer(session, "Năm", "leader")
        with pytest.raises(NotAllowed):
            await drafted(session, shipped, officer)
        with pytest.raises(NotAllowed):
            await drafted(session, shipped, leader)
        draft = await drafted(session, shipped, writer)
        assert draft.id
        await submit(session, draft.id, writer, now=NOW)
        with pytest.raises(NotAllowed):
            await approve(session, draft.id, officer, seen=fingerprint(draft), live=shipped, now=NOW)
        await approve(session, draft.id, leader, seen=fingerprint(draft), live=shipped, now=NOW)
        with pytest.raises(WrongRevisionState):
            await withdraw(session, draft.id, writer, now=NOW)


async def test_a_content_that_cannot_be_used_is_refused_with_every_flaw(sqlite_store: Store, shipped: Snapshot) -> None:
    entry = shipped.entries[VMS]
    bad = changed(entry, topic="nowhere", related=["nobody"], answer={"vi": "15 m", "en": "16 m"})
    async with sqlite_store.write() as session:
        writer, _ = await two_editors(session)
        with pytest.raises(BadRevision) as refused:
            await save_draft(session, ENTRY, bad, live=shipped, files=shipped, why="", by=writer, now=NOW)
        assert {f.name for f in refused.value.flaws} == {"topic_unknown", "related_unknown", "figures_differ"}
        assert await session.scalar(select(func.count()).select_from(KnowledgeRevision)) == 0


async def test_withdrawn_it_makes_room_for_another_edit(store: Store, shipped: Snapshot) -> None:
    async with store.write() as session:
        writer, other = await two_editors(session)
        draft = await drafted(session, shipped, writer)
        assert draft.id
        await withdraw(session, draft.id, writer, now=NOW)
        assert await open_edits(session) == []
        await drafted(session, shipped, other)
        assert len(await history(session, ENTRY, VMS)) == 2
