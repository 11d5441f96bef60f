"""The Telegram channel: signing in, and sending."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.api import OFFICIAL_URL, Api, Timeouts
from bot.channels.telegram.errors import Complaint, complaint, retry_seconds, send_error, wrong_token
from bot.channels.telegram.markup import MAX_TEXT
from bot.channels.telegram.profile import Profile
from bot.channels.telegram.render import Call, render
from bot.channels.telegram.translate import CHANNEL
from bot.clock import Clock, SystemClock
from bot.messages import (
    Capabilities,
    ChannelState,
    NotSent,
    OutgoingMessage,
    Rejected,
    SendError,
    Sent,
    Uncertain,
    Unreachable,
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


@dataclass(slots=True)
class _Progress:
    """How many calls of a message have been made, and the id of its main message."""

    done: int
    main: str | None
    at: dt.datetime


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
    ) -> None:
        self.api = Api(token, api_url=api_url, timeouts=timeouts)
        self.identity: Identity | None = None
        self._profile = profile
        self._webhook = webhook
        self._state = state
        self._clock = clock or SystemClock()
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

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.api.aclose()

    # --- sending ---------------------------------------------------------------------------------------------------

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Sends one message, in one or more calls; raises a `SendError`.

        `Sent.message_id` is the message with the buttons. When a later call of several fails, an equal message that is
        sent to the chat within ten minutes (the courier's retry) goes on where this one stopped.
        """
        calls = render(chat_id, message)
        key = (chat_id, message.model_dump_json())
        progress = self._recall(key)
        while progress.done < len(calls):
            call = calls[progress.done]
            try:
                sent = await self._perform(call)
            except _EditImpossible:
                return await self.send(chat_id, message.model_copy(update={"edit_of": None}))
            except (Rejected, Unreachable) as error:
                if not call.aside:
                    raise
                log.error("second keyboard refused, the message itself is sent", reason=error.reason)
            except SendError:
                if progress.done:
                    self._remember(key, progress)
                raise
            else:
                if not call.aside:
                    progress.main = sent
            progress.done += 1
        return Sent(progress.main)

    async def _perform(self, call: Call) -> str | None:
        try:
            result = await self.api.call(call.method, call.params)
        except TelegramError as error:
            reason = self.api.redact(error.message)
            match complaint(error):
                case Complaint.NOT_MODIFIED:
                    return str(call.params["message_id"])
                case Complaint.EDIT_IMPOSSIBLE if call.method == "editMessageText":
                    raise _EditImpossible from error
                case Complaint.MARKUP if "parse_mode" in call.params:
                    log.error("telegram can't parse our mark-up, sent as plain text", reason=reason)
                    return await self._perform(call.without_markup())
                case Complaint.BUTTON_URL if call.has_links:
                    log.error("telegram refuses the address on a button, sent without it", reason=reason)
                    return await self._perform(call.without_links())
            failure = send_error(error, reason)
            if isinstance(failure, Uncertain) and call.method == "editMessageText":
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
