"""Writing an entry: what is typed is kept, each flaw stands beside its field, and nobody's words are overwritten."""

from __future__ import annotations

import re

import pytest

from bot.curation import content_of, open_edits
from bot.store.tables import Role
from tests.curation.given import VMS
from tests.web.console.desk_house import DeskHouse
from tests.web.console.filling_in import approve, edit_of, fields_of, fill, made_live, send

ENTRIES = "/console/knowledge/entries"
EDIT = f"{ENTRIES}/{VMS}/edit"
EVIL = '</textarea><script>alert("1")</script> & "dấu" {name} {{ 7*7 }}'
NEW: dict[str, str | list[str]] = {
    "question_vi": "Phao áo phải để ở đâu?",
    "question_en": "Where do life jackets have to be kept?",
    "answer_vi": "Để nơi lấy được ngay.\n- Mỗi người 1 áo.",
    "answer_en": "Where they are at hand.\n- 1 for each person.",
    "phrasings_vi": "áo phao để chỗ nào\ncất phao ở đâu",
    "phrasings_en": "where to keep life jackets",
    "audience": ["fisherman", "boat_owner"],
    "advice": "1",
    "why": "Nhiều người hỏi.",
}


async def test_a_form_sent_as_it_came_changes_nothing(house: DeskHouse) -> None:
    """Every field of the schema is on the form: what isn't would be lost by saving."""
    editor = await house.sign_in("Em", Role.EDITOR)
    entries = list(house.files.entries.values())
    richest = max(entries, key=lambda e: (e.asks is not None, len(e.basis)))
    confirmed = next(e for e in entries if e.verification.confirm)
    some = {richest.id, confirmed.id, VMS}
    for name in some:
        await edit_of(editor, f"{ENTRIES}/{name}/edit")
    async with house.store.read() as session:
        lines = await open_edits(session)
    assert len(lines) == len(some) >= 2
    for line in lines:
        assert line.content == {**content_of(house.files.entries[line.key]), "approved": None}


async def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    refused = await fill(
        editor,
        EDIT,
        answer_vi="Tàu 15 m. " + EVIL,
        answer_en="Boats of 16 m. " + EVIL,
        topic="",
        related=f"nobody-knows\n{VMS}",
        audience=[],
        review_by="mai",
        why="Vì luật đổi",
    )
    assert refused.status_code == 422
    # the form of the content comes first: what doesn't parse can't be compared with the rest
    for said in ("Chọn ít nhất một nhóm người hỏi.", "Hãy chọn chủ đề.", "Cần hạn rà soát lại, viết như 24/11/2026."):
        assert said in refused.text
    assert "<script>alert" not in refused.text
    kept = fields_of(refused.text, EDIT)
    assert kept["answer_vi"] == ["Tàu 15 m. " + EVIL]
    assert (kept["review_by"], kept["why"]) == (["mai"], ["Vì luật đổi"])
    assert re.search(r'<select id="f-topic".*?Hãy chọn chủ đề', refused.text, re.DOTALL)

    topic = house.files.entries[VMS].topic
    again = await send(editor, EDIT, kept, topic=topic, audience=["fisherman"], review_by="30/6/2027")
    assert again.status_code == 422
    for said in (
        "Con số trong tiếng Việt và tiếng Anh không giống nhau: 15, 16",
        "Không có câu “nobody-knows”.",
        "tự liên quan đến chính nó",
    ):
        assert said in again.text
    assert '<a href="#f-related">Câu liên quan</a>' in again.text

    kept = fields_of(again.text, EDIT)
    assert kept["review_by"] == ["30/6/2027"]
    saved = await send(editor, EDIT, kept, answer_en="Boats of 15 m. " + EVIL, related="")
    assert saved.status_code == 303
    page = (await editor.get(saved.headers["location"])).text
    assert "<script>alert" not in page
    assert "Đã lưu bản nháp" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer_vi": ""}, "Cần câu trả lời bằng cả tiếng Việt và tiếng Anh."),
        ({"answer_vi": "x" * 901}, "Dài 901 ký tự, tối đa 900."),
        ({"handler_vi": "Chi cục", "handler_en": ""}, "Ghi bằng cả hai thứ tiếng, hoặc để trống cả hai."),
        ({"verification": "secondary", "confirm_vi": "", "confirm_en": ""}, "phải ghi rõ cán bộ cần xác nhận điều gì"),
        ({"basis_0_document": "9/1999/NĐ-CP"}, "“9/1999/NĐ-CP” chưa có trong danh mục văn bản."),
        ({"basis_0_url": "not an address"}, "Mỗi dòng cần một văn bản, hoặc một trang chính thức"),
        ({"basis_0_url": "https://example.com/x"}, "không phải trang chính thức"),
        ({"phrasings_en": ""}, "Cần ít nhất một cách hỏi bằng thứ tiếng này."),
        ({"valid_until": "31/02/2027"}, "Ngày không đọc được."),
        ({"aliases": "Không Phải Mã"}, "tên khác của câu hỏi viết như mã câu"),
        ({"choice_0_label_vi": "Có", "choice_0_label_en": "Yes"}, "Cần câu hỏi lại và từ 2 đến 6 lựa chọn"),
        ({"checked": "20261124"}, ""),
        ({"checked": "1764000000"}, "Cần ngày kiểm tra, viết như 24/11/2026."),
    ],
)
async def test_each_flaw_is_said_in_words(house: DeskHouse, typed: dict[str, str], said: str) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    response = await fill(editor, EDIT, **typed)
    assert response.status_code == (422 if said else 303)
    assert said in response.text
    assert "Input should" not in response.text
    assert "String should" not in response.text


async def test_a_new_entry_goes_live_after_another_person_read_it(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    topic = house.files.entries[VMS].topic
    edit = await edit_of(writer, f"{ENTRIES}/new", topic=topic, **NEW)
    page = (await writer.get(edit)).text
    assert "Mới, chưa có bản nào đang dùng." in page
    assert "where-life-jackets-have-kept" in page
    there = f"{ENTRIES}/where-life-jackets-have-kept"
    assert "hiện không có bản nào đang dùng" in (await writer.get(there)).text
    await made_live(house, writer, other, edit)
    assert house.snapshot.entries["where-life-jackets-have-kept"].answer.vi.startswith("Để nơi")
    shown = (await writer.get(there)).text
    assert "Lan duyệt ngày 24/11/2026" in shown
    assert "Bản của bàn trực đang dùng" in shown


async def test_a_new_entry_never_takes_the_place_of_one_that_is_there(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    topic = house.files.entries[VMS].topic
    with_alias = next(e for e in house.files.entries.values() if e.aliases)
    for taken in (VMS, with_alias.aliases[0]):
        response = await fill(editor, f"{ENTRIES}/new", topic=topic, **{**NEW, "id": taken})
        assert (response.status_code, "Tên này đã dùng cho" in response.text) == (422, True)
        assert "Để nơi lấy được ngay." in response.text
    await edit_of(editor, f"{ENTRIES}/new", topic=topic, **{**NEW, "id": "life-jackets"})
    twice = await fill(editor, f"{ENTRIES}/new", topic=topic, **{**NEW, "id": "life-jackets"})
    assert (twice.status_code, "Tên này đã dùng cho" in twice.text) == (422, True)


async def test_two_people_at_one_entry_do_not_overwrite_each_other(house: DeskHouse) -> None:
    first, second = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    opened = fields_of((await second.get(EDIT)).text, EDIT)
    edit = await edit_of(first, EDIT, answer_vi="Của Em.", answer_en="By Em.")
    refused = await send(second, EDIT, opened, answer_vi="Của Lan.", answer_en="By Lan.")
    assert (refused.status_code, "Em vừa lưu một bản khác" in refused.text) == (409, True)
    assert f'href="{edit}"' in refused.text
    assert "Của Lan." in refused.text
    assert "Của Em." in (await first.get(edit)).text
    # having seen that, they may say that theirs is to take its place
    saved = await send(second, EDIT, fields_of(refused.text, EDIT))
    assert saved.status_code == 303
    assert "Của Lan." in (await first.get(edit)).text


async def test_what_went_live_meanwhile_is_not_silently_undone(house: DeskHouse) -> None:
    first, second = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    opened = fields_of((await second.get(EDIT)).text, EDIT)
    edit = await edit_of(first, EDIT, answer_vi="Của Em.", answer_en="By Em.")
    await made_live(house, first, second, edit)
    refused = await send(second, EDIT, opened, keywords_vi="phao")
    assert (refused.status_code, "Bản đang dùng đã thay đổi" in refused.text) == (409, True)
    assert (await send(second, EDIT, fields_of(refused.text, EDIT))).status_code == 303


async def test_a_tickets_answer_becomes_a_draft(house: DeskHouse) -> None:
    ticket = await house.asks("Áo phao để đâu? Tôi là Sáu, 0909 123 456")
    admin = await house.sign_in("Hoa", Role.ADMIN)
    leader = await house.sign_in("Dũng", Role.LEADER)
    page = f"/console/tickets/{ticket.code}"
    await admin.post(f"{page}/answer", {"text": "Để nơi lấy được ngay.", "once": "1"})
    await admin.post(f"{page}/note", {"text": "Người này hay gọi."})
    link = f"{ENTRIES}/new?ticket={ticket.code}"
    assert f'href="{link}"' in (await admin.get(page)).text
    assert link not in (await leader.get(page)).text
    form = (await admin.get(link)).text
    fields = fields_of(form, f"{ENTRIES}/new")
    assert fields["question_vi"] == ["Áo phao để đâu? Tôi là Sáu, 0909 123 456"]
    assert fields["answer_vi"] == ["Để nơi lấy được ngay."]
    assert fields["ticket"] == [ticket.code]
    assert "bỏ tên, số điện thoại" in form
    assert "hay gọi" not in form
    typed = {**NEW, "topic": house.files.entries[VMS].topic}
    refused = await send(admin, f"{ENTRIES}/new", fields, **{**typed, "question_en": ""})
    assert fields_of(refused.text, f"{ENTRIES}/new")["ticket"] == [ticket.code]
    assert (await send(admin, f"{ENTRIES}/new", fields, **typed)).status_code == 303
    assert (await admin.get(f"{ENTRIES}/new?ticket=X")).status_code == 404


async def test_an_earlier_version_can_be_used_again(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    first = await edit_of(writer, EDIT, answer_vi="Một.", answer_en="One.")
    await made_live(house, writer, other, first)
    second = await edit_of(writer, EDIT, answer_vi="Hai.", answer_en="Two.")
    await made_live(house, writer, other, second)
    history = (await writer.get(f"{ENTRIES}/{VMS}")).text
    again = re.findall(rf'href="({EDIT}\?from=\d+)">Dùng lại', history)
    assert len(again) == 1
    assert "Một." in (await writer.get(first)).text
    draft = await edit_of(writer, again[0])
    await made_live(house, writer, other, draft)
    assert house.snapshot.entries[VMS].answer.vi == "Một."
    assert (await writer.get(f"{EDIT}?from=99")).status_code == 404


async def test_a_foreign_form_changes_nothing(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    fields = {k: v for k, v in fields_of((await editor.get(EDIT)).text, EDIT).items() if k != "form_token"}
    response = await editor.client.post(EDIT, data={**fields, "answer_vi": "Không phải của tôi."})
    assert response.status_code == 403
    async with house.store.read() as session:
        assert await open_edits(session) == []


async def test_what_the_matcher_says_is_a_warning(house: DeskHouse) -> None:
    class Taken:
        text, first = "tàu nào phải gắn máy <giám sát>", "another-entry"

    editor, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    edit = await edit_of(editor, EDIT, answer_vi="Mới.", answer_en="New.")
    assert "khớp với câu khác hơn" not in (await editor.get(edit)).text
    house.stolen = (Taken(),)
    page = (await editor.get(edit)).text
    assert "tàu nào phải gắn máy &lt;giám sát&gt;" in page
    assert 'href="/console/knowledge/entries/another-entry"' in page
    await editor.post(f"{edit}/submit")
    assert (await approve(other, edit)).status_code == 303
