"""People and what is theirs, over real sockets: profile, tickets, two channels, export, deletion; and an alarm."""

from __future__ import annotations

import json
import re
import secrets

import httpx
from sqlalchemy import select

from bot import people
from bot.store.tables import Person, Ticket, TicketState
from tests.fakes.telegram import TelegramEmulator
from tests.stories.hotline import Hotline, ticket_code

ODD = "/hoi giá vé xem phim ở rạp cuối tuần này bao nhiêu"


class Browser:
    """A visitor's page, without the page."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, trust_env=False)
        self._head = {"Authorization": f"Bearer {secrets.token_urlsafe(40)}"}

    async def say(self, hotline: Hotline, text: str, containing: str) -> str:
        """Posts a line; the first reply that holds `containing`."""
        post = {"id": secrets.token_hex(8), "kind": "text", "text": text}
        assert (await self._client.post("/chat/api/messages", json=post, headers=self._head)).status_code == 202
        for _ in range(200):
            page = (await self._client.get("/chat/api/messages", headers=self._head)).json()
            said = ["".join(span["text"] for span in item.get("spans", ())) for item in page["items"]]
            links = [b["url"] for item in page["items"] for row in item.get("buttons", ()) for b in row if "url" in b]
            found = [text for text in said if containing in text]
            if found:
                return found[-1] + "\n" + "\n".join(links)
            await hotline.house.intake.drain()
            await hotline.house.courier.drain()
        raise AssertionError(said)

    async def get(self, url: str) -> httpx.Response:
        """Fetches an address."""
        return await self._client.get(url)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()


async def test_a_persons_way_through_what_is_theirs(hotline: Hotline, telegram: TelegramEmulator) -> None:
    group = await hotline.desk_group(telegram)
    officer = await hotline.desk_officer(telegram, group, 900, "Hạnh")
    visitor = telegram.user(42, "Tư MARKNAME")

    # a profile of a few taps
    visitor.say("/hoso")
    visitor.press("Ngư dân", await visitor.wait_message(containing="Anh/chị là ai"))
    visitor.press("Phú Quốc", await visitor.wait_message(containing="ra vào biển ở đâu"))
    visitor.press("15 đến dưới 24 m", await visitor.wait_message(containing="Tàu dài bao nhiêu"))
    await visitor.wait_message(containing="Vùng: Phú Quốc")

    # a question, an officer's question back, and its answer in the same ticket
    visitor.say(ODD)
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    card = await group.wait_message(containing=code)
    officer.say("Anh hỏi rạp nào, mấy người?", reply_to=card)
    await visitor.wait_message(containing="mấy người?")
    visitor.say("rạp Phú Quốc, 4 người MARKWORD")
    await visitor.wait_message(containing=f"Đã bổ sung vào {code}")
    await group.wait_message(containing="4 người")
    visitor.say("/phieu")
    listed = await visitor.wait_message(containing="Phiếu của anh/chị")
    assert len(re.findall("HD-", listed.text)) == 1
    assert "Anh hỏi rạp nào" in listed.text
    visitor.press(f"Xem {code}", listed)
    assert (await visitor.wait_message(containing="Gửi lúc")).button("Rút lại")

    # the same person on the website
    visitor.say("/lienket")
    link = await visitor.wait_message(containing="Mã liên kết")
    secret = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", link.text)[0]
    browser = Browser(hotline.url)
    await browser.say(hotline, f"/lienket {secret}", "Đã liên kết")
    await visitor.wait_message(containing="vừa được liên kết")
    assert code in await browser.say(hotline, "/phieu", "Phiếu của anh/chị")

    # what is stored: a file here, an address there
    visitor.say("/dulieu")
    await visitor.wait_message(containing="Dữ liệu đang lưu")
    data = json.loads(telegram.api.uploads[-1])
    assert data["person"]["area"] == "Phú Quốc"
    assert {chat["channel"] for chat in data["chats"]} == {"telegram", "web"}
    said = await browser.say(hotline, "/dulieu", "Dữ liệu đang lưu")
    fetched = await browser.get(re.findall(r"https?://\S+/du-lieu/\S+", said)[-1])
    assert fetched.status_code == 200
    assert fetched.headers["cache-control"] == "no-store"
    assert "attachment" in fetched.headers["content-disposition"]
    assert fetched.json()["person"]["name"] == "Tư MARKNAME"
    assert (await browser.get(f"{hotline.url}/du-lieu/nothing")).status_code == 404

    # and gone, on both
    visitor.say("/xoadulieu")
    visitor.press("Xoá tất cả", await visitor.wait_message(containing="Không lấy lại được"))
    await visitor.wait_message(containing="Đã xoá dữ liệu")
    async with hotline.house.store.read() as session:
        assert [person.name for person in await session.scalars(select(Person)) if "MARKNAME" in person.name] == []
        (ticket,) = await session.scalars(select(Ticket))
        assert (ticket.code, ticket.state, ticket.subject) == (code, TicketState.CLOSED, "")
    await telegram.wait_for(
        lambda: "nội dung đã xoá" in group.messages[0].text or any("nội dung đã xoá" in m.text for m in group.messages),
        what="the card to be overwritten",
    )
    assert (await browser.get(re.findall(r"https?://\S+/du-lieu/\S+", said)[-1])).status_code == 404
    await browser.close()


async def test_an_alarm_reaches_an_officer_privately_and_is_answered_from_there(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    group = await hotline.desk_group(telegram)
    await hotline.desk_officer(telegram, group, 900, "Hạnh")
    officer = telegram.user(900, "Hạnh")
    visitor = telegram.user(42, "Tư")
    visitor.say("cứu với, tàu tôi đang chìm")
    code = ticket_code((await visitor.wait_message(containing="HD-")).text)
    async with hotline.house.store.write() as session:
        ticket = (await session.scalars(select(Ticket))).one()
        assert ticket.alarm_at is not None
        ticket.alarm_at -= people.LINK_LIFE  # a quarter of an hour passes
    await visitor.wait_message(containing="chưa có cán bộ nào xác nhận", timeout=15)
    alarm = await officer.wait_message(containing=f"{code}: 15 phút chưa ai nhận")
    officer.say("Đã báo tàu cứu nạn. Mấy người trên tàu?", reply_to=alarm)
    assert "Mấy người trên tàu?" in (await visitor.wait_message(containing="Đã báo tàu cứu nạn")).text
    assert len([m for m in group.messages if "phút chưa ai nhận" in m.text]) == 1
