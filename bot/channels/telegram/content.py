"""What a Telegram message carries besides words: a position or media."""

from __future__ import annotations

import math
from typing import Any

from bot.messages import Location, Media, MediaKind

#: Longer names of files or on contact cards are cut.
NAME_LIMIT = 120

#: Content fields in the order in which they are looked for: an animation carries a `document` too.
_FILES = (
    ("animation", MediaKind.VIDEO),
    ("video", MediaKind.VIDEO),
    ("video_note", MediaKind.VIDEO),
    ("voice", MediaKind.VOICE),
    ("audio", MediaKind.DOCUMENT),
    ("sticker", MediaKind.STICKER),
    ("document", MediaKind.DOCUMENT),
)

#: Fields that every message may have, whatever it carries (Bot API, Message).
_ENVELOPE = frozenset((
    "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
    "sender_business_bot", "sender_tag", "date", "guest_query_id", "business_connection_id", "chat",
    "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote",
    "reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot", "guest_bot_caller_user",
    "guest_bot_caller_chat", "edit_date", "has_protected_content", "is_from_offline", "is_paid_post",
    "media_group_id", "author_signature", "paid_star_count", "text", "entities", "link_preview_options",
    "suggested_post_info", "effect_id", "caption", "caption_entities", "show_caption_above_media",
    "has_media_spoiler", "reply_markup",
))  # fmt: skip

#: Things that a person sends on purpose and that this program can't look into.
_OTHER = frozenset((
    "dice", "game", "poll", "story", "checklist", "paid_media", "live_photo", "invoice", "giveaway",
    "rich_message", "users_shared", "chat_shared", "web_app_data", "passport_data", "gift", "unique_gift",
))  # fmt: skip

#: Service messages by the beginnings and ends of their names: nobody wrote them to us. Anything unknown that doesn't
#: look like one is taken for content: better an apology too many than a person who is never answered.
_SERVICE_STARTS = (
    "new_chat_", "left_chat_", "delete_chat_", "group_chat_", "supergroup_chat_", "channel_chat_", "chat_owner_",
    "message_auto_delete_", "migrate_", "pinned_", "successful_payment", "refunded_payment", "connected_",
    "write_access_", "proximity_", "boost_", "chat_background_", "checklist_tasks_", "direct_message_price_",
    "forum_topic_", "general_forum_topic_", "giveaway_", "managed_bot_", "paid_message_price_", "poll_option_",
    "suggested_post_", "video_chat_", "gift_upgrade_",
)  # fmt: skip


def location_of(message: dict[str, Any], *, edited: bool) -> Location | None:
    """The position in a message, a venue's too. `live` marks the follow-ups of a live position, not its first message.

    Follow-ups come as edits, every few seconds perhaps: whoever answers positions must be able to tell them apart.
    """
    place = message.get("location") or (message.get("venue") or {}).get("location")
    if place is None:
        return None
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"{latitude}, {longitude} is no place on earth")
    accuracy = place.get("horizontal_accuracy")
    if accuracy is not None and not math.isfinite(accuracy):
        accuracy = None
    venue = message.get("venue") or {}
    name = _short(", ".join(part for part in (venue.get("title"), venue.get("address")) if part))
    return Location(latitude=latitude, longitude=longitude, accuracy_m=accuracy, live=edited, name=name)


def content_of(message: dict[str, Any]) -> Media | None:
    """The media in a message; None for a service message."""
    caption = message.get("caption", "")
    album = message.get("media_group_id")
    if sizes := message.get("photo"):
        largest = max(sizes, key=lambda size: size.get("width", 0) * size.get("height", 0))
        return _file(MediaKind.PHOTO, largest, caption, album)
    for field, kind in _FILES:
        if field in message:
            return _file(kind, message[field], caption, album)
    if "contact" in message:
        return Media(media=MediaKind.CONTACT, name=_card(message["contact"]))
    carried = message.keys() - _ENVELOPE
    if carried & _OTHER:
        return Media(media=MediaKind.OTHER, caption=caption)
    if not carried or any(field.startswith(_SERVICE_STARTS) for field in carried):
        return None
    return Media(media=MediaKind.OTHER, caption=caption)


def _file(kind: MediaKind, file: dict[str, Any], caption: str, album: str | None) -> Media:
    size = file.get("file_size")
    return Media(
        media=kind,
        file_id=file["file_id"],
        caption=caption,
        name=_short(file.get("file_name")),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        album=album,
    )


def _card(contact: dict[str, Any]) -> str:
    """Who a contact card shows, and the number."""
    name = " ".join(part for part in (contact.get("first_name"), contact.get("last_name")) if isinstance(part, str))
    return _short(" · ".join(part for part in (name, contact.get("phone_number")) if part))


def _short(name: object) -> str:
    """A name in one line, without what could turn the rest of the line around (file names that lie: `gpj.exe`)."""
    if not isinstance(name, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:NAME_LIMIT]
