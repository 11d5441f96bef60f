"""Files and console changed the same thing: both are shown, and a person decides."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import Any

from bot.curation import content_of
from bot.faq import Entry
from bot.store.tables import Role
from tests.curation.given import VMS
from tests.web.console.desk_house import Browser, DeskHouse
from tests.web.console.filling_in import edit_of, fields_of, made_live, send

CONFLICTS = "/console/knowledge/conflicts"
ENTRY = f"/console/knowledge/entries/{VMS}"


async def an_edit(house: DeskHouse, writer: Browser, other: Browser, **typed: str) -> int:
    edit = await edit_of(writer, f"{ENTRY}/edit", **typed)
    await made_live(house, writer, other, edit)
    return int(edit.split("/")[-1])


async def the_file_changes(house: DeskHouse, name: str = VMS, **changes: Any) -> None:
    """Somebody edits the knowledge folder."""
    entry = Entry.model_validate({**content_of(house.files.entries[name]), **changes})
    house.files = dataclasses.replace(house.files, entries=MappingProxyType({**house.files.entries, name: entry}))
    await house.look()


async def a_conflict(house: DeskHouse) -> tuple[Browser, Browser, int]:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    number = await an_edit(house, writer, other, answer_vi="Của bàn trực.", answer_en="The console's.")
    await the_file_changes(house, answer={"vi": "Của tệp.", "en": "The file's."})
    return writer, other, number


async def test_without_conflicts_the_page_says_what_it_is_for(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    assert "Không có mâu thuẫn nào" in (await officer.get(CONFLICTS)).text


async def test_both_versions_are_shown_and_the_consoles_can_be_kept(house: DeskHouse) -> None:
    writer, other, number = await a_conflict(house)
    page = (await writer.get(CONFLICTS)).text
    for text in ("Của <del>tệp</del>", "Của <ins>bàn trực</ins>", "Tạm dùng bản của bàn trực"):
        assert text in page
    assert 'Mâu thuẫn <span class="pill">1</span>' in (await writer.get("/console/knowledge")).text
    assert "Xem mâu thuẫn" in (await writer.get(ENTRY)).text
    keep = f"{CONFLICTS}/{number}/keep"
    woken = house.woken
    assert (await send(other, keep, fields_of((await other.get(CONFLICTS)).text, keep))).status_code == 303
    assert house.woken == woken + 1
    await house.look()
    assert house.snapshot.entries[VMS].answer.vi == "Của bàn trực."
    assert "Không có mâu thuẫn nào" in (await writer.get(CONFLICTS)).text


async def test_or_the_files(house: DeskHouse) -> None:
    writer, other, number = await a_conflict(house)
    take = f"{CONFLICTS}/{number}/take"
    fields = fields_of((await other.get(CONFLICTS)).text, take)
    assert (await send(other, take, fields)).status_code == 303
    await house.look()
    assert house.snapshot.entries[VMS].answer.vi == "Của tệp."
    assert "Đã theo tệp" in (await writer.get(ENTRY)).text
    late = await send(other, take, fields)
    assert (late.status_code, "Tình hình đã đổi" in late.text) == (409, True)


async def test_a_file_that_changed_again_under_the_page_is_looked_at_again(house: DeskHouse) -> None:
    _, other, number = await a_conflict(house)
    keep = f"{CONFLICTS}/{number}/keep"
    fields = fields_of((await other.get(CONFLICTS)).text, keep)
    await the_file_changes(house, answer={"vi": "Tệp sửa lần nữa.", "en": "The file's again."})
    refused = await send(other, keep, fields)
    assert (refused.status_code, "lần nữa" in refused.text) == (409, True)


async def test_a_broken_edit_says_why_and_is_mended_or_dropped(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    gone = next(
        n for n in house.files.entries if n != VMS and all(n not in e.related for e in house.files.entries.values())
    )
    number = await an_edit(house, writer, other, related=gone)
    left = {name: entry for name, entry in house.files.entries.items() if name != gone}
    house.files = dataclasses.replace(house.files, entries=MappingProxyType(left))
    await house.look()
    page = (await writer.get(CONFLICTS)).text
    assert f"Câu liên quan: Không có câu “{gone}”." in page
    assert f"{CONFLICTS}/{number}/keep" not in page
    mend = f"{ENTRY}/edit?from={number}"
    assert f'href="{mend}"' in page
    await made_live(house, writer, other, await edit_of(writer, mend, related=""))
    assert "Không có mâu thuẫn nào" in (await writer.get(CONFLICTS)).text
    assert house.snapshot.entries[VMS].related == ()
