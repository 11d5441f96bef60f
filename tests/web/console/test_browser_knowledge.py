"""A curator's day in a real browser: an edit, a colleague's review, live, and taken back when it was wrong."""

from __future__ import annotations

import dataclasses
import re
from types import MappingProxyType

import pytest
from playwright.async_api import Page, expect

from bot.curation import content_of
from bot.faq import Entry
from bot.store.tables import Role
from tests.curation.given import VMS
from tests.web.console.desk_house import DeskHouse
from tests.web.console.filling_in import approve, edit_of, made_live

pytestmark = pytest.mark.browser

ENTRY = f"/console/knowledge/entries/{VMS}"


async def _sign_in(house: DeskHouse, page: Page, name: str, *roles: Role) -> None:
    _, code = await house.invite(name, *roles)
    await page.context.clear_cookies()
    await page.goto(f"{house.url}/console/login/{code}")
    await page.get_by_role("button", name="Đăng nhập").click()


async def test_an_edit_is_written_reviewed_live_and_taken_back(house: DeskHouse, page: Page, picture) -> None:  # type: ignore[no-untyped-def]
    await house.sign_in("Trần Văn Lợi", Role.EDITOR)  # somebody else could approve
    await _sign_in(house, page, "Nguyễn Thị Thu Thảo", Role.EDITOR)
    await page.get_by_role("link", name="Kiến thức").click()
    await picture("knowledge-list", full=False)
    house.found = (VMS,)
    await page.get_by_label("Tìm câu hỏi").fill("tàu nào phải gắn máy giám sát")
    await page.get_by_role("button", name="Tìm").click()
    await page.locator("a.list__title").first.click()
    await picture("entry")
    await page.get_by_role("link", name="Sửa", exact=True).click()
    answer = page.locator("#f-answer_vi")
    await answer.fill(
        "Tàu cá dài từ 15 mét trở lên phải lắp máy giám sát hành trình và để máy chạy suốt chuyến biển.\n"
        "- Lắp trước khi xuất bến.\n- Máy hỏng: báo ngay và xử lý trong 10 ngày."
    )
    await expect(page.locator('[data-counts="f-answer_vi"]')).to_have_text(re.compile(r"^1\d\d/900$"))
    await page.locator("#f-answer_en").fill("Fishing boats of 15 metres or more. Broken: 9 days.")
    await page.locator("#f-why").fill("Nghị định mới đổi thời hạn sửa máy.")
    await picture("entry-form")
    await page.get_by_role("button", name="Lưu bản nháp").click()
    await expect(page.get_by_text("Chưa lưu: còn 1 chỗ phải sửa")).to_be_visible()
    await picture("entry-form-refused", full=False)
    await page.locator("#f-answer_en").fill("Fishing boats of 15 metres or more. Broken: mended in 10 days.")
    await page.get_by_role("button", name="Lưu bản nháp").click()
    await expect(page.get_by_text("Đã lưu bản nháp")).to_be_visible()
    await picture("edit-draft")
    await page.get_by_role("button", name="Gửi duyệt").click()
    await expect(page.get_by_text("một đồng nghiệp có quyền duyệt phải đọc")).to_be_visible()

    await _sign_in(house, page, "Phạm Quốc Khánh", Role.LEADER)
    await page.goto(f"{house.url}/console")
    await expect(page.locator(".bar__menu .pill")).to_have_text("1")
    await page.get_by_role("link", name="Kiến thức").click()
    await page.get_by_role("link", name="Đang sửa").click()
    await picture("edits")
    await page.locator("a.list__title").first.click()
    await page.locator("#approve").click()
    await picture("edit-review")
    await page.get_by_role("button", name="Duyệt và đưa vào dùng").click()
    await expect(page.get_by_text("Đã duyệt. Máy bắt đầu trả lời")).to_be_visible()
    await house.look()
    assert house.snapshot.entries[VMS].answer.vi.startswith("Tàu cá dài từ 15 mét")

    await page.goto(f"{house.url}{ENTRY}")
    await page.locator("#roll-back").click()
    await page.get_by_label("Lý do").fill("Nghị định chưa có hiệu lực.")
    await picture("entry-roll-back")
    await page.get_by_role("button", name="Rút lại ngay").click()
    await expect(page.get_by_text("Đã rút lại. Trong vài giây")).to_be_visible()
    await house.look()
    assert house.snapshot.entries[VMS] == house.files.entries[VMS]
    await page.goto(f"{house.url}{ENTRY}")
    await expect(page.get_by_text("Đã rút lại").first).to_be_visible()
    await picture("entry-after")


async def test_documents_and_conflicts(house: DeskHouse, page: Page, picture) -> None:  # type: ignore[no-untyped-def]
    writer, other = await house.sign_in("Em", Role.EDITOR), await house.sign_in("Lan", Role.EDITOR)
    edit = await edit_of(writer, f"{ENTRY}/edit", answer_vi="Câu của bàn trực.", answer_en="The console's.")
    await made_live(house, writer, other, edit)
    changed = {**content_of(house.files.entries[VMS]), "answer": {"vi": "Câu của tệp.", "en": "The file's."}}
    entries = {**house.files.entries, VMS: Entry.model_validate(changed)}
    house.files = dataclasses.replace(house.files, entries=MappingProxyType(entries))
    await house.look()

    await _sign_in(house, page, "Lê Thị Hoa", Role.ADMIN)
    await page.goto(f"{house.url}/console/knowledge/conflicts")
    await picture("conflicts")
    await page.get_by_role("button", name="Giữ bản của bàn trực").click()
    await expect(page.get_by_text("Đã giữ bản của bàn trực.")).to_be_visible()
    await house.look()

    await page.get_by_role("link", name="Văn bản").click()
    await picture("documents", full=False)
    await page.locator("a.list__title").first.click()
    await picture("document")
    await page.locator("#replace").click()
    by = list(house.files.documents)[1]
    await page.get_by_label("Văn bản thay thế").fill(by)
    await page.get_by_role("button", name="Xem ảnh hưởng").click()
    await expect(page.get_by_text("câu trả lời sẽ phải viết lại")).to_be_visible()
    await picture("document-replace")
    await page.get_by_role("button", name="Lưu bản nháp").click()
    await expect(page.get_by_text("Đã lưu bản nháp")).to_be_visible()
    await picture("document-edit", full=False)
    address = page.url.removeprefix(house.url).split("?")[0]
    await writer.post(f"{address}/submit")
    assert (await approve(other, address)).status_code in (303, 409)
    await page.goto(f"{house.url}/console/knowledge/documents/new")
    await picture("document-form")
