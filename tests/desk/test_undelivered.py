"""Nothing that was meant for an asker is dropped unseen: the officers are told, under the card and on the ticket."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.desk import answer, ticket_page, undelivered
from bot.desk.details import add_detail
from bot.faq import Snapshot
from bot.messages import Means, MediaRef, Window
from bot.store import Store, message_of
from bot.store.tables import Source, TicketKind
from tests.desk.test_tickets import ask
from tests.people.given import NOW, a_group, an_asker, an_officer, rows_to

WINDOW = Window(dt.timedelta(hours=48), dt.timedelta(days=7))
ALL = (Means.TEMPLATE, Means.GROUP, Means.PHONE)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("window closed: the person wrote too long ago for a free message", "quá hạn nhắn tin miễn phí"),
        ("quota used up: Zalo -211 (x)", "hết số tin"),
        ("not a follower: Zalo -213 (x)", "không còn theo dõi"),
        ("set-up: Zalo -224 (x)", "haidang doctor"),
        ("Forbidden: bot was blocked by the user", "đã chặn bot"),
        ("something new", "something new"),
    ],
)
async def test_the_officers_read_why_and_what_is_left(
    store: Store, snapshot: Snapshot, reason: str, words: str
) -> None:
    async with store.write() as session:
        asker, group = await an_asker(session), await a_group(session)
        lan = await an_officer(session, "Lan")
        code = (await ask(session, snapshot, asker)).ticket.code
        await answer(session, snapshot, code, lan, "Có.", now=NOW)
        (row,) = [row for row in await rows_to(session, asker) if row.source is Source.ANSWER]
        await undelivered(session, snapshot, row, reason, ALL, now=NOW)
    async with store.read() as session:
        said = message_of((await rows_to(session, group))[-1]).plain
        page = await ticket_page(session, code)
    assert code in said
    assert words in said
    for means in ("ZBS", "nhóm", "gọi điện", "trang web"):
        assert means in said
    assert [(event.internal, event.text) for event in page.events][-1] == (True, said)


async def test_a_reply_that_nobody_waits_for_is_no_news_for_the_desk(store: Store, snapshot: Snapshot) -> None:
    async with store.write() as session:
        asker, group = await an_asker(session), await a_group(session)
        await ask(session, snapshot, asker)
        before = await rows_to(session, group)
        await undelivered(session, snapshot, before[-1], "window closed", (), now=NOW)
        assert await rows_to(session, group) == before


@pytest.mark.parametrize(
    ("kind", "silent", "reachable"),
    [
        (TicketKind.QUESTION, dt.timedelta(hours=47), True),
        (TicketKind.QUESTION, dt.timedelta(hours=49), False),
        (TicketKind.DISTRESS, dt.timedelta(hours=49), True),
    ],
)
async def test_who_answers_is_told_at_once_that_the_window_is_closed(
    store: Store, snapshot: Snapshot, kind: TicketKind, silent: dt.timedelta, reachable: bool
) -> None:
    async with store.write() as session:
        asker = await an_asker(session)
        asker.last_inbound_at = NOW - silent
        lan = await an_officer(session, "Lan")
        code = (await ask(session, snapshot, asker, kind=kind)).ticket.code
        done = await answer(session, snapshot, code, lan, "Có.", now=NOW, windows={asker.channel: WINDOW})
    assert done.queued, "the courier has the last word, and writes down what becomes of it"
    assert done.reachable is reachable


async def test_a_file_with_an_address_is_passed_on_as_one(store: Store, snapshot: Snapshot) -> None:
    media = MediaRef(chat_id="1", message_id="2", url="https://photo.zdn.vn/a.jpg")
    async with store.write() as session:
        asker, group = await an_asker(session, channel="zalo-oa"), await a_group(session)
        code = (await ask(session, snapshot, asker)).ticket.code
        await add_detail(session, snapshot, code, conversation=asker, media=media, now=NOW)
        said = message_of((await rows_to(session, group))[-1])
    assert any(span.url == media.url for span in said.text)
    assert "zalo-oa" in said.plain
