"""A delivered event as an `Arrival` (pure); each is read by itself and by hand, and nothing of it raises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from bot.channels.storable import fingerprint, storable
from bot.channels.zalo_oa.content import contact_of, content_of, text_id
from bot.channels.zalo_oa.uncertain import group_of, is_group_event
from bot.messages import (
    Arrival,
    ChatKind,
    Content,
    InboundMessage,
    Membership,
    MembershipChange,
    Sender,
    Text,
    utc,
)

CHANNEL = "zalo-oa"
GROUP, ANONYMOUS = "group:", "anonymous:"

_SEND = "user_send_"
_ANONYMOUS_SEND = "anonymous_send_"
#: Nobody has to answer these: receipts of delivery and reading, reactions, ratings, telephone calls.
_QUIET = ("user_received_", "user_seen_", "user_reacted_", "user_feedback", "user_call_", "oa_call_")


class Sort(Enum):
    """What sort of event it is: what somebody did, an echo of the account's own message, a receipt, or unknown."""

    ACT = auto()
    ECHO = auto()
    STAFF = auto()
    RECEIPT = auto()
    UNKNOWN = auto()


def sort_of(event: Mapping[str, Any]) -> Sort:
    """The sort of an event by its name; an echo with `sender.admin_id` was written by a person in Zalo's own tool."""
    name = _name(event)
    if name.startswith((_SEND, _ANONYMOUS_SEND)) or name in _ACTS:
        return Sort.ACT
    if name.startswith("oa_send_"):
        sender = event.get("sender")
        return Sort.STAFF if isinstance(sender, Mapping) and sender.get("admin_id") else Sort.ECHO
    return Sort.RECEIPT if name.startswith(_QUIET) else Sort.UNKNOWN


def account_of(event: Mapping[str, Any]) -> str | None:
    """Which of the app's accounts an event is about; None where it doesn't say."""
    name = _name(event)
    holder = event.get("sender") if name.startswith("oa_") else event.get("recipient")
    found = holder.get("id") if isinstance(holder, Mapping) and not is_group_event(name) else event.get("oa_id")
    return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else None


def translate(raw: Any, *, received: dt.datetime, names: Mapping[str, str] | None = None) -> Arrival:
    """The arrival for one event; `names` are those that are known by user id, for events carry none."""
    event = storable(raw)
    if not isinstance(event, dict):
        event = {"not_an_event": event}
    message: InboundMessage | None = None
    error: str | None = None
    chat_id = ""
    try:
        chat_id = _chat(event)
        message = _read(event, chat_id, received, names or {})
    except KeyError as problem:
        error = f"field {problem} is missing"
    except Exception as problem:  # Whatever a platform may send must not stop the next event.
        error = f"{type(problem).__name__}: {str(problem)[:200]}"
    return Arrival(CHANNEL, _platform_id(event), chat_id, event, message, error)


def _name(event: Mapping[str, Any]) -> str:
    name = event.get("event_name")
    return name if isinstance(name, str) else ""


def _platform_id(event: Mapping[str, Any]) -> str:
    """A message by its own id; anything else by what it is, of whom, and when: the same event has the same name."""
    name, message = _name(event), event.get("message")
    if name.startswith((_SEND, _ANONYMOUS_SEND)) and isinstance(message, Mapping):
        try:
            return text_id(message.get("msg_id"))
        except ValueError:
            pass
    return fingerprint(event)


def _chat(event: Mapping[str, Any]) -> str:
    """The chat of an event of whatever kind."""
    name = _name(event)
    if is_group_event(name):
        return GROUP + text_id(group_of(event))
    if name.startswith(_ANONYMOUS_SEND):
        holder = event.get("sender")
        holders = [event, holder] if isinstance(holder, Mapping) else [event]
        found = next(h for h in [*holders, {}] if "anonymous_id" in h or h == {})
        anonymous = text_id(found["anonymous_id"])
        return f"{ANONYMOUS}{anonymous}:{text_id(found.get('conversation_id', event.get('conversation_id')))}"[:128]
    if name.startswith("oa_"):
        return ""
    for holder_name, field in (("sender", "id"), ("follower", "id"), (None, "user_id")):
        holder = event if holder_name is None else event.get(holder_name)
        if isinstance(holder, Mapping) and field in holder:
            return text_id(holder[field])
    if sort_of(event) is Sort.ACT:
        raise KeyError("sender.id")
    return ""


def _read(
    event: Mapping[str, Any], chat_id: str, received: dt.datetime, names: Mapping[str, str]
) -> InboundMessage | None:
    if not _name(event):
        raise KeyError("event_name")
    if sort_of(event) is not Sort.ACT:
        return None
    message = event.get("message")
    content = _content(event, message if isinstance(message, Mapping) else None)
    group = is_group_event(_name(event))
    person = text_id(event["sender"]["id"]) if group else chat_id
    return InboundMessage(
        channel=CHANNEL,
        chat_id=chat_id,
        chat_kind=ChatKind.GROUP if group else ChatKind.PRIVATE,
        sender=Sender(id=person, name=names.get(person, "")),
        content=content,
        sent_at=_time(event, received),
        message_id=_optional(message, "msg_id"),
        reply_to=_optional(message, "quote_msg_id"),
    )


def _content(event: Mapping[str, Any], message: Mapping[str, Any] | None) -> Content:
    name = _name(event)
    if name in _FIXED:
        return _FIXED[name]
    if name == "user_submit_info":
        return contact_of(event["info"])
    if message is None:
        raise KeyError("message")
    text_id(message["msg_id"])
    for start in ("user_send_group_", _SEND, _ANONYMOUS_SEND):
        if name.startswith(start):
            return content_of(name.removeprefix(start), message)
    raise ValueError(f"{name!r} carries nothing")


#: What has no message: following (and the first tap on "message" on the account's page) greets as `/start` does.
_FIXED: Mapping[str, Content] = {
    "follow": Text(text="/start"),
    "user_click_chatnow": Membership(change=MembershipChange.RETURNED),
    "unfollow": Membership(change=MembershipChange.BLOCKED),
    "user_withdraw": Membership(change=MembershipChange.WITHDRAWN),
}
_ACTS = frozenset({*_FIXED, "user_submit_info"})


def _optional(message: object, field: str) -> str | None:
    value = message.get(field) if isinstance(message, Mapping) else None
    return text_id(value) if value is not None else None


def _time(event: Mapping[str, Any], received: dt.datetime) -> dt.datetime:
    """Milliseconds, as text; an odd time is no reason to lose a message."""
    try:
        return utc(int(str(event["timestamp"])) / 1000)
    except (KeyError, ValueError, OverflowError, OSError):
        return received
