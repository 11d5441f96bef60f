"""A Zalo Bot as the courier sees it: no buttons, no edits, 50 people, 3,000 messages a month."""

from __future__ import annotations

import structlog

from bot.channels.http_calls import Timeouts
from bot.channels.in_parts import InParts
from bot.channels.plain_text import split, words_of
from bot.channels.zalo_bot.api import API_URL, BotApi, BotApiError, send_error
from bot.channels.zalo_bot.translate import CHANNEL
from bot.clock import Clock, SystemClock, local
from bot.errors import OperatorError
from bot.messages import Capabilities, ChannelState, OutgoingMessage, Rejected, SendError, Sent

log = structlog.get_logger(__name__)

#: sendMessage: 1-2,000 characters.
MAX_TEXT = 2_000
#: The Basic plan: messages a month. From here on a 429 is taken for the end of the month's messages.
MONTH = 3_000
NEARLY = 2_900
KEY = "sent"
_LONGEST_ID = 64


class ZaloBotChannel:
    """Sends to whoever wrote to the bot; raises `SendError`s."""

    def __init__(
        self,
        token: str,
        *,
        state: ChannelState,
        api_url: str = API_URL,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.api = BotApi(token, api_url=api_url, timeouts=timeouts)
        self._state = state
        self._clock = clock or SystemClock()
        self._parts: InParts[tuple[str, dict[str, str]]] = InParts(self._perform, self._clock)
        self._month = ""
        #: Messages of this month, by our own count.
        self.sent = 0

    @property
    def name(self) -> str:
        """The name under which its messages are stored."""
        return CHANNEL

    @property
    def capabilities(self) -> Capabilities:
        """Words and numbers only; its rate isn't published, so slowly."""
        return Capabilities(
            buttons=False,
            max_buttons=0,
            edit=False,
            location_request=False,
            relay=False,
            max_text=MAX_TEXT,
            per_second=5.0,
            reserved=2.0,
            per_chat_seconds=0.5,
        )

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Sends one message, in one or more calls. Buttons become lines where they have an address."""
        links = [f"{b.label}: {b.url}" for row in message.buttons for b in row if b.url is not None]
        words = "\n".join([words_of(message.text), *links])
        calls = [("sendMessage", {"chat_id": chat_id, "text": part}) for part in split(words, MAX_TEXT)]
        if message.relay is not None and message.relay.url is not None:
            calls.append(("sendPhoto", {"chat_id": chat_id, "photo": message.relay.url}))
        if not calls:
            raise Rejected("the message has neither words nor a picture with an address")
        return await self._parts.send((chat_id, message.model_dump_json()), calls)

    async def show_typing(self, chat_id: str) -> None:
        """Shows that an answer is coming; nothing hangs on it."""
        try:
            await self.api.call("sendChatAction", {"chat_id": chat_id, "action": "typing"})
        except (BotApiError, SendError) as error:
            log.debug("typing not shown", reason=str(error))

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.api.aclose()

    async def _perform(self, call: tuple[str, dict[str, str]]) -> str | None:
        method, body = call
        await self._this_month()
        try:
            result = await self.api.call(method, body)
        except BotApiError as error:
            raise send_error(error, used_up=self.sent >= NEARLY) from error
        await self._count()
        message_id = result.get("message_id") if isinstance(result, dict) else None
        fits = isinstance(message_id, (str, int)) and len(str(message_id)) <= _LONGEST_ID
        return str(message_id) if fits else None

    async def _this_month(self) -> None:
        month = f"{local(self._clock.now()):%Y-%m}"
        if month == self._month:
            return
        self._month, self.sent = month, 0
        try:
            stored = await self._state.load(CHANNEL, KEY)
            if isinstance(stored, dict) and stored.get("month") == month:
                self.sent = int(stored["count"])
        except (OperatorError, KeyError, TypeError, ValueError) as error:
            log.warning("the month's count can't be read", reason=str(error))

    async def _count(self) -> None:
        self.sent += 1
        if self.sent in (MONTH * 8 // 10, NEARLY):
            log.error("zalo bot: the month's messages run out", sent=self.sent, of=MONTH)
        try:
            await self._state.save(CHANNEL, KEY, {"month": self._month, "count": self.sent})
        except OperatorError as error:  # the message has gone out: counting it must not undo that
            log.warning("the month's count can't be stored", reason=str(error))
