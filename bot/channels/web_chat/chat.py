"""The receiving half: a browser's post becomes an arrival in the inbox."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

import structlog
from pydantic import ValidationError

from bot.channels.web_chat.channel import NAME, Listener, Remembered, WebChatChannel
from bot.channels.web_chat.payload import TEXT_LIMIT, Posted, PostedText, content_of, read
from bot.clock import Clock
from bot.messages import Arrival, Content, InboundMessage, Inbox, Location, Sender, Text
from bot.throttle import Throttle, address_key

log = structlog.get_logger(__name__)

#: 256 random bits, as hex or base64url.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43,64}")


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a minute. An address gets far more than a visitor: a whole harbour shares one on a mobile network."""

    per_visitor: int = 20
    per_address: int = 240


class Refusal(StrEnum):
    """Why a post was not taken; the page has words for each (`web.chat.error.…`)."""

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a post: taken (committed to the inbox), or refused; `retry_after` in seconds."""

    refusal: Refusal | None = None
    retry_after: int = 0


class WebChat:
    """The visitors' way in.

    Danger comes before limits: what `is_urgent`, and every position, is stored however much its sender has written.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        clock: Clock,
        channel: WebChatChannel,
        is_urgent: Callable[[Content], bool],
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        self._inbox = inbox
        self._clock = clock
        self._channel = channel
        self._is_urgent = is_urgent
        self._by_visitor = Throttle(limits.per_visitor)
        self._by_address = Throttle(limits.per_address)

    def chat_id(self, token: str) -> str | None:
        """The chat behind a visitor's token, or None when it is no token. The token itself is stored nowhere."""
        return hashlib.sha256(token.encode()).hexdigest() if _TOKEN.fullmatch(token) else None

    async def receive(self, chat_id: str, payload: object, *, peer: str) -> Receipt:
        """Takes what a browser posted; when it returns without a refusal, the message is committed.

        `peer` is the address it came from. What the inbox raises (`StoreUnavailable`) goes on to the caller, who tells
        the browser to try again with the same id.
        """
        try:
            posted = read(payload)
        except ValidationError as error:
            log.info("unreadable post refused", problems=error.error_count())
            return Receipt(Refusal.UNREADABLE)
        content = content_of(posted)
        urgent = isinstance(content, Location) or self._is_urgent(content)
        if isinstance(content, Text):
            text = content.text.strip()
            if not text:
                return Receipt(Refusal.EMPTY)
            if len(text) > TEXT_LIMIT and not urgent:
                return Receipt(Refusal.TOO_LONG)
            content = Text(text=text)  # whole: the cry for help may be its last words

        now = self._clock.now()
        address = address_key(peer)
        wait = max(self._by_visitor.wait_for(chat_id, now), self._by_address.wait_for(address, now))
        if wait and not urgent:
            log.info("visitor over the limit", chat=chat_id[:12], retry_after=wait)
            return Receipt(Refusal.TOO_MANY, retry_after=wait)
        self._by_visitor.count(chat_id, now)
        self._by_address.count(address, now)

        await self._inbox.put([self._arrival(chat_id, posted, content)])
        return Receipt()

    def _arrival(self, chat_id: str, posted: Posted, content: Content) -> Arrival:
        raw = posted.model_dump(mode="json", exclude={"text"} if isinstance(posted, PostedText) else None)
        return Arrival(
            channel=NAME,
            # The visitor's hash is part of it: nobody can occupy another visitor's ids.
            platform_id=f"{chat_id}:{posted.id}",
            chat_id=chat_id,
            raw=raw,
            message=InboundMessage(
                channel=NAME,
                chat_id=chat_id,
                sender=Sender(id=chat_id, language_hint=posted.lang),
                content=content,
                sent_at=self._clock.now(),
                message_id=posted.id,
            ),
        )

    def listen(self, chat_id: str) -> AbstractContextManager[Listener]:
        """A listener that is rung when there is something to pull."""
        return self._channel.listen(chat_id)

    def recent(self, chat_id: str) -> Sequence[Remembered]:
        """The latest messages to the chat in this process's memory."""
        return self._channel.recent(chat_id)

    def forget(self, chat_id: str, key: str) -> None:
        """A remembered message was found in the store."""
        self._channel.forget(chat_id, key)
