"""The composition root: settings become a running house, everything wired in one place."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from bot import __version__, desk, notices, people
from bot.channels.telegram import (
    SECRET_HEADER,
    Command,
    Poller,
    PollerHealth,
    Profile,
    TelegramChannel,
    TopicHints,
    WebhookAddress,
    WebhookIntake,
)
from bot.channels.web_chat import WebChat, WebChatChannel
from bot.channels.zalo_bot import BotPoller, BotWebhook, ZaloBotChannel
from bot.channels.zalo_oa import Credentials, OaWebhook, ZaloOaChannel
from bot.clock import Clock, SystemClock
from bot.courier import Courier, Verdict
from bot.curation import LiveKnowledge, check_entry, with_thing
from bot.dialogue import COMMANDS, DESK_COMMANDS, GROUP_COMMANDS, OFFICER_COMMANDS, command_menu
from bot.dialogue.buttons import SOS
from bot.dialogue.commands import Verb
from bot.errors import OperatorError
from bot.faq import Entry
from bot.intake import Intake, Rescue, StoredInbox
from bot.matching import Asked, distress_of
from bot.messages import Channel, Content, FileRef, Media, Press, StoredFile, Text
from bot.notices import NoticeWorker
from bot.privacy import Cleaner, export_of
from bot.reports import figures
from bot.settings import Settings, TelegramMode
from bot.store import Store, StoredChannelState, StoredFiles, StoreUnavailable, load_file, migrate
from bot.store.tables import Outgoing
from bot.web import WebParts, create_app
from bot.web.console import ConsoleParts, console_router
from bot.web.ports import ExportedData, PublicNotice, Readiness, TicketAnswer, TicketView, Webhook

log = structlog.get_logger(__name__)

MEASURE_EVERY = 15.0
#: How often is looked whether somebody became an officer or a group a desk, in seconds.
MENUS_EVERY = 5.0
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
    zalo_oa: ZaloOaChannel | None = None
    zalo_bot: ZaloBotChannel | None = None
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.channels: dict[str, Channel] = {self.web_channel.name: self.web_channel}
        for channel in (self.telegram, self.zalo_oa, self.zalo_bot):
            if channel is not None:
                self.channels[channel.name] = channel
        self.rescue = Rescue(lambda: self.live.knowledge, self.channels)
        self.inbox = StoredInbox(self.store, self.clock, self.rescue)
        self.state = StoredChannelState(self.store, self.clock)
        self.intake = Intake(
            self.store, self.channels, lambda: self.live.knowledge, self.clock, self.rescue, base_url=self.base_url
        )
        self.courier = Courier(self.store, self.channels, self.clock, undelivered=self._undelivered)
        self.alarms = desk.AlarmWorker(self.store, self.clock, lambda: self.live.knowledge.snapshot)
        self.cleaner = Cleaner(self.store, self.clock, lambda: self.live.knowledge.snapshot)
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
        self.oa_webhook = self._oa_webhook()
        self.bot_intake = self._bot_intake()
        self.web = self._web()

    def _oa_webhook(self) -> OaWebhook | None:
        key, app_id = self.settings.zalo_oa_secret_key, self.settings.zalo_oa_app_id
        if self.zalo_oa is None or key is None or app_id is None:
            return None
        return OaWebhook(self.zalo_oa, self.inbox, app_id=app_id, secret_key=key.get_secret_value(), clock=self.clock)

    def _bot_intake(self) -> BotWebhook | BotPoller | None:
        if self.zalo_bot is None:
            return None
        secret = self.settings.zalo_bot_secret
        if secret is None:
            return BotPoller(self.zalo_bot, self.inbox, clock=self.clock)
        url = f"{self.base_url}/webhooks/zalo-bot"
        return BotWebhook(self.zalo_bot, self.inbox, url=url, secret=secret.get_secret_value(), clock=self.clock)

    # --- what the pages are handed ---------------------------------------------------------------------------------

    def _web(self) -> FastAPI:
        chat = WebChat(
            inbox=self.inbox,
            clock=self.clock,
            channel=self.web_channel,
            files=StoredFiles(self.store, self.clock, self.web_channel.name),
            is_urgent=self._is_urgent,
        )
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
                windows={n: c.capabilities.window for n, c in self.channels.items() if c.capabilities.window},
                overlaid=lambda: self.live.overlaid,
                wake_knowledge=self.live.ring,
                search=self._search,
                lint_entry=self._lint_entry,
            )
        )
        webhooks: dict[str, Webhook] = {"telegram": self._telegram_webhook} if self.webhook else {}
        if self.oa_webhook is not None:
            webhooks["zalo-oa"] = self.oa_webhook.receive
        if isinstance(self.bot_intake, BotWebhook):
            webhooks["zalo-bot"] = self.bot_intake.receive
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
                frame_ancestors=self.settings.frame_ancestors,
                export=self._export,
                routers=(console,),
            )
        )

    def _is_urgent(self, content: Content) -> bool:
        if isinstance(content, Press):
            return content.data == SOS
        words = content.text if isinstance(content, Text) else content.caption if isinstance(content, Media) else ""
        return distress_of(words, self.live.knowledge.snapshot.emergency)[0] is not None

    def _suggest(self, text: str) -> Sequence[str]:
        return [found.entry for found in self.live.knowledge.matcher.search(text, 3)]

    def _search(self, text: str) -> Sequence[str]:
        return [found.entry for found in self.live.knowledge.matcher.search(text, SEARCHED)]

    def _lint_entry(self, entry: Entry) -> Sequence[Asked]:
        return check_entry(with_thing(self.live.knowledge.snapshot, entry), entry)

    async def _telegram_webhook(self, headers: Mapping[str, str], body: bytes) -> int:
        assert self.webhook is not None
        return await self.webhook.receive(headers.get(SECRET_HEADER.lower()), body)

    async def _undelivered(self, session: AsyncSession, row: Outgoing, verdict: Verdict, now: dt.datetime) -> None:
        snapshot = self.live.knowledge.snapshot
        await desk.undelivered(session, snapshot, row, verdict.reason, verdict.means, now=now)

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

    async def _export(self, code: str) -> ExportedData | None:
        now = self.clock.now()
        async with self.store.read() as session:
            conversation = await people.conversation_of_export(session, code, now=now)
            if conversation is None:
                return None
            export = await export_of(session, self.live.knowledge.snapshot, conversation, now=now)
        return ExportedData(export.filename, export.text)

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
        for name, intake in (("zalo-oa", self.oa_webhook), ("zalo-bot", self.bot_intake)):
            if intake is not None:
                zalo = intake.health
                checks[name] = f"ok: {zalo.note}" if zalo.ok else f"{zalo.error or 'starting'} ({zalo.note})"
                ok = ok and zalo.ok
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
            "alarms": self.alarms.run,
            "cleaning": self._lead_cleaning,
            "knowledge": self.live.watch,
            "metrics": self._measure,
        }
        if self.telegram is not None:
            workers["menus"] = self._show_menus
        if self.poller is not None:
            workers["telegram"] = self._poll
        elif self.webhook is not None:
            workers["telegram"] = self.webhook.run
        if self.oa_webhook is not None:
            workers["zalo-oa"] = self.oa_webhook.run
        if isinstance(self.bot_intake, BotWebhook):
            workers["zalo-bot"] = self.bot_intake.run
        elif self.bot_intake is not None:
            workers["zalo-bot"] = self._poll_zalo_bot
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
            for channel in (self.telegram, self.zalo_oa, self.zalo_bot):
                if channel is not None:
                    await channel.aclose()
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

    async def _show_menus(self) -> None:
        """The officers' commands in the chats that are theirs; whoever was bound a moment ago soon sees them."""
        assert self.telegram is not None
        async with self.store.lead("telegram-menus"):
            while True:
                if self.telegram.identity is not None:
                    async with self.store.read() as session:
                        desks = await people.desk_conversations(session)
                        officers = await people.officers_chats(session, self.telegram.name)
                    groups = [desk.chat_id for desk in desks if desk.channel == self.telegram.name]
                    await self.telegram.publish_menus(desks=groups, officers=officers)
                await asyncio.sleep(MENUS_EVERY)

    async def _poll_zalo_bot(self) -> None:
        assert self.bot_intake is not None
        async with self.store.lead("zalo-bot-poller"):
            await self.bot_intake.run()

    async def _lead_notices(self) -> None:
        async with self.store.lead("notices"):
            await self.notice_worker.run()

    async def _lead_cleaning(self) -> None:
        async with self.store.lead("cleaning"):
            await self.cleaner.run()

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
    # Officers are written to in Vietnamese.
    hints = TopicHints(words["vi"].say("card.topic_refused"), words["vi"].say("card.topic_deleted"))

    def menus(verbs: tuple[Verb, ...]) -> dict[str, tuple[Command, ...]]:
        return {
            language: tuple(Command(name, text) for name, text in command_menu(snapshot, language, verbs))
            for language in words
        }

    return TelegramChannel(
        settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        profile=Profile(
            commands=menus(COMMANDS),
            group_commands=menus(GROUP_COMMANDS),
            desk_commands=menus(DESK_COMMANDS),
            officer_commands=menus((*OFFICER_COMMANDS, *COMMANDS)),
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
        load_file=partial(_file, store),
        topic_hints=hints,
    )


async def _file(store: Store, ref: FileRef) -> StoredFile | None:
    async with store.read() as session:
        return await load_file(session, ref.channel, ref.chat_id, ref.message_id)


def zalo_oa_channel(settings: Settings, store: Store, clock: Clock) -> ZaloOaChannel | None:
    """The Zalo Official Account, where its settings are there."""
    app_id, secret, refresh = settings.zalo_oa_app_id, settings.zalo_oa_app_secret, settings.zalo_oa_refresh_token
    if app_id is None or secret is None or refresh is None:
        return None
    return ZaloOaChannel(
        Credentials(app_id, secret.get_secret_value(), refresh.get_secret_value()),
        state=StoredChannelState(store, clock),
        lock=lambda: store.lead("zalo-oa-token"),
        api_url=settings.zalo_oa_api_url,
        oauth_url=settings.zalo_oa_oauth_url,
        paid=settings.zalo_oa_paid,
        clock=clock,
    )


def zalo_bot_channel(settings: Settings, store: Store, clock: Clock) -> ZaloBotChannel | None:
    """The Zalo Bot, where a token is set."""
    if settings.zalo_bot_token is None:
        return None
    return ZaloBotChannel(
        settings.zalo_bot_token.get_secret_value(),
        state=StoredChannelState(store, clock),
        api_url=settings.zalo_bot_api_url,
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
            zalo_oa=zalo_oa_channel(settings, store, clock),
            zalo_bot=zalo_bot_channel(settings, store, clock),
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
