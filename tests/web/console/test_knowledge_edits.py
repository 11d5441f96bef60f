"""An edit's way: seen beside what is live, approved by another person as it was read, taken back when it was wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from bot.curation import LiveKnowledge, history
from bot.matching import Decision
from bot.store.tables import RevisionState, Role, SubjectKind
from tests.curation.given import VMS
from tests.web.console.desk_house import DeskHouse
from tests.web.console.filling_in import approve, edit_of, fields_of, fill, made_live, send

ENTRY = f"/console/knowledge/entries/{VMS}"
EDITS = "/console/knowledge/edits"


async def states(house: DeskHouse) -> list[RevisionState]:
    async with house.store.read() as session:
        return [line.state for line in await history(session, SubjectKind.ENTRY, VMS)]


async def test_the_words_that_differ_are_marked_field_by_field(house: DeskHouse) -> None:
    editor = await house.sign_in("Em", Role.EDITOR)
    entry = house.files.entries[VMS]
    edit = await edit_of(
        editor,
        f"{ENTRY}/edit",
        question_vi=entry.question.vi + " <b>Thêm</b>",
        phrasings_vi="\n".join([*entry.phrasings.vi[1:], "một cách hỏi hoàn toàn khác"]),
        why="Luật <mới>",
    )
    page = (await editor.get(edit)).text
    assert re.findall(r'data-field="(\w+)"', page) == ["question_vi", "phrasings_vi"]
    assert "<ins> &lt;b&gt;Thêm&lt;/b&gt;</ins>" in page
    assert f"<del>{entry.phrasings.vi[0]}</del>" in page
    assert "<ins>một cách hỏi hoàn toàn khác</ins>" in page
    assert f"{len(entry.phrasings.vi) - 1} dòng giữ nguyên" in page
    assert "Luật &lt;mới&gt;" in page


async def test_one_writes_another_approves(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    edit = await edit_of(writer, f"{ENTRY}/edit", answer_vi="Mới.", answer_en="New.", why="Luật mới")
    assert "/approve" not in (await other.get(edit)).text  # a draft isn't read yet
    assert (await other.post(f"{edit}/approve", {"seen": "x"})).status_code == 409
    await writer.post(f"{edit}/submit")
    assert "một đồng nghiệp có quyền duyệt phải đọc" in (await writer.get(edit)).text
    read = fields_of((await other.get(edit)).text, f"{edit}/approve")
    own = await send(writer, f"{edit}/approve", read, form_token=writer.token)
    assert (own.status_code, "Người viết không tự duyệt" in own.text) == (409, True)
    assert house.woken == 0
    assert (await approve(other, edit)).status_code == 303
    assert house.woken == 1

    # the live knowledge looks a moment later; until then the page says so
    assert "đang được nạp" in (await writer.get(ENTRY)).text
    await house.look()
    page = (await writer.get(ENTRY)).text
    assert "đang được nạp" not in page
    assert "Mới." in page
    assert "Lan duyệt ngày 24/11/2026" in page
    log = (await writer.get(edit)).text
    for deed in ("soạn", "gửi duyệt", "duyệt"):
        assert deed in log
    assert "Bản trong tệp" in log  # what it took the place of


async def test_a_text_that_changed_under_an_open_page_is_not_approved_unread(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    edit = await edit_of(writer, f"{ENTRY}/edit", answer_vi="Đã đọc.", answer_en="Read.")
    await writer.post(f"{edit}/submit")
    read = fields_of((await other.get(edit)).text, f"{edit}/approve")
    await edit_of(writer, f"{ENTRY}/edit", answer_vi="Chưa đọc.", answer_en="Unread.")
    await writer.post(f"{edit}/submit")
    refused = await send(other, f"{edit}/approve", read)
    assert (refused.status_code, "Nội dung đã thay đổi sau khi bạn mở trang" in refused.text) == (409, True)
    assert "Chưa đọc." in refused.text
    assert await states(house) == [RevisionState.REVIEW]
    assert (await other.post(f"{edit}/approve")).status_code == 409
    assert (await send(other, f"{edit}/approve", fields_of(refused.text, f"{edit}/approve"))).status_code == 303


async def test_sent_back_with_a_reason_and_mended(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.LEADER)
    edit = await edit_of(writer, f"{ENTRY}/edit", answer_vi="Mới.", answer_en="New.")
    await writer.post(f"{edit}/submit")
    without = await other.post(f"{edit}/send-back", {"reason": " "})
    assert (without.status_code, "hãy ghi cần sửa gì" in without.text) == (422, True)
    assert (await other.post(f"{edit}/send-back", {"reason": "Thiếu <mức phạt>"})).status_code == 303
    for page in (edit, EDITS, ENTRY):
        assert "Thiếu &lt;mức phạt&gt;" in (await writer.get(page)).text, page
    late = await other.post(f"{edit}/send-back", {"reason": "Lần nữa, giữ lại chữ này"})
    assert (late.status_code, "Bản nháp" in late.text) == (409, True)
    assert (await writer.post(f"{edit}/withdraw")).status_code == 303
    assert await states(house) == [RevisionState.WITHDRAWN]
    assert "Không có bản sửa nào đang chờ" in (await writer.get(EDITS)).text


async def test_a_lone_administrator_says_that_they_approve_alone(house: DeskHouse) -> None:
    admin = await house.sign_in("Hoa", Role.ADMIN)
    edit = await edit_of(admin, f"{ENTRY}/edit", answer_vi="Mới.", answer_en="New.")
    await admin.post(f"{edit}/submit")
    assert "Tôi là người duy nhất" in (await admin.get(edit)).text
    without = await approve(admin, edit)
    assert (without.status_code, "hãy đánh dấu" in without.text) == (422, True)
    assert (await approve(admin, edit, alone="1")).status_code == 303
    assert "tự duyệt (không có người thứ hai)" in (await admin.get(edit)).text


async def test_what_ships_is_approved_as_it_stands(house: DeskHouse) -> None:
    writer, leader = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Dũng", Role.LEADER)
    page = (await writer.get(ENTRY)).text
    stale = await writer.post(f"{ENTRY}/propose", {"seen": "what-it-was"})
    assert (stale.status_code, await states(house)) == (409, [])
    proposed = await send(writer, f"{ENTRY}/propose", fields_of(page, f"{ENTRY}/propose"))
    edit = proposed.headers["location"].split("?")[0]
    shown = (await leader.get(edit)).text
    assert "Nội dung giữ nguyên như bản đang dùng." in shown
    assert (await approve(leader, edit)).status_code == 303
    await house.look()
    entry = house.snapshot.entries[VMS]
    assert entry.approved is not None
    assert entry.approved.by == "Dũng"
    assert entry.answer == house.files.entries[VMS].answer
    assert f"{ENTRY}/propose" not in (await writer.get(ENTRY)).text


async def test_rolled_back_with_a_reason_the_version_before_answers(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    first = await edit_of(writer, f"{ENTRY}/edit", answer_vi="Một.", answer_en="One.")
    await made_live(house, writer, other, first)
    old = fields_of((await other.get(ENTRY)).text, f"{ENTRY}/roll-back")
    second = await edit_of(writer, f"{ENTRY}/edit", answer_vi="Hai.", answer_en="Two.")
    await made_live(house, writer, other, second)

    # a page that still shows the first must not take the second back
    stale = await send(other, f"{ENTRY}/roll-back", old, reason="Sai mức phạt")
    assert (stale.status_code, "Sai mức phạt" in stale.text) == (409, True)
    now = fields_of((await other.get(ENTRY)).text, f"{ENTRY}/roll-back")
    without = await send(other, f"{ENTRY}/roll-back", now)
    assert (without.status_code, "hãy ghi lý do" in without.text) == (409, True)
    assert (await states(house))[0] is RevisionState.LIVE

    woken = house.woken
    assert (await send(other, f"{ENTRY}/roll-back", now, reason="Sai mức phạt")).status_code == 303
    assert house.woken == woken + 1
    await house.look()
    assert house.snapshot.entries[VMS].answer.vi == "Một."
    assert "Sai mức phạt" in (await writer.get(second)).text
    now = fields_of((await other.get(ENTRY)).text, f"{ENTRY}/roll-back")
    await send(other, f"{ENTRY}/roll-back", now, reason="Cũng sai")
    await house.look()
    assert house.snapshot.entries[VMS] == house.files.entries[VMS]
    assert f"{ENTRY}/roll-back" not in (await other.get(ENTRY)).text


async def test_an_entry_that_only_the_console_has_can_be_taken_back_and_is_still_found(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    source = fields_of((await writer.get(f"{ENTRY}/edit")).text, f"{ENTRY}/edit")
    fields = {**source, "id": ["only-here"], "aliases": [""], "seen": [""], "based": [""], "related": [""]}
    made = await send(writer, "/console/knowledge/entries/new", fields)
    edit = made.headers["location"].split("?")[0]
    await made_live(house, writer, other, edit)
    there = "/console/knowledge/entries/only-here"
    page = (await other.get(there)).text
    assert "câu hỏi này sẽ không còn câu trả lời" in page
    await send(other, f"{there}/roll-back", fields_of(page, f"{there}/roll-back"), reason="Chưa chín")
    await house.look()
    assert "only-here" not in house.snapshot.entries
    gone = await writer.get(there)
    assert (gone.status_code, "hiện không có bản nào đang dùng" in gone.text) == (200, True)
    assert (await writer.get(f"{there}/edit?from={edit.split('/')[-1]}")).status_code == 200


async def test_what_no_longer_fits_is_not_approved_and_says_why(house: DeskHouse) -> None:
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    neighbour = next(name for name in house.files.entries if name != VMS)
    source = fields_of((await writer.get(f"{ENTRY}/edit")).text, f"{ENTRY}/edit")
    fields = {**source, "id": ["only-here"], "aliases": [""], "seen": [""], "based": [""], "related": [""]}
    made = (await send(writer, "/console/knowledge/entries/new", fields)).headers["location"].split("?")[0]
    await made_live(house, writer, other, made)
    there = f"/console/knowledge/entries/{neighbour}"
    edit = await edit_of(writer, f"{there}/edit", related="only-here")
    await writer.post(f"{edit}/submit")
    page = (await other.get("/console/knowledge/entries/only-here")).text
    back = "/console/knowledge/entries/only-here/roll-back"
    await send(other, back, fields_of(page, back), reason="Sai")
    await house.look()
    assert "Chưa duyệt được, phải sửa" in (await other.get(edit)).text
    refused = await approve(other, edit)
    assert (refused.status_code, "Không có câu “only-here”" in refused.text) == (409, True)


async def test_an_edit_approved_in_the_console_answers_a_question(
    house: DeskHouse, knowledge_dir: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(knowledge_dir, tmp_path / "knowledge"))
    live = LiveKnowledge(folder)
    live.start()
    await live.attach(house.store)
    question = "con cá ông dạt vào bãi thì báo cho ai"
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    made = await fill(
        writer,
        "/console/knowledge/entries/new",
        id="stranded-whale",
        topic=live.files.entries[VMS].topic,
        audience=["public"],
        question_vi="Cá voi mắc cạn thì báo cho ai?",
        question_en="Whom to tell of a stranded whale?",
        answer_vi="Báo ngay cho trạm kiểm ngư gần nhất.",
        answer_en="Tell the nearest fisheries station at once.",
        phrasings_vi=f"{question}\ncá ông lụy bờ",
        phrasings_en="a whale on the beach",
        advice="1",
    )
    edit = made.headers["location"].split("?")[0]
    await writer.post(f"{edit}/submit")
    await live.look()
    assert live.knowledge.matcher.match(question).entry != "stranded-whale"
    await approve(other, edit)
    await live.look()
    match = live.knowledge.matcher.match(question)
    assert (match.decision, match.entry) == (Decision.ANSWER, "stranded-whale")
