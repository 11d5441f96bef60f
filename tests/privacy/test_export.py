"""Everything that is stored about somebody, for them: to read, and as a file or at an address that only they have."""

from __future__ import annotations

import json

from bot.people import conversation_of_export
from bot.privacy import export_of
from tests.privacy.house import House, taps, words
from tests.privacy.test_erasing import CHAT, NAME, WEB, a_full_life


async def test_the_file_holds_everything_of_both_channels_and_nothing_of_the_officers(house: House) -> None:
    await a_full_life(house)
    said = await house.hear("/dulieu", CHAT, name=NAME)
    (message,) = said
    assert message.document is not None
    data = json.loads(message.document.text)
    assert data["person"] | {"first_seen": 0, "last_seen": 0} == {
        "name": NAME,
        "role": "fisherman",
        "area": "Phú Quốc",
        "vessel": None,
        "first_seen": 0,
        "last_seen": 0,
    }
    assert {(chat["channel"], chat["address"]) for chat in data["chats"]} == {("telegram", CHAT), ("web", WEB)}
    mine = data["chats"][0]
    assert {row["kind"] for row in mine["subscriptions"]} == {"weather"}
    assert any("MARKWORD" in row["text"] for row in mine["questions"])
    ticket = mine["tickets"][0]
    assert {event["what"] for event in ticket["events"]} >= {"opened", "detail", "answered"}
    whole = message.document.text
    assert "Lan" not in whole, "an officer's name is the officer's"
    assert f"anh {NAME} nói MARKWORD" not in whole, "an internal note is the officers'"
    assert data["kept_days"]["messages"] == house.knowledge.snapshot.organization.retention.messages
    text = message.plain
    for part in (NAME, "Ngư dân", "Phú Quốc", "Thời tiết", "Thời hạn lưu"):
        assert part in text


async def test_without_files_it_is_fetched_at_an_address_that_ends_after_an_hour(house: House) -> None:
    await house.hear("MARKWORD hỏi gì đó", "9", channel="zalo-oa", name=NAME)
    (message,) = await house.hear("/dulieu", "9", channel="zalo-oa", name=NAME)
    assert message.document is None
    assert "https://hotline.example/du-lieu/" in message.plain
    code = message.plain.split("/du-lieu/")[1].split()[0]
    async with house.store.read() as session:
        found = await conversation_of_export(session, code, now=house.clock.now())
        assert found is not None
        export = await export_of(session, house.knowledge.snapshot, found, now=house.clock.now())
        assert "MARKWORD" in export.text
        assert await conversation_of_export(session, code + "x", now=house.clock.now()) is None
    house.clock.advance(minutes=61)
    async with house.store.read() as session:
        assert await conversation_of_export(session, code, now=house.clock.now()) is None


async def test_the_file_is_not_kept_after_it_was_handed_over(house: House) -> None:
    await house.hear("/dulieu", CHAT, name=NAME)
    house.clock.advance(hours=2)
    assert (await house.cleaner.tick()).traces == 1


async def test_asking_again_and_again_is_refused_for_an_hour(house: House) -> None:
    said = [words(await house.hear("/dulieu", CHAT, name=NAME)) for _ in range(6)]
    assert ["Dữ liệu đang lưu" in text for text in said] == [True] * 5 + [False]
    assert "thử lại sau một giờ" in said[-1]


async def test_first_contact_says_what_is_kept_how_long_and_how_to_end_it(sqlite_house: House) -> None:
    said = await sqlite_house.hear("/start", "12")
    kept = sqlite_house.knowledge.snapshot.organization.retention
    text = words(said)
    for part in (f"{kept.messages} ngày", f"{kept.tickets} ngày", "/dulieu", "/xoadulieu", "tên hiển thị"):
        assert part in text
    assert {"sub", "pf", "me"} <= set(taps(said)), "notices and profile are offered"
