"""The Telegram channel: signing in, and sending."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import InputFile
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.api import OFFICIAL_URL, Api, Timeouts
from bot.channels.telegram.errors import Complaint, complaint, retry_seconds, send_error, wrong_token
from bot.channels.telegram.files import MOST_BYTES, Download, download
from bot.channels.telegram.markup import MAX_TEXT
from bot.channels.telegram.menus import Menus
from bot.channels.telegram.profile import Profile
from bot.channels.telegram.render import Call, render
from bot.channels.telegram.topics import Place, TopicHints, Topics
from bot.channels.telegram.translate import CHANNEL
from bot.channels.telegram.typing import Typing
from bot.clock import Clock, SystemClock
from bot.messages import (
    Capabilities,
    ChannelState,
    LoadFile,
    NotSent,
    OutgoingMessage,
    Rejected,
    RetryLater,
    RichText,
    SendError,
    Sent,
    Topic,
    Uncertain,
    Unreachable,
    join,
)

log = structlog.get_logger(__name__)

#: Always sent in full: the server remembers the list of the last call that gave one (Bot API, getUpdates).
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "my_chat_member",
    "poll",
    "poll_answer",
)

_EDITS = ("editMessageText", "editMessageReplyMarkup")
#: How long, and for how many messages, it is remembered that a first part has been sent.
_REMEMBER = dt.timedelta(minutes=10)
_REMEMBER_MESSAGES = 500


class StartFailed(Exception):
    """The bot couldn't sign in; `final` says that trying again is useless until somebody changes the settings."""

    def __init__(self, reason: str, *, final: bool, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where Telegram is to deliver updates, and the secret by which its deliveries are known."""

    url: str
    secret: str
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot, as Telegram knows it."""

    id: int
    username: str
    name: str


class _EditImpossible(Exception):
    """The message to edit is gone: send anew."""


class _NoThread(Exception):
    """The topic to write to isn't there, or is closed."""

    def __init__(self, *, closed: bool) -> None:
        super().__init__()
        self.closed = closed


@dataclass(slots=True)
class _Progress:
    """How many calls of a message have been made, the id of its main message, and what a lost topic left to say."""

    done: int
    main: str | None
    at: dt.datetime
    hint: RichText = ()


class TelegramChannel:
    """The bot on Telegram, for the courier (`send`) and for its own intake (`start`, `api`)."""

    def __init__(
        self,
        token: str,
        *,
        api_url: str = OFFICIAL_URL,
        profile: Profile | None = None,
        webhook: WebhookAddress | None = None,
        state: ChannelState | None = None,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        load_file: LoadFile | None = None,
        topic_hints: TopicHints | None = None,
    ) -> None:
        self.api = Api(token, api_url=api_url, timeouts=timeouts)
        self.identity: Identity | None = None
        self._profile = profile
        self._webhook = webhook
        self._state = state
        self._clock = clock or SystemClock()
        self._load_file = load_file
        self._topics = Topics(self.api, state, self._clock, topic_hints or TopicHints())
        self._menus = Menus(self.api, profile, state) if profile is not None else None
        self.typing = Typing(self.api)
        self._progress: OrderedDict[tuple[str, str], _Progress] = OrderedDict()

    @property
    def name(self) -> str:
        """The name under which its messages are stored."""
        return CHANNEL

    @property
    def capabilities(self) -> Capabilities:
        """Telegram's figures for sending (core.telegram.org/bots/faq): guidance, and 429 may come at any time."""
        return Capabilities(
            files=True, max_text=MAX_TEXT, per_second=30.0, reserved=5.0, per_chat_seconds=1.0, per_group_minute=20
        )

    # --- signing in ------------------------------------------------------------------------------------------------

    async def start(self) -> Identity:
        """Signs in and sets polling or the webhook up; raises `StartFailed`. Pending updates are never dropped."""
        try:
            me = await self.api.call("getMe")
            self.identity = Identity(id=me["id"], username=me.get("username", ""), name=me.get("first_name", ""))
            await self._set_intake_up()
        except TelegramError as error:
            reason = self.api.redact(error.message)
            if wrong_token(error):
                advice = "check HAIDANG_TELEGRAM_TOKEN (and HAIDANG_TELEGRAM_API_URL)"
                raise StartFailed(f"Telegram refuses the token: {reason}; {advice}", final=True) from error
            wait = retry_seconds(error) if isinstance(error, RetryAfter) else None
            raise StartFailed(f"Telegram can't be reached: {reason}", final=False, retry_after=wait) from error
        await self._publish_profile()
        log.info("telegram started", bot=self.identity.username, webhook=self._webhook is not None)
        return self.identity

    async def _set_intake_up(self) -> None:
        info = await self.api.call("getWebhookInfo")
        log.info("telegram updates waiting", count=info.get("pending_update_count", 0))
        if self._webhook:
            await self.api.call(
                "setWebhook",
                {
                    "url": self._webhook.url,
                    "secret_token": self._webhook.secret,
                    "allowed_updates": list(ALLOWED_UPDATES),
                    "max_connections": self._webhook.max_connections,
                    "drop_pending_updates": False,
                },
            )
            return
        if info.get("url"):
            log.warning("telegram webhook removed, since updates are polled")
        await self.api.call("deleteWebhook", {"drop_pending_updates": False})

    async def _publish_profile(self) -> None:
        """Command menu and descriptions, if they changed: Telegram limits these calls tightly. Never in the way."""
        if self._profile is None:
            return
        try:
            digest = self._profile.digest
            if self._state and await self._state.load(CHANNEL, "profile") == digest:
                return
            for method, params in self._profile.calls():
                await self.api.call(method, params)
            if self._state:
                await self._state.save(CHANNEL, "profile", digest)
        except TelegramError as error:
            log.warning("command menu not published, next start tries again", reason=self.api.redact(error.message))

    async def publish_menus(self, *, desks: Collection[str], officers: Collection[str]) -> int:
        """Shows the officers' commands in these groups and private chats only; returns how many are new."""
        return await self._menus.publish(desks=desks, officers=officers) if self._menus is not None else 0

    async def download(self, file_id: str, *, limit: int = MOST_BYTES) -> Download:
        """A file that somebody sent, in pieces; raises `FileGone` or `FileTooBig`."""
        return await download(self.api, file_id, limit=limit)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.typing.aclose()
        await self.api.aclose()

    # --- sending ---------------------------------------------------------------------------------------------------

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Sends one message, in one or more calls; raises a `SendError`.

        `Sent.message_id` is the message with the buttons. When a later call of several fails, an equal message that is
        sent to the chat within ten minutes (the courier's retry) goes on where this one stopped.
        """
        self.typing.spoke(chat_id)
        key = (chat_id, message.model_dump_json())
        progress = self._recall(key)
        try:
            place = await self._place(chat_id, message, progress)
            progress.hint = place.hint or progress.hint
            sent = await self._send(chat_id, message, place, progress)
            cost = sent.cost + place.cost
            if message.topic is not None and place.thread is not None:
                cost += await self._settle(chat_id, message.topic)
            return Sent(sent.message_id, str(place.thread) if place.thread is not None else None, cost)
        except SendError:
            if progress.done or progress.hint:
                self._remember(key, progress)
            raise
        except _EditImpossible:
            if not message.text:
                return Sent(None, cost=0)  # only its buttons were to change
            return await self.send(chat_id, message.model_copy(update={"edit_of": None}))
        except _NoThread as lost:
            assert message.topic is not None
            if lost.closed:
                await self._topics.shut(chat_id, message.topic)
            else:
                progress.hint = (await self._topics.lost(chat_id, message.topic)).hint
            self._remember(key, progress)
            return await self.send(chat_id, message)

    async def _send(self, chat_id: str, message: OutgoingMessage, place: Place, progress: _Progress) -> Sent:
        if progress.hint and message.text and message.edit_of is None:
            message = message.model_copy(update={"text": join([progress.hint, message.text], "\n\n")})
        calls = render(chat_id, message, place.thread)
        while progress.done < len(calls):
            call = calls[progress.done]
            try:
                sent = await self._perform(call, topic=message.topic is not None)
            except (Rejected, Unreachable) as error:
                if not call.aside:
                    raise
                log.error("what goes with a message is refused, the message itself is sent", reason=error.reason)
            else:
                if not call.aside:
                    progress.main = sent
            progress.done += 1
        return Sent(progress.main, cost=len(calls))

    async def _place(self, chat_id: str, message: OutgoingMessage, progress: _Progress) -> Place:
        """The topic that the message belongs to, made if need be."""
        if message.topic is None:
            return Place()
        try:
            return await self._topics.place(chat_id, message.topic, make=message.edit_of is None and not progress.done)
        except TelegramError as error:
            raise send_error(error, self.api.redact(error.message)) from error

    async def _settle(self, chat_id: str, topic: Topic) -> int:
        """The topic's name and whether it is closed; the message has been sent, so only waiting is worth a new try."""
        try:
            return await self._topics.settle(chat_id, topic)
        except TelegramError as error:
            failure = send_error(error, self.api.redact(error.message))
            if isinstance(failure, RetryLater):
                raise failure from error
            log.warning("topic not brought up to date, the next message tries again", reason=failure.reason)
            return 0

    async def _perform(self, call: Call, *, topic: bool = False) -> str | None:
        params = call.params
        if call.file is not None:
            file = await self._load_file(call.file) if self._load_file else None
            if file is None:
                log.error("a file that was to be sent is gone, its words are sent alone", message=call.file.message_id)
                return await self._perform(call.without_file(), topic=topic)
            name = f"{call.file.message_id}{call.file.suffix}"
            field = "photo" if call.method == "sendPhoto" else "document"
            params = params | {field: InputFile(file.content, filename=name)}
        try:
            result = await self.api.call(call.method, params)
        except TelegramError as error:
            reason = self.api.redact(error.message)
            match complaint(error):
                case Complaint.NOT_MODIFIED:
                    return str(call.params["message_id"])
                case Complaint.EDIT_IMPOSSIBLE if call.method in _EDITS:
                    raise _EditImpossible from error
                case Complaint.NO_THREAD | Complaint.THREAD_CLOSED if "message_thread_id" in call.params:
                    if not topic:
                        return await self._perform(call.without_thread())
                    raise _NoThread(closed=complaint(error) is Complaint.THREAD_CLOSED) from error
                case Complaint.MARKUP if "parse_mode" in call.params:
                    log.error("telegram can't parse our mark-up, sent as plain text", reason=reason)
                    return await self._perform(call.without_markup(), topic=topic)
                case Complaint.BUTTON_URL if call.has_links:
                    log.error("telegram refuses the address on a button, sent without it", reason=reason)
                    return await self._perform(call.without_links(), topic=topic)
            failure = send_error(error, reason)
            if call.method == "sendPhoto" and isinstance(failure, Rejected):
                log.warning("telegram makes no photo of it, sent as a document", reason=reason)
                return await self._perform(call.as_document(), topic=topic)
            if isinstance(failure, Uncertain) and call.method in _EDITS:
                failure = NotSent(reason)  # Editing twice is the same as editing once.
            raise failure from error
        return _message_id(result)

    def _recall(self, key: tuple[str, str]) -> _Progress:
        now = self._clock.now()
        known = self._progress.pop(key, None)
        if known and now - known.at <= _REMEMBER:
            return known
        return _Progress(done=0, main=None, at=now)

    def _remember(self, key: tuple[str, str], progress: _Progress) -> None:
        progress.at = self._clock.now()
        self._progress[key] = progress
        while len(self._progress) > _REMEMBER_MESSAGES:
            self._progress.popitem(last=False)


def _message_id(result: Any) -> str | None:
    number = result.get("message_id") if isinstance(result, dict) else None
    return str(number) if number is not None else None
