"""Knowledge and system at a glance, and every page in both languages."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.curation import fingerprint_of
from bot.faq import Problem
from bot.messages import Lane, OutgoingMessage, Span
from bot.store import enqueue
from bot.store.tables import Conversation, Inbound, InboundState, OutgoingState, Role, Source
from bot.web.ports import Readiness
from tests.curation.given import VMS
from tests.web.console.desk_house import DeskHouse


async def test_knowledge_shows_what_a_reload_refused(house: DeskHouse) -> None:
    house.problems = (Problem("faq/port/authority.yaml", 17, "answer: <too long>"),)
    editor = await house.sign_in("Em", Role.EDITOR)
    page = (await editor.get("/console/knowledge")).text
    assert "faq/port/authority.yaml:17" in page
    assert "answer: &lt;too long&gt;" in page


async def test_system_shows_health_and_what_could_not_be_sent(house: DeskHouse) -> None:
    house.readiness = Readiness(ok=False, checks={"telegram": "wrong token: mend HAIDANG_TELEGRAM_TOKEN"})
    ticket = await house.asks("câu hỏi", channel="telegram")
    async with house.store.write() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation is not None
        row = await enqueue(
            session,
            conversation,
            OutgoingMessage(text=(Span(text="bí mật của người hỏi"),)),
            lane=Lane.ANSWER,
            source=Source.ANSWER,
            now=house.clock.now(),
            ticket_id=ticket.id,
        )
        assert row is not None
        row.state, row.error, row.attempts = OutgoingState.FAILED, "Bad Request: <text> is empty", 3
        session.add(
            Inbound(
                channel="telegram",
                platform_id="881",
                chat_id="5",
                state=InboundState.DEAD,
                attempts=3,
                error="KeyError: 'x'",
                received_at=house.clock.now(),
            )
        )
    leader = await house.sign_in("Dũng", Role.LEADER)
    page = (await leader.get("/console/system")).text
    assert "Có bộ phận cần xem lại" in page
    assert "wrong token: mend HAIDANG_TELEGRAM_TOKEN" in page
    assert "Bad Request: &lt;text&gt; is empty" in page
    assert ticket.code in page
    assert "KeyError: &#39;x&#39;" in page
    assert "bí mật" not in page


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_is_there_in_both_languages(house: DeskHouse, language: str) -> None:
    ticket = await house.asks("câu hỏi")
    admin = await house.sign_in("Hoa", Role.ADMIN)
    made = await admin.post(
        "/console/notices/new", {"kind": "law", "severity": "minor", "title_vi": "Nghị định", "text_vi": "Mới"}
    )
    notice = made.headers["location"].split("?")[0]
    pages = ["", "/notices", "/notices/new", "/knowledge", "/officers", "/system", "/me", f"/tickets/{ticket.code}"]
    number = next(iter(house.files.documents))
    entry, document = f"/knowledge/entries/{VMS}", f"/knowledge/documents/{number}"
    pages += [entry, f"{entry}/edit", "/knowledge/entries/new", document, f"{document}/edit", f"{document}/replace"]
    pages += [f"/knowledge/{name}" for name in ("edits", "documents", "documents/new", "conflicts")]
    proposed = await admin.post(f"/console{entry}/propose", {"seen": fingerprint_of(house.files.entries[VMS])})
    edit = proposed.headers["location"].split("?")[0]
    for path in [*(f"/console{page}" for page in pages), notice, f"{notice}/edit", edit]:
        response = await admin.get(path, params={"lang": language})
        assert response.status_code == 200, path
        assert f'<html lang="{language}">' in response.text
        # a wording's key instead of its text
        assert not re.search(r"console\.[a-z]", re.sub(r"/static/\S+", "", response.text)), path
        assert "style=" not in response.text
        assert not re.search(r"<script(?! type=\"module\" src=)", response.text)
