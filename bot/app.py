"""The composition root: settings become a running house, everything wired in one place."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Gauge

from bot import __version__, desk, notices, people
from bot.channels.telegram import (
    SECRET_HEADER,
    Command,
    Poller,
    PollerHealth,
    Profile,
    TelegramChannel,
    WebhookAddress,
    WebhookIntake,
)
from bot.channels.web_chat import WebChat, WebChatChannel
from bot.clock import Clock, SystemClock
from bot.courier import Courier
from bot.curation import LiveKnowledge
from bot.dialogue import command_menu
from bot.dialogue.buttons import SOS
from bot.errors import OperatorError
from bot.intake import Intake, Rescue, StoredInbox
from bot.matching import distress_of
from bot.messages import Channel, Content, Press, Text
from bot.notices import NoticeWorker
from bot.reports import figures
from bot.settings import Settings, TelegramMode
from bot.store import Store, StoredChannelState, StoreUnavailable, migrate
from bot.web import WebParts, create_app
from bot.web.console import ConsoleParts, console_router
from bot.web.ports import PublicNotice, Readiness, TicketAnswer, TicketView, Webhook

log = structlog.get_logger(__name__)

MEASURE_EVERY = 15.0
#: How many entries a search in the console looks at.
SEARCHED = 60
#: How often a worker that waits for the database tries again, in seconds: not more and more seldom, as after a fault.
RETRY_DATABASE = 1.0
#: How long the workers get to finish what is under way when the program is asked to end.
GRACE = 8.0


class StartError(OperatorError):
    """The program can't start; the message says what to mend."""


@dataclass
class House:
    """Everything that runs in one process, wired together."""

    settings: Settings
    clock: Clock
    store: Store
    live: LiveKnowledge
    base_url: str
    web_channel: WebChatChannel
    telegram: TelegramChannel | None = None
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.channels: dict[str, Channel] = {self.web_channel.name: self.web_channel}
        if self.telegram is not None:
            self.channels[self.telegram.name] = self.telegram
        self.rescue = Rescue(lambda: self.live.knowledge, self.channels)
        self.inbox = StoredInbox(self.store, self.clock, self.rescue)
        self.state = StoredChannelState(self.store, self.clock)
        self.intake = Intake(self.store, self.channels, lambda: self.live.knowledge, self.clock, self.rescue)
        self.courier = Courier(self.store, self.channels, self.clock)
        self.notice_worker = NoticeWorker(self.store, self.clock, lambda: self.live.knowledge.snapshot)
        self.poller: Poller | None = None
        self._polled = False
        self.webhook: WebhookIntake | None = None
        if self.telegram is not None:
            if self.settings.telegram_mode is TelegramMode.POLLING:
                self.poller = Poller(self.telegram, self.inbox, self.state, clock=self.clock)
            else:
                address = webhook_address(self.settings, self.base_url)
                assert address is not None, "the mode is webhook"
                self.webhook = WebhookIntake(self.telegram, self.inbox, address, clock=self.clock)
        self.web = self._web()

    # --- what the pages are handed ---------------------------------------------------------------------------------

    def _web(self) -> FastAPI:
        chat = WebChat(inbox=self.inbox, clock=self.clock, channel=self.web_channel, is_urgent=self._is_urgent)
        console = console_router(
            ConsoleParts(
                store=self.store,
                clock=self.clock,
                snapshot=lambda: self.live.knowledge.snapshot,
                base_url=self.base_url,
                ready=self.ready,
                files=lambda: self.live.files,
                knowledge_problems=lambda: self.live.problems,
                suggest=self._suggest,
                wake_notices=self.notice_worker.ring,
                overlaid=lambda: self.live.overlaid,
                wake_knowledge=self.live.ring,
                search=self._search,
            )
        )
        webhooks: Mapping[str, Webhook] = {"telegram": self._telegram_webhook} if self.webhook else {}
        return create_app(
            WebParts(
                base_url=self.base_url,
                version=__version__,
                knowledge=lambda: self.live.knowledge,
                store=self.store,
                clock=self.clock,
                chat=chat,
                metrics=self.metrics,
                ready=self.ready,
                webhooks=webhooks,
                find_ticket=self._find_ticket,
                public_notices=self._public_notices,
                routers=(console,),
            )
        )

    def _is_urgent(self, content: Content) -> bool:
        if isinstance(content, Press):
            return content.data == SOS
        if not isinstance(content, Text):
            return False
        return distress_of(content.text, self.live.knowledge.snapshot.emergency)[0] is not None

    def _suggest(self, text: str) -> Sequence[str]:
        return [found.entry for found in self.live.knowledge.matcher.search(text, 3)]

    def _search(self, text: str) -> Sequence[str]:
        return [found.entry for found in self.live.knowledge.matcher.search(text, SEARCHED)]

    async def _telegram_webhook(self, headers: Mapping[str, str], body: bytes) -> int:
        assert self.webhook is not None
        return await self.webhook.receive(headers.get(SECRET_HEADER.lower()), body)

    async def _find_ticket(self, code: str, secret: str) -> TicketView | None:
        async with self.store.read() as session:
            page = await desk.public_page(session, code, secret)
        if page is None:
            return None
        return TicketView(
            code=page.code,
            state=page.state,
            subject=page.question,
            opened_at=page.opened_at,
            due_at=page.due_at,
            answers=tuple(TicketAnswer(said.at, said.text) for said in page.answers),
        )

    async def _public_notices(self) -> Sequence[PublicNotice]:
        async with self.store.read() as session:
            rows = await notices.public_notices(session, self.clock.now())
        return [
            PublicNotice(
                code=row.code,
                kind=row.kind.value,
                severity=row.severity.value,
                title_vi=row.title_vi,
                text_vi=row.text_vi,
                title_en=row.title_en,
                text_en=row.text_en,
                published_at=row.send_at or row.approved_at or row.created_at,
                expires_at=row.expires_at,
            )
            for row in rows
        ]

    # --- how it is ---------------------------------------------------------------------------------------------------

    @property
    def telegram_health(self) -> PollerHealth | None:
        """How Telegram's updates come in, where Telegram is set up."""
        intake = self.poller or self.webhook
        return intake.health if intake else None

    async def ready(self) -> Readiness:
        """Database, knowledge and pollers, each in a few words; not ready when one of them can't do its work."""
        checks = {"knowledge": f"ok, version {self.live.knowledge.snapshot.version}"}
        ok = True
        if self.live.problems:
            checks["knowledge"] = f"the last good version is live; {len(self.live.problems)} problems to mend"
        try:
            await self.store.check()
            checks["database"] = "ok"
        except StoreUnavailable as error:
            ok, checks["database"] = False, str(error)
        if (health := self.telegram_health) is not None:
            checks["telegram"] = "ok" if health.ok else health.error or "starting"
            ok = ok and health.ok
        return Readiness(ok=ok, checks=checks)

    # --- running -----------------------------------------------------------------------------------------------------

    async def run(self, listener: socket.socket, stop: asyncio.Event) -> None:
        """Runs everything until `stop` is set, then lets what is under way finish."""
        server = _Server(
            uvicorn.Config(self.web, log_config=None, lifespan="off", proxy_headers=True, timeout_graceful_shutdown=3)
        )
        workers: dict[str, Callable[[], Awaitable[None]]] = {
            "intake": self.intake.run,
            "courier": self.courier.run,
            "notices": self._lead_notices,
            "knowledge": self.live.watch,
            "metrics": self._measure,
        }
        if self.poller is not None:
            workers["telegram"] = self._poll
        elif self.webhook is not None:
            workers["telegram"] = self.webhook.run
        tasks = [asyncio.create_task(_kept_alive(name, work), name=name) for name, work in workers.items()]
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="web")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            self.web.state.closing.set()  # open event streams would keep the server waiting
            server.should_exit = True
            await asyncio.wait({serving}, timeout=GRACE)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=GRACE)
            if self.telegram is not None:
                await self.telegram.aclose()
        if serving.done() and (error := serving.exception()) is not None:
            raise error

    async def _poll(self) -> None:
        assert self.poller is not None
        led = False
        try:
            async with self.store.lead("telegram-poller"):
                led = self._polled = True
                await self.poller.run()
        except* StoreUnavailable:
            if not self._polled:
                raise
            await self._poll_without_database(lost=led)
        else:
            await asyncio.Event().wait()  # refused for good: stay down and say so in /readyz, don't knock again

    async def _poll_without_database(self, *, lost: bool) -> None:
        """Whoever polled last goes on while the database is away: nothing can be stored, so nothing is confirmed, and
        what comes in is looked through for danger, which gets its numbers all the same."""
        assert self.poller is not None
        if lost:
            log.critical("the database is away: only calls for help are answered until it is back")
        polling = asyncio.create_task(self.poller.run())
        try:
            while True:
                await asyncio.sleep(RETRY_DATABASE)
                try:
                    await self.store.check()
                    return
                except StoreUnavailable:
                    continue
        finally:
            polling.cancel()
            await asyncio.wait({polling})

    async def _lead_notices(self) -> None:
        async with self.store.lead("notices"):
            await self.notice_worker.run()

    async def _measure(self) -> None:
        gauges = {
            name: Gauge(f"haidang_{name}", text, registry=self.metrics)
            for name, text in (
                ("inbound_waiting", "messages stored and not handled yet"),
                ("inbound_dead", "messages that could not be handled"),
                ("outgoing_failed", "messages that could not be sent"),
                ("outgoing_uncertain", "messages that may have arrived"),
                ("tickets_open", "tickets that wait for an officer's answer"),
                ("tickets_overdue", "open tickets past their time"),
            )
        }
        queued = Gauge("haidang_outgoing_queued", "messages to be sent, by lane", ["lane"], registry=self.metrics)
        while True:
            try:
                async with self.store.read() as session:
                    now = await figures(session, self.clock.now())
            except StoreUnavailable as error:
                log.warning("can't measure", reason=str(error))
            else:
                for name, gauge in gauges.items():
                    gauge.set(getattr(now, name))
                for lane, count in now.queued.items():
                    queued.labels(lane).set(count)
            await asyncio.sleep(MEASURE_EVERY)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the program ends everything together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _kept_alive(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Runs a worker and starts it anew when it fails: one broken worker must not take the hotline down."""
    pause = 1.0
    while True:
        try:
            await work()
        except* StoreUnavailable as away:
            log.error("worker waits for the database", worker=name, reason=str(away.exceptions[0]))
            pause = RETRY_DATABASE
        except* Exception:
            log.critical("worker failed, starting it anew", worker=name, seconds=pause, exc_info=True)
        else:
            log.warning("worker starts anew", worker=name, seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 60.0)


def bind(settings: Settings) -> socket.socket:
    """The socket on which the pages are served; raises `StartError` when it can't be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except (OSError, socket.gaierror) as error:
        listener.close()
        raise StartError(
            f"can't serve on {settings.http}: {error.strerror or error}. Is another Hải Đăng running? Set HAIDANG_HTTP,"
            " e.g. HAIDANG_HTTP=127.0.0.1:8090"
        ) from error
    return listener


def webhook_address(settings: Settings, base_url: str) -> WebhookAddress | None:
    """Where Telegram delivers, in webhook mode."""
    if settings.telegram_mode is not TelegramMode.WEBHOOK:
        return None
    assert settings.telegram_webhook_secret is not None, "the settings require it with webhook"
    return WebhookAddress(f"{base_url}/webhooks/telegram", settings.telegram_webhook_secret.get_secret_value())


def telegram_channel(
    settings: Settings, live: LiveKnowledge, base_url: str, store: Store, clock: Clock
) -> TelegramChannel | None:
    """The Telegram channel, where a token is set."""
    if settings.telegram_token is None:
        return None
    snapshot = live.knowledge.snapshot
    organization = snapshot.organization
    words = {language: snapshot.words(language) for language in ("vi", "en")}
    return TelegramChannel(
        settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        profile=Profile(
            commands={
                language: tuple(Command(name, text) for name, text in command_menu(snapshot, language))
                for language in words
            },
            description={
                language: text.line("profile.description", name=organization.name.get(language))[:512]
                for language, text in words.items()
            },
            short_description={
                language: text.line("profile.short", name=organization.name.get(language))[:120]
                for language, text in words.items()
            },
        ),
        webhook=webhook_address(settings, base_url),
        state=StoredChannelState(store, clock),
        clock=clock,
    )


@asynccontextmanager
async def open_house(
    settings: Settings, *, base_url: str | None = None, clock: Clock | None = None
) -> AsyncIterator[House]:
    """Opens database and knowledge and wires the house; closes it at the end of the block.

    Raises `KnowledgeError` (every problem named), `StoreUnavailable` or `StartError`.
    """
    clock = clock or SystemClock()
    settings.make_data_dir()
    live = LiveKnowledge(
        settings.knowledge_dir,
        data_dir=settings.data_dir,
        require_approval=settings.require_approval,
        clock=clock,
    )
    live.start()
    store = Store(settings.database)
    try:
        await migrate(store)
        await live.attach(store)
        address = base_url or settings.base_url
        yield House(
            settings=settings,
            clock=clock,
            store=store,
            live=live,
            base_url=address,
            web_channel=WebChatChannel(clock),
            telegram=telegram_channel(settings, live, address, store, clock),
        )
    finally:
        await store.close()


async def serve(settings: Settings, announce: Callable[[House, str | None], None], stop: asyncio.Event) -> None:
    """`haidang run`: opens the house, tells where it is and how the first administrator gets in, and runs it."""
    listener = bind(settings)
    try:
        port = listener.getsockname()[1]
        base_url = settings.base_url if settings.public_url or settings.port else f"http://{settings.host}:{port}"
        async with open_house(settings, base_url=base_url) as house:
            async with house.store.write() as session:
                code = await people.first_administrator(session, house.clock.now())
            announce(house, code)
            await house.run(listener, stop)
    finally:
        listener.close()
