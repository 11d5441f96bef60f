"""What Telegram's servers know: chats, who is in them, and every message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Message:
    """A message in a chat, as a person looks at it; `raw` is the Bot API's object."""

    raw: Json
    by_bot: bool
    html: str | None = None
    silent: bool = False
    keyboard: Json | None = None
    copy_of: tuple[int, int] | None = None
    edits: int = 0
    deleted: bool = False

    @property
    def id(self) -> int:
        """Its id within the chat."""
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        """The chat that it is in."""
        return int(self.raw["chat"]["id"])

    @property
    def text(self) -> str:
        """The words, of a caption too; empty for a sticker."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def rows(self) -> list[list[Json]]:
        """The inline buttons, row by row."""
        return list(self.raw.get("reply_markup", {}).get("inline_keyboard", []))

    @property
    def buttons(self) -> list[Json]:
        """All inline buttons."""
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What stands on the inline buttons."""
        return [button["text"] for button in self.buttons]

    @property
    def reply_to(self) -> int | None:
        """The message that this one answers."""
        answered = self.raw.get("reply_to_message")
        return int(answered["message_id"]) if answered and "forum_topic_created" not in answered else None

    @property
    def topic(self) -> int | None:
        """The forum topic that it is in; None for General and outside forums."""
        return int(self.raw["message_thread_id"]) if self.raw.get("is_topic_message") else None

    @property
    def kind(self) -> str:
        """`text`, `photo`, `location` …"""
        known = ("text", "photo", "voice", "video", "document", "sticker", "contact", "venue", "location")
        return next((name for name in known if name in self.raw), "service")

    def button(self, wanted: str) -> Json | None:
        """The button with this label or data; else the first whose label contains it."""
        exact = [b for b in self.buttons if wanted in (b["text"], b.get("callback_data"))]
        loose = [b for b in self.buttons if wanted.lower() in b["text"].lower()]
        return next(iter(exact or loose), None)

    def shown(self) -> str:
        """One message as a line or more of a transcript."""
        words = self.text if self.kind == "text" else f"<{self.kind}> {self.text}".rstrip()
        marks = " (silent)" if self.silent else ""
        marks += " (edited)" if self.edits else ""
        marks += " (deleted)" if self.deleted else ""
        lines = [words + marks]
        lines += ["  " + " ".join(f"[{button['text']}]" for button in row) for row in self.rows]
        if self.keyboard and "keyboard" in self.keyboard:
            lines += ["  " + " ".join(f"⌨[{key['text']}]" for key in row) for row in self.keyboard["keyboard"]]
        return "\n".join(lines)


@dataclass(slots=True)
class ForumTopic:
    """A topic of a forum; `id` is the message that opened it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Chat:
    """A conversation that the bot is or was in; `bot` is its member status there."""

    id: int
    kind: str
    title: str
    person: Json | None = None
    bot: str = "member"
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    moved_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    own_ids: int = 0
    forum: bool = False
    manages_topics: bool = True
    topics: dict[int, ForumTopic] = field(default_factory=dict)
    actions: list[tuple[str, int | None]] = field(default_factory=list)

    @property
    def is_private(self) -> bool:
        """Whether it is a person's own chat with the bot."""
        return self.kind == "private"

    @property
    def raw(self) -> Json:
        """The Bot API's Chat."""
        chat: Json = {"id": self.id, "type": self.kind}
        if self.person:
            chat |= {key: self.person[key] for key in ("first_name", "last_name", "username") if key in self.person}
        else:
            chat["title"] = self.title
        return chat | ({"is_forum": True} if self.forum else {})

    @property
    def from_bot(self) -> list[Message]:
        """What the bot wrote here and didn't delete, oldest first."""
        return [message for message in self.messages.values() if message.by_bot and not message.deleted]


class World:
    """All chats of one bot."""

    def __init__(self, bot: Json, now: Callable[[], float]) -> None:
        self.bot = bot
        self.chats: dict[int, Chat] = {}
        self.now = now
        self._shared_ids = 10

    def __iter__(self) -> Iterator[Chat]:
        return iter(self.chats.values())

    @property
    def time(self) -> int:
        """Unix time in seconds, as in every `date`."""
        return int(self.now())

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups and channels number their messages themselves, all other chats share one sequence."""
        if chat.kind in ("supergroup", "channel"):
            chat.own_ids += 1
            return chat.own_ids
        self._shared_ids += 1
        return self._shared_ids

    def post(
        self,
        chat: Chat,
        sender: Json | None,
        content: Json,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        **extra: Any,
    ) -> Message:
        """Puts a message into a chat, in a forum into one of its topics; `extra` are `Message`'s own fields."""
        raw: Json = {"message_id": self.next_message_id(chat), "date": self.time, "chat": chat.raw}
        if sender:
            raw["from"] = sender
        if topic is not None:
            raw |= {"message_thread_id": topic, "is_topic_message": True}
            # In a topic every message that answers none "answers" the one that opened the topic.
            reply_to = reply_to if reply_to is not None else topic
        answered = chat.messages.get(reply_to) if reply_to is not None else None
        if answered and not answered.deleted:
            raw["reply_to_message"] = {k: v for k, v in answered.raw.items() if k != "reply_to_message"}
        message = Message(raw | content, by_bot=sender is not None and sender["id"] == self.bot["id"], **extra)
        chat.messages[message.id] = message
        return message


#: Rights that every ChatMemberAdministrator states.
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def member(user: Json, status: str) -> Json:
    """The Bot API's ChatMember with what its status requires."""
    result: Json = {"status": status, "user": user}
    if status == "kicked":
        result["until_date"] = 0
    if status == "administrator":
        result |= dict.fromkeys(_RIGHTS, False)
    return result
