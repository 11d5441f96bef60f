"""Everything about the Official Account that nobody has proved with a real account yet, in one place.

Each name says what is assumed, what else is said, and what to look at in the first hour with a real account (README has
the list). Whatever turns out otherwise is mended here; the rest of the room only uses what is written by the platform
or by at least two independent records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

#: Some programs take the time that is signed from this header where it exists; most take the body's own `timestamp`.
#: Tried first if the header is there. To check: the first signed event.
TIMESTAMP_HEADER = "x-zevent-timestamp"

#: `expires_in` is a string of seconds, "90000". If it ever can't be read: the hour that older pages speak of.
FALLBACK_EXPIRES_IN = 3600

#: No code is documented for "refresh token used or expired": any refusal but "too many requests" counts as final, and a
#: person has to consent again. To check: what a second use of a refresh token answers.
REFRESH_MAY_BE_TRIED_AGAIN = frozenset({-32})

#: A message with a keyboard always has words beside it: whether buttons alone need a `template_type` isn't known.
WORDS_BESIDE_MORE_BUTTONS = "⬇️"

#: An address on a button that the platform doesn't like is said to give one of these; then the message is sent again
#: with its buttons as lines.
BUTTONS_REFUSED = frozenset({-201, -233})

#: The rate of the whole app is 4,000 a minute (66 a second); what a package allows one account isn't published.
PER_SECOND = 50.0

#: Whether a delivery that was answered with 503, or late, comes again isn't known: only failed connections are spoken
#: of. The program answers 503 when it could not store an event, and hopes.
RETRIES_AFTER_503 = True

#: Where media lie; only from here is anything fetched. How long the addresses live isn't written anywhere.
MEDIA_HOSTS = ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com", "zalo.vn")

#: So many messages were free in the 48 hours until the end of 2025; since 2026-01-01 there is no cap. None: no cap.
FREE_MESSAGES_IN_WINDOW: int | None = None

#: Between 48 hours and 7 days a message uses up the package's quota and then costs (55 VND is quoted); later it is
#: refused. Both periods are written in two records each.
FREE_FOR = dt.timedelta(hours=48)
OPEN_FOR = dt.timedelta(days=7)


def anonymous_recipient(anonymous_id: str, conversation_id: str) -> dict[str, str]:
    """Whom to write to who reads the account's page without signing in: the names of the event, given back."""
    return {"anonymous_id": anonymous_id, "conversation_id": conversation_id}


def group_of(event: Mapping[str, Any]) -> object:
    """The group of a `user_send_group_*` event; its envelope stands in no record, these are the likely places."""
    for holder in (event, event.get("recipient"), event.get("message")):
        if isinstance(holder, Mapping) and "group_id" in holder:
            return holder["group_id"]
    recipient = event.get("recipient")
    return recipient.get("id") if isinstance(recipient, Mapping) else None


def is_group_event(name: str) -> bool:
    """Whether an event tells of what a person wrote in a group of the account."""
    return name.startswith("user_send_group_")
