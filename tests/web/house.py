"""A small house behind the pages for tests: real store, real web channel, scripted replies instead of dialogue."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from bot.channels.web_chat import Limits, WebChat, WebChatChannel
from bot.clock import Clock
from bot.dialogue.context import Knowledge
from bot.faq import Snapshot
from bot.matching import Candidate
from bot.messages import Arrival, ChatKind, Content, InboundMessage, Lane, Media, OutgoingMessage, Text
from bot.store import Store, StoredFiles, StoreUnavailable, enqueue
from bot.store.tables import Conversation, Inbound, InboundState, OutgoingState, Source
from bot.web import WebParts, create_app
from bot.web.ports import PublicNotice, Readiness, TicketView

Replies = Callable[[InboundMessage], Sequence[OutgoingMessage]]


class WordSearch:
    """Finds the entries that hold every word of the query: enough to show a page of results."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def search(self, text: str, limit: int) -> list[Candidate]:
        """The entries found, in the order of the files."""
        words = text.casefold().split()
        found = [
            e.id
            for e in self._snapshot.entries.values()
            if all(w in f"{e.question.vi} {e.question.en}".casefold() for w in words)
        ]
        return [Candidate(entry=name, confidence=0.5) for name in found[:limit]]


@dataclass
class House:
    """What the pages are wired to in tests, and the handles by which a test plays the other side."""

    store: Store
    clock: Clock
    snapshot: Snapshot
    replies: Replies = lambda message: ()
    limits: Limits = field(default_factory=Limits)
    notices: list[PublicNotice] = field(default_factory=list)
    tickets: dict[tuple[str, str], TicketView] = field(default_factory=dict)
    readiness: Readiness = field(default_factory=lambda: Readiness(ok=True, checks={"database": "ok"}))
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    require_approval: bool = False
    store_away: bool = False
    url: str = ""

    def __post_init__(self) -> None:
        self.channel = WebChatChannel(self.clock)
        self.chat = WebChat(
            inbox=self,
            clock=self.clock,
            channel=self.channel,
            files=StoredFiles(self.store, self.clock, self.channel.name),
            is_urgent=is_urgent,
            limits=self.limits,
        )
        self.metrics = CollectorRegistry()
        self.app: FastAPI = create_app(self.parts())

    def parts(self) -> WebParts:
        """The ports."""
        return WebParts(
            base_url="https://hoidap.example.vn",
            version="1.2.3",
            knowledge=self.knowledge,
            store=self.store,
            clock=self.clock,
            chat=self.chat,
            metrics=self.metrics,
            ready=self._ready,
            webhooks={"telegram": self._webhook},
            find_ticket=self._find_ticket,
            public_notices=self._public_notices,
        )

    def knowledge(self) -> Knowledge:
        """What is live."""
        search = WordSearch(self.snapshot)
        return Knowledge(self.snapshot, search, require_approval=self.require_approval)  # type: ignore[arg-type]

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """The inbox: stores what is new, then sends what the script replies."""
        if self.store_away:
            raise StoreUnavailable("the disk is full")
        new: list[InboundMessage] = []
        async with self.store.write() as session:
            for arrival in arrivals:
                known = await session.scalar(
                    select(Inbound.id).where(
                        Inbound.channel == arrival.channel, Inbound.platform_id == arrival.platform_id
                    )
                )
                if known is not None or arrival.message is None:
                    continue
                new.append(arrival.message)
                session.add(
                    Inbound(
                        channel=arrival.channel,
                        platform_id=arrival.platform_id,
                        chat_id=arrival.chat_id,
                        raw=arrival.raw,
                        message=arrival.message.model_dump(mode="json"),
                        state=InboundState.HANDLED,
                        received_at=self.clock.now(),
                    )
                )
        for message in new:
            for reply in self.replies(message):
                await self.say(message.chat_id, reply)
        return len(new)

    async def say(
        self, chat_id: str, message: OutgoingMessage, *, state: OutgoingState = OutgoingState.SENT, ring: bool = True
    ) -> int:
        """Writes a row as the courier leaves it, and rings the visitor's pages."""
        now = self.clock.now()
        async with self.store.write() as session:
            conversation = await session.scalar(
                select(Conversation).where(Conversation.channel == "web", Conversation.chat_id == chat_id)
            )
            if conversation is None:
                conversation = Conversation(channel="web", chat_id=chat_id, kind=ChatKind.PRIVATE, created_at=now)
                session.add(conversation)
                await session.flush()
            row = await enqueue(session, conversation, message, lane=Lane.REPLY, source=Source.REPLY, now=now)
            assert row is not None
            row.state = state
            row.sending_at = None if state is OutgoingState.QUEUED else now
        if ring:
            await self.channel.send(chat_id, message)
        assert row.id is not None
        return row.id

    async def _ready(self) -> Readiness:
        return self.readiness

    async def _webhook(self, headers: object, body: bytes) -> int:
        secret = headers["x-telegram-bot-api-secret-token"]  # type: ignore[index]
        self.posted.append((secret, body))
        return 200

    async def _find_ticket(self, code: str, secret: str) -> TicketView | None:
        return self.tickets.get((code.upper(), secret))

    async def _public_notices(self) -> Sequence[PublicNotice]:
        return self.notices


def is_urgent(content: Content) -> bool:
    """Stands in for the detection of distress."""
    words = content.text if isinstance(content, Text) else content.caption if isinstance(content, Media) else ""
    return any(word in words for word in ("cứu", "chìm", "SOS"))


class _Server(uvicorn.Server):
    """uvicorn that leaves the test run's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The application on a real socket of this machine; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=3))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
        if task.done():
            task.result()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        app.state.closing.set()
        server.should_exit = True
        await task
        listener.close()
