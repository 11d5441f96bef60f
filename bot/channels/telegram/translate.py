"""A raw update as an `Arrival` (pure).

Each update is read by itself and by hand: what one of them lacks is an error of that one, kept as a dead letter, and
never stops the others. Updates that concern nobody (other bots, anonymous administrators, service messages, what a
channel tells its readers) have neither message nor error; a command posted in a channel does: it binds the channel.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from typing import Any

from bot.channels.telegram.content import content_of, location_of
from bot.messages import (
    Arrival,
    ChatKind,
    Content,
    InboundMessage,
    Membership,
    MembershipChange,
    Press,
    Sender,
    Text,
    utc,
)

CHANNEL = "telegram"

_COMMAND = re.compile(r"^(/[A-Za-z0-9_]+)@(\w+)")
_KINDS = {
    "private": ChatKind.PRIVATE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": ChatKind.CHANNEL,
}


def translate(raw: Any, *, received: dt.datetime, username: str | None = None) -> Arrival:
    """The arrival for one raw update; never raises.

    `username` is the bot's own: commands to other bots in a group concern nobody. `received` stands in for the time of
    updates that carry none (button presses).
    """
    update = _storable(raw)
    if not isinstance(update, dict):
        update = {"not_an_update": update}
    chat_id = ""
    message: InboundMessage | None = None
    error: str | None = None
    try:
        chat_id = _chat_of(update)
        message = _read(update, received, username)
        if message:
            chat_id = message.chat_id
    except KeyError as problem:
        error = f"field {problem} is missing"
    except Exception as problem:  # Whatever a platform may send must not stop the next update.
        error = f"{type(problem).__name__}: {problem}"
    if error is None and not _is_id(update.get("update_id")):
        error = "field 'update_id' is missing"
    return Arrival(
        channel=CHANNEL, platform_id=_platform_id(update), chat_id=chat_id, raw=update, message=message, error=error
    )


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _platform_id(update: dict[str, Any]) -> str:
    if _is_id(update.get("update_id")):
        return str(update["update_id"])
    text = json.dumps(update, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _storable(value: Any) -> Any:
    """JSON without what a database refuses: lone surrogates, NUL, NaN. One odd letter must not block the inbox."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {_storable(str(k)): _storable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_storable(v) for v in value]
    return value


def _chat_of(update: dict[str, Any]) -> str:
    """The chat of an update of whatever kind, as far as it can be told; for dead letters."""
    for part in update.values():
        if isinstance(part, dict):
            for holder in (part, part.get("message")):
                chat = holder.get("chat") if isinstance(holder, dict) else None
                if isinstance(chat, dict) and _is_id(chat.get("id")):
                    return str(chat["id"])
    return ""


def _read(update: dict[str, Any], received: dt.datetime, username: str | None) -> InboundMessage | None:
    if "message" in update:
        return _message(update["message"], username, edited=False)
    if "edited_message" in update:
        return _message(update["edited_message"], username, edited=True)
    if "channel_post" in update:
        return _channel_command(update["channel_post"], username)
    if "callback_query" in update:
        return _press(update["callback_query"], received)
    if "my_chat_member" in update:
        return _membership(update["my_chat_member"])
    return None


def _message(message: dict[str, Any], username: str | None, *, edited: bool) -> InboundMessage | None:
    chat = message["chat"]
    kind = _KINDS[chat["type"]]
    moved = _moved(message)
    person = message.get("from")
    if moved is None and (person is None or person.get("is_bot") or "sender_chat" in message):
        return None  # A channel post, another bot, an anonymous administrator.
    content: Content | None
    content = moved or _words(message, kind, username) or location_of(message, edited=edited) or content_of(message)
    if content is None:
        return None
    return InboundMessage(
        channel=CHANNEL,
        chat_id=str(message.get("migrate_from_chat_id", chat["id"])),
        chat_kind=kind,
        sender=_sender(person) if person else Sender(id=str(chat["id"])),
        content=content,
        sent_at=utc((message.get("edit_date") if edited else None) or message["date"]),
        message_id=str(message["message_id"]),
        reply_to=_reply_to(message),
        edited=edited,
        topic=_topic(message),
        forum=_forum(chat),
    )


def _channel_command(post: dict[str, Any], username: str | None) -> InboundMessage | None:
    """A command in a channel. Its author is unknown, only administrators can post: the one-time code is what counts."""
    words = _words(post, ChatKind.CHANNEL, username)
    if words is None or not words.text.startswith("/"):
        return None
    chat = post["chat"]
    return InboundMessage(
        channel=CHANNEL,
        chat_id=str(chat["id"]),
        chat_kind=ChatKind.CHANNEL,
        sender=Sender(id=str(chat["id"]), name=chat.get("title", "")),
        content=words,
        sent_at=utc(post["date"]),
        message_id=str(post["message_id"]),
    )


def _moved(message: dict[str, Any]) -> Membership | None:
    """Both service messages of a group that became a supergroup tell the old chat's new id; either may come first."""
    if "migrate_to_chat_id" in message:
        return Membership(change=MembershipChange.MOVED, new_chat_id=str(message["migrate_to_chat_id"]))
    if "migrate_from_chat_id" in message:
        return Membership(change=MembershipChange.MOVED, new_chat_id=str(message["chat"]["id"]))
    return None


def _words(message: dict[str, Any], kind: ChatKind, username: str | None) -> Text | None:
    text = message.get("text")
    if text is None:
        return None
    command = _COMMAND.match(text)
    if command:
        addressee = command[2]
        if kind is not ChatKind.PRIVATE and username and addressee.lower() != username.lower():
            return None
        text = command[1] + text[command.end() :]
    return Text(text=text)


def _reply_to(message: dict[str, Any]) -> str | None:
    answered = message.get("reply_to_message")
    # In a forum every message of a topic "replies" to the service message that opened the topic.
    if not isinstance(answered, dict) or "forum_topic_created" in answered:
        return None
    return str(answered["message_id"])


def _topic(message: dict[str, Any]) -> str | None:
    """The forum topic; ordinary supergroups give their threads of replies a `message_thread_id` too."""
    number = message.get("message_thread_id")
    return str(number) if message.get("is_topic_message") and _is_id(number) else None


def _forum(chat: dict[str, Any]) -> bool | None:
    return bool(chat.get("is_forum")) if chat["type"] == "supergroup" else None


def _sender(person: dict[str, Any]) -> Sender:
    names = [person.get("first_name"), person.get("last_name")]
    return Sender(
        id=str(person["id"]),
        name=" ".join(name for name in names if name),
        language_hint=person.get("language_code"),
    )


def _press(query: dict[str, Any], received: dt.datetime) -> InboundMessage | None:
    person = query["from"]
    if person.get("is_bot") or "data" not in query:
        return None
    # The message is missing when it is too old; then only the person's own chat can be meant.
    message = query.get("message") or {"chat": {"id": person["id"], "type": "private"}, "message_id": None}
    number = message.get("message_id")
    return InboundMessage(
        channel=CHANNEL,
        chat_id=str(message["chat"]["id"]),
        chat_kind=_KINDS[message["chat"]["type"]],
        sender=_sender(person),
        content=Press(
            data=query["data"], press_id=str(query["id"]), message_id=str(number) if number is not None else None
        ),
        sent_at=received,
        topic=_topic(message),
        forum=_forum(message["chat"]),
    )


def _membership(update: dict[str, Any]) -> InboundMessage | None:
    chat = update["chat"]
    kind = _KINDS[chat["type"]]
    was, now = _is_inside(update["old_chat_member"]), _is_inside(update["new_chat_member"])
    if was == now:
        return None  # Rights changed, nothing else.
    if kind is ChatKind.PRIVATE:
        change = MembershipChange.RETURNED if now else MembershipChange.BLOCKED
    else:
        change = MembershipChange.ADDED if now else MembershipChange.REMOVED
    return InboundMessage(
        channel=CHANNEL,
        chat_id=str(chat["id"]),
        chat_kind=kind,
        sender=_sender(update["from"]),
        content=Membership(change=change),
        sent_at=utc(update["date"]),
    )


def _is_inside(member: dict[str, Any]) -> bool:
    status = member["status"]
    if status == "restricted":
        return bool(member.get("is_member"))
    return status not in ("left", "kicked")
