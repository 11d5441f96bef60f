"""What the pages need from the rest of the house; the composition root hands it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from bot.clock import Clock
from bot.dialogue.context import Knowledge
from bot.messages import OutgoingMessage, StoredFile
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the program can do its work, and what each part says of itself."""

    ok: bool
    checks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    """What an officer answered, and when."""

    at: dt.datetime
    text: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as its asker may see it; `state` is that of the desk (open, taken, answered, closed)."""

    code: str
    state: str
    subject: str
    opened_at: dt.datetime
    due_at: dt.datetime
    answers: tuple[TicketAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A notice that went out, as the public may see it; `severity` in the words of CAP."""

    code: str
    kind: str
    severity: str
    title_vi: str
    text_vi: str
    published_at: dt.datetime
    expires_at: dt.datetime | None = None
    title_en: str = ""
    text_en: str = ""

    def title(self, lang: str) -> str:
        """The title in a language, Vietnamese where there is no other."""
        return (self.title_en if lang == "en" else "") or self.title_vi

    def text(self, lang: str) -> str:
        """The text in a language, Vietnamese where there is no other."""
        return (self.text_en if lang == "en" else "") or self.text_vi


@dataclass(frozen=True, slots=True)
class ExportedData:
    """A person's data as a file of JSON."""

    filename: str
    text: str


class ReceiptLike(Protocol):
    """What became of a post: `refusal` names why it wasn't taken; `retry_after` in seconds."""

    @property
    def refusal(self) -> str | None:
        """None when it is committed."""
        ...

    @property
    def retry_after(self) -> int:
        """How long to wait when there were too many."""
        ...


class ListenerLike(Protocol):
    """One open page that waits for its chat to be rung."""

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - running out of time is the normal case
        """Whether it was rung within `timeout` seconds."""
        ...


class RememberedLike(Protocol):
    """A message that was handed to the web channel lately."""

    @property
    def key(self) -> str:
        """Its own name, unlike any row's."""
        ...

    @property
    def at(self) -> dt.datetime:
        """When it was handed over."""
        ...

    @property
    def message(self) -> OutgoingMessage:
        """What it says."""
        ...


class ChatPort(Protocol):
    """The web chat's channel, as the pages see it (`bot.channels.web_chat.WebChat`)."""

    def chat_id(self, token: str) -> str | None:
        """The chat behind a visitor's token, or None when it is no token."""
        ...

    async def receive(self, chat_id: str, payload: object, *, peer: str) -> ReceiptLike:
        """Takes a post; without a refusal it is committed."""
        ...

    def may_send_photo(self, chat_id: str, *, peer: str) -> ReceiptLike:
        """Whether another photo would be taken now."""
        ...

    async def receive_photo(self, chat_id: str, post_id: str, data: bytes, *, peer: str) -> ReceiptLike:
        """Keeps a photo for the post that follows."""
        ...

    async def drop_photo(self, chat_id: str, post_id: str) -> None:
        """Takes back a photo that wasn't posted."""
        ...

    async def photo(self, chat_id: str, post_id: str) -> StoredFile | None:
        """A photo of the visitor's own."""
        ...

    def listen(self, chat_id: str) -> AbstractContextManager[ListenerLike]:
        """A listener for the time of the block."""
        ...

    def recent(self, chat_id: str) -> Sequence[RememberedLike]:
        """The latest messages to a chat in this process's memory."""
        ...

    def forget(self, chat_id: str, key: str) -> None:
        """A remembered message was found in the store."""
        ...


#: Headers with lower-case names, and the raw body, to the HTTP status.
Webhook = Callable[[Mapping[str, str], bytes], Awaitable[int]]


async def _no_ticket(code: str, secret: str) -> TicketView | None:
    return None


async def _no_notices() -> Sequence[PublicNotice]:
    return ()


async def _no_export(code: str) -> ExportedData | None:
    return None


async def _always_ready() -> Readiness:
    return Readiness(ok=True, checks={})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """Everything that the pages are wired to."""

    base_url: str
    version: str
    knowledge: Callable[[], Knowledge]
    store: Store
    clock: Clock
    chat: ChatPort
    metrics: CollectorRegistry
    ready: Callable[[], Awaitable[Readiness]] = _always_ready
    webhooks: Mapping[str, Webhook]
    find_ticket: Callable[[str, str], Awaitable[TicketView | None]] = _no_ticket
    public_notices: Callable[[], Awaitable[Sequence[PublicNotice]]] = _no_notices
    #: who may frame the embedded pages, as `frame-ancestors` says it
    frame_ancestors: str = "*"
    export: Callable[[str], Awaitable[ExportedData | None]] = _no_export
    routers: tuple[APIRouter, ...] = ()
