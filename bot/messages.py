"""The vocabulary between platforms and the house: what comes in, what goes out, how sending can end.

A channel turns its platform's updates into `InboundMessage` and `OutgoingMessage` into its platform's calls. Everything
here can be written to the store as JSON and read back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal, NewType, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

ChannelName = NewType("ChannelName", str)
#: A conversation on its platform: a Telegram chat id, a web visitor's key. Always text, so that platforms look alike.
ChatId = NewType("ChatId", str)


class Vocabulary(BaseModel):
    """Base of all messages: frozen, and a field that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Language(StrEnum):
    """The languages in which the hotline speaks."""

    VI = "vi"
    EN = "en"


class ChatKind(StrEnum):
    """Who hears what is said in a chat."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


# --- what comes in --------------------------------------------------------------------------------------------------


class Text(Vocabulary):
    """Written words, a `/command` among them (without the bot's name)."""

    kind: Literal["text"] = "text"
    text: str


class Location(Vocabulary):
    """A position: degrees, WGS 84; accuracy in metres where the platform tells it; `name` of a known place."""

    kind: Literal["location"] = "location"
    latitude: float
    longitude: float
    accuracy_m: float | None = None
    live: bool = False
    name: str = ""


class MediaKind(StrEnum):
    """What sort of file a person sent."""

    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    CONTACT = "contact"
    OTHER = "other"
    #: the platform keeps it back by law (Zalo Bot, protected persons): nothing that is typed will get through either
    WITHHELD = "withheld"


class Media(Vocabulary):
    """Something else than words; it stays on the platform and is relayed from there.

    `url` is where it can be fetched, for platforms that give out such addresses; they die after a while.
    """

    kind: Literal["media"] = "media"
    media: MediaKind
    file_id: str | None = None
    caption: str = ""
    name: str = Field(default="", description="the file's name, or who and which number a contact card shows")
    size: int | None = None
    album: str | None = Field(default=None, description="files of one album come one by one with the same mark")
    url: str | None = None


class Press(Vocabulary):
    """A tap on a button that this program sent, or that somebody pretends it sent: `data` is not to be trusted."""

    kind: Literal["press"] = "press"
    data: str
    press_id: str
    message_id: str | None = None


class MembershipChange(StrEnum):
    """What happened to the bot's place in a chat."""

    BLOCKED = "blocked"
    RETURNED = "returned"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    #: the person asks, through the platform, that everything about them be erased (Zalo OA: `user_withdraw`)
    WITHDRAWN = "withdrawn"


class Membership(Vocabulary):
    """The bot was blocked, let back in, added to or removed from a group, the chat got a new id, or consent ended."""

    kind: Literal["membership"] = "membership"
    change: MembershipChange
    new_chat_id: str | None = None


Content = Annotated[Text | Location | Media | Press | Membership, Field(discriminator="kind")]


class Sender(Vocabulary):
    """Who wrote, as the platform tells it; the language is a hint (the app's language, not the person's)."""

    id: str
    name: str = ""
    language_hint: str | None = None


class InboundMessage(Vocabulary):
    """One thing that a person did on a platform."""

    channel: str
    chat_id: str
    chat_kind: ChatKind = ChatKind.PRIVATE
    sender: Sender
    content: Content
    sent_at: AwareDatetime
    message_id: str | None = None
    reply_to: str | None = None
    edited: bool = False
    topic: str | None = Field(default=None, description="the topic of a group that it was written in")
    forum: bool | None = Field(default=None, description="whether the group has topics; None when it isn't told")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A raw update on its way into the inbox.

    `platform_id` is unique within the channel: it makes a redelivery harmless. `message` is None for what the channel
    could not read (then `error` says why, and the raw update is kept as a dead letter) and for what concerns nobody.
    """

    channel: str
    platform_id: str
    chat_id: str
    raw: dict[str, Any]
    message: InboundMessage | None
    error: str | None = None


# --- what goes out --------------------------------------------------------------------------------------------------


class Span(Vocabulary):
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None


RichText = tuple[Span, ...]


class ButtonStyle(StrEnum):
    """How a button looks where the platform has such styles."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Button(Vocabulary):
    """A button: either it comes back as a `Press` with `data` (1-64 bytes, Telegram's limit), or it opens `url`."""

    label: str
    data: str | None = None
    url: str | None = None
    style: ButtonStyle = ButtonStyle.PLAIN


class MediaRef(Vocabulary):
    """A message with media that is to be relayed from its chat, without downloading it.

    The other fields are for those who look at it elsewhere: what it is, by which id its platform gives it out, `url` as
    in `Media`.
    """

    chat_id: str
    message_id: str
    media: MediaKind | None = None
    file_id: str | None = None
    name: str = ""
    size: int | None = None
    url: str | None = None


class TopicColour(StrEnum):
    """How a topic stands out in a group's list of topics."""

    PLAIN = "plain"
    DANGER = "danger"


class Topic(Vocabulary):
    """The part of a group that a matter has to itself, where the group has such parts.

    `key` is the matter's own name (a ticket's code) and stays; `name` and `closed` are what the group shows now. The
    channel makes the topic when it is first needed, and writes to the whole group where it can't have one.
    """

    key: str
    name: str
    closed: bool = False
    colour: TopicColour = TopicColour.PLAIN


class FileRef(Vocabulary):
    """A file that this house keeps beside a message, and what a channel must know to send it; size in bytes."""

    channel: str
    chat_id: str
    message_id: str
    content_type: str
    size: int
    width: int | None = None
    height: int | None = None

    @property
    def suffix(self) -> str:
        """The end of its name."""
        return {"image/jpeg": ".jpg"}.get(self.content_type, f".{self.content_type.rpartition('/')[2]}")


class TextFile(Vocabulary):
    """A small file of text that the house made: its name, and what is in it."""

    name: str
    text: str


class OutgoingMessage(Vocabulary):
    """What a channel shows in a chat: rich text with rows of buttons, a relayed message, or a file with its words.

    The words of a file say enough for a channel that can't send files. With `edit_of` it replaces an earlier one;
    without words then, only the buttons below that one are replaced.
    """

    text: RichText = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    request_location: str | None = Field(default=None, description="label of a button that sends the position")
    clear_location_request: bool = False
    reply_to: str | None = None
    edit_of: str | None = Field(default=None, description="platform id of the earlier message that this one replaces")
    silent: bool = False
    relay: MediaRef | None = None
    file: FileRef | None = None
    pin: Location | None = Field(default=None, description="a place shown on a map below the words, where that is so")
    topic: Topic | None = None
    thread: str | None = Field(default=None, description="platform id of the topic that it is a reply in")
    page: bool = Field(default=False, description="a tap on it may replace it by another page")
    document: TextFile | None = Field(default=None, description="only where the channel's capabilities have `files`")
    clear_history: bool = Field(default=False, description="what was said before is gone: pages and memories forget it")

    @property
    def plain(self) -> str:
        """The words alone."""
        return plain(self.text)


_MARK = re.compile(r"\*\*(.+?)\*\*|__(.+?)__|\{(\w+)\}", re.DOTALL)


def rich(template: str, **values: object) -> RichText:
    """Rich text from a template of our own: `**bold**`, `__italic__` and `{name}`.

    Values go in as they are, never parsed, so nothing that a person typed can become mark-up. A value that is itself
    rich text is spliced in. A name without a value raises `KeyError`.
    """
    spans: list[Span] = []
    _parse(template, values, spans, bold=False, italic=False)
    return join(spans)


def _parse(template: str, values: dict[str, Any], out: list[Span], *, bold: bool, italic: bool) -> None:
    position = 0
    for match in _MARK.finditer(template):
        if match.start() > position:
            out.append(Span(text=template[position : match.start()], bold=bold, italic=italic))
        strong, slanted, name = match.groups()
        if strong is not None:
            _parse(strong, values, out, bold=True, italic=italic)
        elif slanted is not None:
            _parse(slanted, values, out, bold=bold, italic=True)
        else:
            value = values[name]
            if isinstance(value, tuple):
                out.extend(value)
            else:
                out.append(Span(text=str(value), bold=bold, italic=italic))
        position = match.end()
    if position < len(template):
        out.append(Span(text=template[position:], bold=bold, italic=italic))


def join(parts: Sequence[Span | RichText], separator: str = "") -> RichText:
    """One rich text from many, neighbours of one style merged."""
    merged: list[Span] = []

    def add(span: Span) -> None:
        last = merged[-1] if merged else None
        if last and (last.bold, last.italic, last.url) == (span.bold, span.italic, span.url):
            merged[-1] = last.model_copy(update={"text": last.text + span.text})
        elif span.text:
            merged.append(span)

    for index, part in enumerate(parts):
        if index and separator:
            add(Span(text=separator))
        for span in (part,) if isinstance(part, Span) else part:
            add(span)
    return tuple(merged)


def plain(text: RichText) -> str:
    """The words of a rich text without their styles."""
    return "".join(span.text for span in text)


# --- how sending is ordered and how it can end ----------------------------------------------------------------------


class Lane(IntEnum):
    """Who goes first when sending: lower numbers before higher ones; distress has a lane of its own."""

    DISTRESS = 0
    REPLY = 1
    ANSWER = 2
    URGENT_NOTICE = 3
    NOTICE = 4


class Means(StrEnum):
    """A way to reach somebody whom a free message doesn't reach."""

    #: a message from a template that the platform approved beforehand (Zalo: ZBS), at a price
    TEMPLATE = "template"
    #: a post in a group that the account owns
    GROUP = "group"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Window:
    """How long after a person's last word the platform takes messages to them.

    For `free` they cost nothing; from then until `open` they cost, and go only if the operator said so (`paid`).
    """

    free: dt.timedelta
    open: dt.timedelta
    paid: bool = False
    means: tuple[Means, ...] = ()

    def is_closed(self, last_word: dt.datetime | None, now: dt.datetime) -> bool:
        """Whether a message may not be sent now to somebody who wrote last then (None: never)."""
        return last_word is None or now - last_word > (self.open if self.paid else self.free)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do and how fast; services plan with this, never with a platform's name.

    `max_buttons` stand under one message at most. `location_menu`: there is no button that sends the position, but the
    app's own menu can. `window`: when messages may be sent at all; None: always.

    Rates: `per_second` for the whole channel, of which `reserved` a second are kept for distress and replies;
    `per_chat_seconds` between two messages to one chat; `per_group_minute` messages a minute to a group, of which
    `reserved_group_minute` are kept for distress.
    """

    buttons: bool = True
    max_buttons: int = 100
    edit: bool = True
    location_request: bool = True
    location_menu: bool = False
    relay: bool = True
    files: bool = False
    max_text: int = 4096
    window: Window | None = None
    per_second: float = 30.0
    reserved: float = 5.0
    per_chat_seconds: float = 1.0
    per_group_minute: int = 20
    reserved_group_minute: int = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took the message; `message_id` is its own id there, `topic_id` that of the topic that it is in.

    `cost` is how many messages it counts for against the platform's rates.
    """

    message_id: str | None
    topic_id: str | None = None
    cost: int = 1


class SendError(Exception):
    """A message didn't (or perhaps didn't) reach the platform; the class says what may be done about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RetryLater(SendError):
    """Not sent: the platform asks to wait `seconds` (HTTP 429 and its like)."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class NotSent(SendError):
    """Certainly not sent (no connection, a refused login): may be tried again."""


class Uncertain(SendError):
    """Perhaps sent: the connection broke after the request was written, or the platform answered 5xx."""


class Unreachable(SendError):
    """Final for this chat: blocked, deactivated, unknown."""


class OutOfReach(SendError):
    """Final for this message, and nobody's mistake: window closed or quota used up. `means` are what is left.

    The chat itself stays: when the person writes again, or the quota is renewed, messages go through.
    """

    def __init__(self, reason: str, means: tuple[Means, ...] = ()) -> None:
        super().__init__(reason)
        self.means = means


class Moved(SendError):
    """The chat has a new id: send there."""

    def __init__(self, reason: str, new_chat_id: str) -> None:
        super().__init__(reason)
        self.new_chat_id = new_chat_id


class Rejected(SendError):
    """Final for this message: the platform calls it malformed. Our mistake; it is a dead letter and an alarm."""


# --- ports that the composition root hands to channels and courier --------------------------------------------------


class Channel(Protocol):
    """A platform, as the courier sees it."""

    @property
    def name(self) -> str:
        """The name under which its messages are stored, e.g. `telegram`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, and how fast."""
        ...

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Sends one message; raises a `SendError`."""
        ...


class Inbox(Protocol):
    """Where channels put what arrived; when `put` returns, it is committed and may be acknowledged."""

    async def put(self, arrivals: Sequence[Arrival]) -> int:
        """Stores arrivals, ignoring those already there; returns how many were new."""
        ...


class ChannelState(Protocol):
    """A small memory that survives a restart: polling offsets, tokens."""

    async def load(self, channel: str, key: str) -> Any:
        """The stored JSON value, or None."""
        ...

    async def save(self, channel: str, key: str, value: Any) -> None:
        """Stores a JSON value, committed on return."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file with its bytes; the sides in pixels where it is a picture that says them."""

    content_type: str
    content: bytes
    width: int | None = None
    height: int | None = None


class Files(Protocol):
    """Where a channel without a store of its own keeps what people send: first as a draft, then as posted."""

    async def keep(self, chat_id: str, message_id: str, file: StoredFile) -> None:
        """Commits a file as a draft."""
        ...

    async def post(self, chat_id: str, message_id: str) -> bool:
        """Its message is being posted; False when there is no such file."""
        ...

    async def drop(self, chat_id: str, message_id: str) -> None:
        """Forgets a draft."""
        ...

    async def load(self, chat_id: str, message_id: str) -> StoredFile | None:
        """The file with its bytes."""
        ...

    async def kept_since(self, moment: dt.datetime) -> int:
        """How many bytes were kept since then."""
        ...


#: Reads the bytes of a file that is to be sent; None when it is gone.
LoadFile = Callable[[FileRef], Awaitable[StoredFile | None]]


def utc(seconds: float) -> dt.datetime:
    """Aware UTC from a platform's Unix time in seconds."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
