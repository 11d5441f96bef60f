"""The registry in the console: a document that was replaced, and every answer that this touches."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.faq import Document
from bot.faq.schema import DocumentStatus
from bot.store.tables import Role
from tests.web.console.desk_house import DeskHouse
from tests.web.console.filling_in import approve, edit_of, fields_of, fill, made_live, send

LIST = "/console/knowledge/documents"


def address(number: str) -> str:
    return f"{LIST}/{quote(number, safe='/')}"


def busiest(house: DeskHouse) -> Document:
    """The document on which the most answers rest."""
    documents = [d for d in house.files.documents.values() if d.status is DocumentStatus.IN_FORCE]
    return max(documents, key=lambda d: len(house.files.entries_on(d)))


async def test_the_registry_is_searched_and_filtered(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    page = (await officer.get(LIST)).text
    law = busiest(house)
    assert page.count('class="list__item') == len(house.files.documents)
    assert f"{len(house.files.entries_on(law))} câu" in page
    assert f'href="{address(law.number)}"' in page
    gone = [d for d in house.files.documents.values() if d.status is DocumentStatus.REPLACED]
    assert (await officer.get(LIST, params={"status": "replaced"})).text.count('class="list__item') == len(gone) > 0
    found = (await officer.get(LIST, params={"q": law.number.lower()})).text
    assert address(law.number) in found
    nothing = (await officer.get(LIST, params={"q": "zzz <b>"})).text
    assert "Không có văn bản nào khớp" in nothing


async def test_every_document_has_its_page(house: DeskHouse) -> None:
    officer = await house.sign_in("Bình", Role.OFFICER)
    for document in house.files.documents.values():
        response = await officer.get(address(document.number))
        assert response.status_code == 200, document.number
    law = busiest(house)
    page = (await officer.get(address(law.number))).text
    for entry in house.files.entries_on(law):
        assert f"/console/knowledge/entries/{entry.id}" in page
    assert (await officer.get(f"{LIST}/999/2099/NĐ-CP")).status_code == 404
    named = next(d for d in house.files.documents.values() if d.aliases)
    led = await officer.get(address(named.aliases[0]))
    assert (led.status_code, led.headers["location"]) == (303, address(named.number))


async def test_a_form_sent_as_it_came_changes_nothing(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    for document in sorted(house.files.documents.values(), key=lambda d: (not d.amended_by, not d.note))[:3]:
        edit = await edit_of(editor, f"{address(document.number)}/edit")
        assert "Nội dung giữ nguyên" in (await editor.get(edit)).text, document.number


async def test_what_a_replacement_touches_is_seen_before_and_after(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    law, there = busiest(house), address(busiest(house).number)
    resting = house.files.entries_on(law)
    assert len(resting) > 2
    before = (await writer.get(f"{there}/replace")).text
    assert f"{len(resting)} câu trả lời sẽ phải viết lại" in before
    assert all(f"/console/knowledge/entries/{entry.id}" in before for entry in resting)

    unknown = (await writer.get(f"{there}/replace", params={"by": "301/2099/NĐ-CP"})).text
    assert "“301/2099/NĐ-CP” chưa có trong danh mục." in unknown
    new = re.findall(r'href="(/console/knowledge/documents/new\?number=[^"]+)"', unknown)[0]
    refused = await fill(writer, f"{there}/replace", by="301/2099/NĐ-CP", why="Đọc trên Công báo")
    assert (refused.status_code, "Thêm văn bản mới trước" in refused.text) == (422, True)
    assert "Đọc trên Công báo" in refused.text
    empty = await fill(writer, f"{there}/replace")
    assert (empty.status_code, "phải ghi văn bản thay thế" in empty.text) == (422, True)

    added = await edit_of(writer, new, title_vi="Nghị định mới", title_en="New decree", issuer="Chính phủ")
    await made_live(house, writer, other, added)
    edit = await edit_of(writer, f"{there}/replace", by="301/2099/NĐ-CP")
    await writer.post(f"{edit}/submit")
    page = (await other.get(edit)).text
    assert f"Câu trả lời dựa trên văn bản này ({len(resting)})" in page
    assert page.count("văn bản đã thay") >= len(resting)
    assert "Đã bị thay thế" in page
    assert (await approve(other, edit)).status_code == 303
    await house.look()
    assert house.snapshot.documents[law.number].replaced_by == "301/2099/NĐ-CP"
    entry = (await writer.get(f"/console/knowledge/entries/{resting[0].id}")).text
    assert f"{law.number} → 301/2099/NĐ-CP" in entry
    assert f"{law.number} đã bị thay thế bởi 301/2099/NĐ-CP" in entry
    after = (await writer.get("/console/knowledge?only=replaced")).text
    assert resting[0].id in after

    page = (await other.get(there)).text
    assert 'href="/console/knowledge/documents/301/2099/N%C4%90-CP"' in page
    back = await send(other, f"{there}/roll-back", fields_of(page, f"{there}/roll-back"), reason="Chưa ban hành")
    assert back.status_code == 303
    await house.look()
    assert house.snapshot.documents[law.number] == law


async def test_flaws_of_a_document_are_said_in_words(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    there = f"{address(busiest(house).number)}/edit"
    for typed, said in (
        ({"status": "replaced"}, "phải ghi văn bản thay thế"),
        ({"title_en": ""}, "Cần tên văn bản bằng cả hai thứ tiếng."),
        ({"url": "https://luat.example.com/1"}, "không phải trang chính thức"),
        ({"url": "luat"}, "Địa chỉ không đọc được"),
        ({"issued": "hôm qua"}, "Ngày không đọc được"),
        ({"status": "gone"}, "Hãy chọn tình trạng."),
        ({"replaced_by": busiest(house).number, "status": "replaced"}, "chính nó thay thế"),
    ):
        response = await fill(editor, there, **typed, note="Giữ lại")  # type: ignore[arg-type]
        assert (response.status_code, said in response.text) == (422, True), said
        assert "Giữ lại" in response.text
    for number in ("", "9" * 70):
        texts = {"title_vi": "A", "title_en": "B", "issuer": "C"}
        response = await fill(editor, f"{LIST}/new", number=number, **texts)
        assert (response.status_code, "Cần số hiệu, tối đa 64 ký tự." in response.text) == (422, True)
