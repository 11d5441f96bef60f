"""What Telegram's errors mean for a message, and for the intake.

Only `parameters` of an error answer is a contract; descriptions change, so they decide as little as possible. What
PTB's exceptions don't tell (was the request written?) is read from their cause, never from their text.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum, auto

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.messages import Moved, NotSent, Rejected, RetryLater, SendError, Uncertain, Unreachable

#: Failures before the request was written: the message is certainly not sent.
_NOT_WRITTEN = (
    httpx.PoolTimeout,
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)

#: 400s that are final for the chat, not for the message.
_UNKNOWN_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty", "user_id_invalid")
_EDIT_IMPOSSIBLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_THREAD = ("message thread not found", "topic_deleted", "topic_id_invalid")
_NO_TOPICS = ("not enough rights", "not a forum", "chat_admin_required", "channel_forum_missing")
_BAD_URL = ("button_url_invalid", "wrong http url", "button url", "url host is empty", "unsupported url protocol")

#: A 429 without `retry_after`, seen from proxies; seconds.
_DEFAULT_WAIT = 5.0


class Complaint(Enum):
    """The kinds of 400 that have an answer of their own."""

    NOT_MODIFIED = auto()
    EDIT_IMPOSSIBLE = auto()
    MARKUP = auto()
    BUTTON_URL = auto()
    NO_THREAD = auto()
    THREAD_CLOSED = auto()


def complaint(error: TelegramError) -> Complaint | None:
    """What a 400 complains of, where there is a remedy; None for everything else."""
    if not isinstance(error, BadRequest) or not from_bot_api(error):
        return None
    text = error.message.lower()
    if "message is not modified" in text:
        return Complaint.NOT_MODIFIED
    if any(words in text for words in _EDIT_IMPOSSIBLE):
        return Complaint.EDIT_IMPOSSIBLE
    if "can't parse entities" in text:
        return Complaint.MARKUP
    if any(words in text for words in _BAD_URL):
        return Complaint.BUTTON_URL
    if any(words in text for words in _NO_THREAD):
        return Complaint.NO_THREAD
    if "topic_closed" in text:
        return Complaint.THREAD_CLOSED
    return None


def topics_refused(error: TelegramError) -> bool:
    """The group has no topics, or the bot lacks the right to manage them: for a person to mend."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and from_bot_api(error) and any(words in text for words in _NO_TOPICS)


def from_bot_api(error: TelegramError) -> bool:
    """False for an answer that wasn't the Bot API's JSON: a proxy's page, a sign-in portal."""
    return not isinstance(error.__cause__, TelegramError)


def retry_seconds(error: RetryAfter) -> float:
    """Seconds to wait; later versions of the library give a `timedelta`."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def wrong_token(error: TelegramError) -> bool:
    """401 or 404 from the Bot API itself: trying again is useless until a person mends the setting."""
    return isinstance(error, InvalidToken) and from_bot_api(error)


def send_error(error: TelegramError, reason: str) -> SendError:
    """The `SendError` for an error of a call that was to send something; `reason` is the error's text, redacted."""
    match error:
        case RetryAfter():
            return RetryLater(reason, retry_seconds(error))
        case ChatMigrated():
            return Moved(reason, str(error.new_chat_id))
        case Forbidden() | BadRequest() | InvalidToken() | Conflict() if not from_bot_api(error):
            return NotSent(f"something between here and Telegram answered: {reason}")
        case Forbidden():
            return Unreachable(reason)
        case BadRequest():
            if any(words in reason.lower() for words in _UNKNOWN_CHAT):
                return Unreachable(reason)
            return Rejected(reason)
        case InvalidToken():
            return NotSent(f"Telegram refuses the token: {reason}. Check HAIDANG_TELEGRAM_TOKEN")
        case Conflict():
            return NotSent(reason)
    if isinstance(error.__cause__, _NOT_WRITTEN):
        return NotSent(reason)
    if reason.lower().startswith("too many requests"):
        return RetryLater(reason, _DEFAULT_WAIT)
    return Uncertain(reason)
