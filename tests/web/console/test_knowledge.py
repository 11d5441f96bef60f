"""The list of entries: which need work, how they are found, and the way to each."""

from __future__ import annotations

import re

from bot.curation import Reason, worklist
from bot.curation.worklist import work_on
from bot.store.tables import Role
from tests.curation.given import VMS
from tests.support.clock import MORNING
from tests.web.console.desk_house import DeskHouse
from tests.web.console.filling_in import edit_of

LIST = "/console/knowledge"
TODAY = MORNING.date()


def listed(page: str) -> list[str]:
    return re.findall(r'class="list__title" href="/console/knowledge/entries/([^"]+)"', page)


async def test_the_most_pressing_stands_first_and_each_reason_filters(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    works = worklist(house.snapshot, TODAY)
    page = (await editor.get(LIST)).text
    assert listed(page)[:5] == [work.entry.id for work in works][:5]
    assert f"<strong>{len(house.snapshot.entries)}</strong>" in page
    seen = 0
    for reason in Reason:
        expected = [work.entry.id for work in works if reason in work.reasons]
        shown = (await editor.get(LIST, params={"only": reason.value})).text
        assert listed(shown) == expected[:30], reason
        seen += bool(expected)
    assert seen >= 2


async def test_it_is_read_page_by_page(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    every: list[str] = []
    address: str | None = LIST
    while address:
        page = (await officer.get(address)).text
        every += listed(page)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        address = following[0].replace("&amp;", "&") if following else None
    assert sorted(every) == sorted(house.snapshot.entries)
    assert len(every) > 30
    for odd in ("0", "-1", "9999", "x", "²"):
        assert listed((await officer.get(LIST, params={"page": odd})).text)


async def test_a_topic_narrows_the_list(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    field = house.snapshot.entries[VMS].topic.split("/")[0]
    shown = listed((await officer.get(LIST, params={"topic": field})).text)
    assert shown
    assert all(house.snapshot.entries[name].topic.split("/")[0] == field for name in shown)


async def test_search_asks_the_matcher_and_falls_back_to_ids_and_words(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    names = list(house.snapshot.entries)
    house.found = (names[7], "gone-meanwhile", names[3])
    assert listed((await officer.get(LIST, params={"q": "câu gì đó"})).text) == [names[7], names[3]]
    house.found = ()
    assert listed((await officer.get(LIST, params={"q": VMS})).text)[0] == VMS
    words = house.snapshot.entries[VMS].question.vi
    assert VMS in listed((await officer.get(LIST, params={"q": words.upper()})).text)
    nothing = (await officer.get(LIST, params={"q": "<b>zzz</b>"})).text
    assert "Không có câu nào" in nothing
    assert "<b>zzz" not in nothing
    assert "Xem mọi câu" in nothing


async def test_what_is_being_edited_is_marked_and_counted(house: DeskHouse) -> None:
    editor, second = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    officer = await house.sign_in("Bình", Role.OFFICER)
    edit = await edit_of(editor, f"{LIST}/entries/{VMS}/edit", answer_vi="Mới.", answer_en="New.")
    page = (await editor.get(LIST, params={"q": VMS})).text
    assert "đang sửa" in page
    assert 'Đang sửa <span class="pill">1</span>' in page
    assert "chờ duyệt" not in (await second.get("/console/me")).text
    await editor.post(f"{edit}/submit")
    # whoever may approve sees on every page that something waits
    assert 'title="1 bản sửa chờ duyệt"' in (await second.get("/console/me")).text
    assert "chờ duyệt" not in (await officer.get("/console/me")).text


async def test_an_entry_is_shown_as_the_public_reads_it_with_what_is_to_be_done(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    entry = house.snapshot.entries[VMS]
    page = (await officer.get(f"{LIST}/entries/{VMS}")).text
    for text in (entry.question.vi, entry.question.en, "Câu trả lời này chưa được cơ quan duyệt", "Bản trong tệp"):
        assert text in page
    assert work_on(house.snapshot, entry, TODAY).reasons
    assert "Chưa được cơ quan phê duyệt." in page
    assert "Chưa ai sửa trên bàn trực" in page
    for forbidden in ("/edit", "/propose", "/roll-back"):
        assert f"{VMS}{forbidden}" not in page
    assert (await officer.get(f"{LIST}/entries/no-such-entry")).status_code == 404
    assert (await officer.get(f"{LIST}/edits/99999")).status_code == 404
    assert (await officer.get(f"{LIST}/edits/{'9' * 30}")).status_code == 404


async def test_an_older_name_leads_to_the_entry(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    entry = next((e for e in house.snapshot.entries.values() if e.aliases), None)
    assert entry is not None, "the shipped knowledge has aliases"
    response = await officer.get(f"{LIST}/entries/{entry.aliases[0]}")
    assert (response.status_code, response.headers["location"]) == (303, f"{LIST}/entries/{entry.id}")
