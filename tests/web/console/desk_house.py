"""A console over a real store for tests, and the people who use it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx
from fastapi import FastAPI

from bot import desk, people
from bot.curation import Overlaid, compose, live_edits
from bot.faq import Entry, Problem, Snapshot
from bot.messages import ChatKind, InboundMessage, Language, Location, Sender, Text
from bot.store import Store
from bot.store.tables import Officer, Role, Ticket, TicketKind
from bot.web import create_app
from bot.web.console import ConsoleParts, console_router
from bot.web.console.parts import Stolen
from bot.web.ports import Readiness
from tests.support.clock import FrozenClock
from tests.web.house import House

_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]*)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')


@dataclass
class Browser:
    """An officer's browser: a client that keeps cookies and fills in the tokens of forms as a page does."""

    client: httpx.AsyncClient
    officer: Officer | None = None
    token: str = ""

    async def get(self, path: str, **more: object) -> httpx.Response:
        """A page."""
        return await self.client.get(path, **more)  # type: ignore[arg-type]

    async def post(
        self, path: str, data: dict[str, object] | None = None, *, on: str | None = None, **more: object
    ) -> httpx.Response:
        """A form, sent from the page `on` (any page of this session holds the same token)."""
        if on or not self.token:
            self.token = _TOKEN.findall((await self.client.get(on or "/console/me")).text)[0]
        return await self.client.post(path, data={"form_token": self.token, **(data or {})}, **more)  # type: ignore[arg-type]

    async def once(self, path: str) -> str:
        """The mark against double submits of the form on a page."""
        return _ONCE.findall((await self.get(path)).text)[0]


@dataclass
class DeskHouse:
    """Everything behind the console in a test."""

    store: Store
    clock: FrozenClock
    snapshot: Snapshot
    base_url: str = "http://hoidap.example.vn"
    readiness: Readiness = field(
        default_factory=lambda: Readiness(ok=True, checks={"database": "ok", "telegram": "ok"})
    )
    problems: tuple[Problem, ...] = ()
    suggested: Sequence[str] = ()
    found: Sequence[str] = ()
    stolen: Sequence[Stolen] = ()
    overlaid: tuple[Overlaid, ...] = ()
    rung: int = 0
    woken: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._clients: list[httpx.AsyncClient] = []
        self.files = self.snapshot
        self.parts = ConsoleParts(
            store=self.store,
            clock=self.clock,
            snapshot=lambda: self.snapshot,
            base_url=self.base_url,
            ready=self._ready,
            files=lambda: self.files,
            knowledge_problems=lambda: self.problems,
            suggest=lambda question: self.suggested,
            wake_notices=self._ring,
            overlaid=lambda: self.overlaid,
            wake_knowledge=self._wake,
            search=lambda query: self.found,
            lint_entry=self._lint,
        )
        self.console = console_router(self.parts)
        pages = House(store=self.store, clock=self.clock, snapshot=self.snapshot)
        self.app: FastAPI = create_app(replace(pages.parts(), routers=(self.console,)))

    async def _ready(self) -> Readiness:
        return self.readiness

    def _ring(self) -> None:
        self.rung += 1

    def _wake(self) -> None:
        self.woken += 1

    def _lint(self, entry: Entry) -> Sequence[Stolen]:
        return self.stolen

    async def look(self) -> None:
        """What the live knowledge does when it is woken: files and overlay put together anew."""
        async with self.store.read() as session:
            edits = await live_edits(session)
        self.snapshot, self.overlaid = compose(self.files, edits)

    def stranger(self) -> Browser:
        """A browser without a session."""
        # `verify`: nothing here speaks TLS, and to read the certificates takes longer than most calls
        client = httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=20, verify=False)
        self._clients.append(client)
        return Browser(client)

    async def close(self) -> None:
        """Closes all browsers."""
        for client in self._clients:
            await client.aclose()

    async def invite(self, name: str, *roles: Role) -> tuple[Officer, str]:
        """An officer who was invited, and their code."""
        async with self.store.write() as session:
            return await people.invite(
                session, name=name, roles=[r.value for r in roles], department=None, now=self.clock.now(), by=None
            )

    async def sign_in(self, name: str, *roles: Role) -> Browser:
        """An officer at the console, in through the link."""
        officer, code = await self.invite(name, *roles)
        browser = self.stranger()
        response = await browser.client.post(f"/console/login/{code}")
        assert response.status_code == 303, response.text
        browser.officer = officer
        return browser

    async def asks(
        self,
        question: str,
        *,
        kind: TicketKind = TicketKind.QUESTION,
        name: str = "Ông Sáu",
        channel: str = "web",
        language: Language = Language.VI,
        location: Location | None = None,
        distress_kind: str | None = None,
        entry: str | None = None,
    ) -> Ticket:
        """A ticket of a new asker."""
        number = next(self._numbers)
        now = self.clock.now()
        message = InboundMessage(
            channel=channel,
            chat_id=f"chat-{number}",
            chat_kind=ChatKind.PRIVATE,
            sender=Sender(id=f"asker-{number}", name=name),
            content=Text(text=question),
            sent_at=now,
        )
        async with self.store.write() as session:
            conversation = await people.conversation_for(session, message, now=now)
            opened = await desk.open_ticket(
                session,
                self.snapshot,
                conversation=conversation,
                kind=kind,
                question=question,
                entry=entry,
                distress_kind=distress_kind,
                location=location,
                language=language,
                inbound_id=None,
                media=None,
                now=now,
            )
        return opened.ticket
