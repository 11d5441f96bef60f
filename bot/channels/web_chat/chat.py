"""The receiving half: a browser's post becomes an arrival in the inbox."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

import structlog
from pydantic import ValidationError

from bot.channels.web_chat.channel import NAME, Listener, Remembered, WebChatChannel
from bot.channels.web_chat.payload import TEXT_LIMIT, Posted, content_of, is_client_id, read
from bot.channels.web_chat.pictures import recognise
from bot.clock import Clock
from bot.messages import Arrival, Content, Files, InboundMessage, Inbox, Location, Media, Sender, StoredFile, Text
from bot.throttle import Throttle, address_key

log = structlog.get_logger(__name__)

PHOTO_WINDOW = dt.timedelta(minutes=10)
A_DAY = dt.timedelta(days=1)
#: 256 random bits, as hex or base64url.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43,64}")


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a minute. An address gets far more than a visitor: a whole harbour shares one on a mobile network."""

    per_visitor: int = 20
    per_address: int = 240
    #: photos handed over in ten minutes, and bytes of photos a day from everybody: the disk is for messages first
    photos_per_visitor: int = 12
    photos_per_address: int = 120
    photo_bytes_a_day: int = 2 << 30


class Refusal(StrEnum):
    """Why a post was not taken; the page has words for each (`web.chat.error.…`)."""

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NO_PICTURE = "no_picture"
    TOO_MANY_PHOTOS = "too_many_photos"
    PHOTO_GONE = "photo_gone"
    PHOTOS_FULL = "photos_full"


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
        files: Files,
        is_urgent: Callable[[Content], bool],
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits = limits or Limits()
        self._files = files
        self._inbox = inbox
        self._clock = clock
        self._channel = channel
        self._is_urgent = is_urgent
        self._by_visitor = Throttle(limits.per_visitor)
        self._by_address = Throttle(limits.per_address)
        self._photos_by_visitor = Throttle(limits.photos_per_visitor, window=PHOTO_WINDOW)
        self._photos_by_address = Throttle(limits.photos_per_address, window=PHOTO_WINDOW)

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
        if isinstance(content, Media) and len(content.caption) > TEXT_LIMIT and not urgent:
            return Receipt(Refusal.TOO_LONG)
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

        refusal = None
        if isinstance(content, Media) and not await self._files.post(chat_id, posted.id):
            if not urgent:
                return Receipt(Refusal.PHOTO_GONE)
            # the picture is lost, the cry for help below it isn't
            content, refusal = Text(text=content.caption.strip()), Refusal.PHOTO_GONE
        await self._inbox.put([self._arrival(chat_id, posted, content)])
        return Receipt(refusal)

    # --- photos ----------------------------------------------------------------------------------------------------

    def may_send_photo(self, chat_id: str, *, peer: str) -> Receipt:
        """Whether another photo would be taken now; asked before its bytes are read."""
        now = self._clock.now()
        address = address_key(peer)
        wait = max(self._photos_by_visitor.wait_for(chat_id, now), self._photos_by_address.wait_for(address, now))
        if wait:
            log.info("visitor over the limit of photos", chat=chat_id[:12], retry_after=wait)
            return Receipt(Refusal.TOO_MANY_PHOTOS, retry_after=wait)
        return Receipt()

    async def receive_photo(self, chat_id: str, post_id: str, data: bytes, *, peer: str) -> Receipt:
        """Keeps a photo for the post with the same id, which follows; without a refusal it is committed.

        Its bytes stay as they are: where it was taken may stand in them, which officers may need. Raises what the store
        raises.
        """
        if not is_client_id(post_id):
            return Receipt(Refusal.UNREADABLE)
        picture = recognise(data)
        if picture is None:
            log.info("a file that is no picture refused", chat=chat_id[:12], size=len(data))
            return Receipt(Refusal.NO_PICTURE)
        now = self._clock.now()
        if await self._files.kept_since(now - A_DAY) + len(data) > self._limits.photo_bytes_a_day:
            log.error("photos refused: the day's room for them is used up", limit=self._limits.photo_bytes_a_day)
            return Receipt(Refusal.PHOTOS_FULL)
        self._photos_by_visitor.count(chat_id, now)
        self._photos_by_address.count(address_key(peer), now)
        file = StoredFile(picture.content_type, data, picture.width, picture.height)
        await self._files.keep(chat_id, post_id, file)
        return Receipt()

    async def drop_photo(self, chat_id: str, post_id: str) -> None:
        """The visitor takes back a photo that wasn't posted yet."""
        await self._files.drop(chat_id, post_id)

    async def photo(self, chat_id: str, post_id: str) -> StoredFile | None:
        """A photo of the visitor's own."""
        return await self._files.load(chat_id, post_id)

    def _arrival(self, chat_id: str, posted: Posted, content: Content) -> Arrival:
        raw = posted.model_dump(mode="json", exclude={"text", "caption"})
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
