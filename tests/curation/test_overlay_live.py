"""The overlay while the program runs: read at the start, noticed when it changes, exported, and caught up with."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.curation import LiveKnowledge, Standing, export, live_edits, roll_back
from bot.curation import live as live_module
from bot.faq import load
from bot.faq.yaml_source import YamlSource
from bot.store import Store, StoreUnavailable
from bot.store.tables import SubjectKind
from tests.curation.given import VMS, a_live_edit, changed, reworded
from tests.people.given import NOW, an_officer

FILE = "faq/fishing/vms.yaml"


@pytest.fixture
def folder(knowledge_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(knowledge_dir, tmp_path / "knowledge"))


async def test_an_edit_is_live_at_the_start_and_within_a_look_while_running(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "LOOK_EVERY", 0.01)
    live = LiveKnowledge(folder)
    live.start()
    entry = live.files.entries[VMS]
    async with store.write() as session:
        await a_live_edit(session, reworded(entry, vi="Từ console."), files=live.files)
    await live.attach(store)
    assert live.knowledge.snapshot.entries[VMS].answer.vi == "Từ console."
    assert live.files.entries[VMS] == entry
    watching = asyncio.create_task(live.watch())
    async with store.write() as session:
        officer = await an_officer(session, "Sáu", "leader")
        await roll_back(session, SubjectKind.ENTRY, VMS, officer, reason="", now=NOW)
    live.ring()
    async with asyncio.timeout(20):
        while live.knowledge.snapshot.entries[VMS] != entry:
            await asyncio.sleep(0.02)
    assert live.overlaid == ()
    watching.cancel()
    await asyncio.wait([watching])


async def test_broken_files_do_not_hold_up_an_edit(sqlite_store: Store, folder: Path) -> None:
    live = LiveKnowledge(folder)
    live.start()
    await live.attach(sqlite_store)
    entry = live.files.entries[VMS]
    (folder / FILE).write_text("- id: [broken", "utf-8")
    async with sqlite_store.write() as session:
        await a_live_edit(session, reworded(entry, vi="Từ console."), files=live.files)
    await live.look()
    assert live.problems
    assert live.knowledge.snapshot.entries[VMS].answer.vi == "Từ console."


async def test_the_last_overlay_stays_while_the_database_is_away(
    sqlite_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveKnowledge(folder)
    live.start()
    async with sqlite_store.write() as session:
        await a_live_edit(session, reworded(live.files.entries[VMS], vi="Từ console."), files=live.files)
    await live.attach(sqlite_store)

    def away(self: Store) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(Store, "read", away)
    text = (folder / FILE).read_text("utf-8")
    (folder / FILE).write_text(text + "\n# a remark\n", "utf-8")
    await live.look()
    assert live.knowledge.snapshot.entries[VMS].answer.vi == "Từ console."


async def test_exported_and_copied_over_the_files_the_overlay_is_empty_again(sqlite_store: Store, folder: Path) -> None:
    live = LiveKnowledge(folder)
    live.start()
    entry, law = live.files.entries[VMS], live.files.documents["18/2017/QH14"]
    async with sqlite_store.write() as session:
        await a_live_edit(
            session, reworded(entry, vi='Từ console.\nDòng hai: "có" 15 m.', en="Line 15."), files=live.files
        )
        new = changed(entry, id="a-new-question", aliases=[], related=[VMS])
        await a_live_edit(session, new, files=live.files)
        note = {**law.model_dump(mode="json"), "note": "Rà soát lại."}
        await a_live_edit(session, note, files=live.files, kind=SubjectKind.DOCUMENT)
    await live.attach(sqlite_store)
    out = folder.parent / "out"
    written = export(folder, out, live.overlaid)
    assert {path.as_posix() for path in written} == {FILE, "faq/fishing/console.yaml", "documents.yaml"}

    before, after = (folder / FILE).read_text("utf-8"), (out / FILE).read_text("utf-8")
    span = YamlSource(folder / FILE, FILE).item_lines("id", VMS)
    assert span is not None
    assert before.splitlines()[span[1] :] == after.splitlines()[-len(before.splitlines()[span[1] :]) :]
    assert after.splitlines()[0].startswith("#"), "comments of the file stay"

    shutil.copytree(out, folder, dirs_exist_ok=True)
    exported = live.knowledge.snapshot
    assert load(folder).entries == exported.entries
    assert load(folder).documents == exported.documents
    await live.look()
    assert live.overlaid == ()
    async with sqlite_store.read() as session:
        assert await live_edits(session) == ()


async def test_an_edit_in_conflict_is_named_until_it_is_decided(sqlite_store: Store, folder: Path) -> None:
    live = LiveKnowledge(folder)
    live.start()
    async with sqlite_store.write() as session:
        await a_live_edit(session, reworded(live.files.entries[VMS], vi="Từ console."), files=live.files)
    await live.attach(sqlite_store)
    text = (folder / FILE).read_text("utf-8")
    assert "VMS tàu mấy mét" in text
    (folder / FILE).write_text(text.replace("VMS tàu mấy mét", "VMS tàu mấy mét vậy", 1), "utf-8")
    await live.look()
    (one,) = live.overlaid
    assert one.standing is Standing.CONFLICT_EDIT
    assert live.knowledge.snapshot.entries[VMS].answer.vi == "Từ console."
