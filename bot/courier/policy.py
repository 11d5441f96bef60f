"""What becomes of a message after an attempt to send it: one table, no I/O."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.messages import (
    Lane,
    Means,
    Moved,
    NotSent,
    OutOfReach,
    Rejected,
    RetryLater,
    SendError,
    Uncertain,
    Unreachable,
    Window,
)
from bot.store.tables import OutgoingState

#: Moves that an outgoing row may make; anything else is a mistake of the program.
MOVES: dict[OutgoingState, frozenset[OutgoingState]] = {
    OutgoingState.QUEUED: frozenset({OutgoingState.SENDING, OutgoingState.CANCELLED, OutgoingState.FAILED}),
    OutgoingState.SENDING: frozenset(
        {OutgoingState.SENT, OutgoingState.QUEUED, OutgoingState.FAILED, OutgoingState.UNCERTAIN}
    ),
    OutgoingState.SENT: frozenset(),
    OutgoingState.UNCERTAIN: frozenset(),
    OutgoingState.FAILED: frozenset(),
    OutgoingState.CANCELLED: frozenset(),
}

#: Tries before a row is a dead letter. With the pauses below that is about an hour; distress never gives up by itself.
MAX_ATTEMPTS = 12
#: Perhaps-sent messages are repeated so often at most: a double warning beats a lost one, a tenth one doesn't.
MAX_UNCERTAIN = 3
#: Said of what isn't tried because the person wrote too long ago; the console knows these words.
WINDOW_CLOSED = "window closed: the person wrote too long ago for a free message"
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 600.0
LONGEST_PAUSE_DISTRESS = 15.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The row's next state, after what pause it is tried again, and what else follows."""

    state: OutgoingState
    pause: dt.timedelta | None = None
    reason: str = ""
    unreachable: bool = False
    new_chat_id: str | None = None
    throttled: bool = False
    alarm: bool = False
    means: tuple[Means, ...] = ()


def backoff(attempts: int, lane: Lane, jitter: float) -> dt.timedelta:
    """The pause after that many attempts: doubling from a second; `jitter` (0..1) spreads it by a quarter."""
    longest = LONGEST_PAUSE_DISTRESS if lane is Lane.DISTRESS else LONGEST_PAUSE
    seconds = min(longest, FIRST_PAUSE * 2 ** min(attempts - 1, 16))
    return dt.timedelta(seconds=seconds * (1 + jitter / 4))


def repeat_when_uncertain(lane: Lane) -> bool:
    """Whether a message that may have arrived is sent again: everything but ordinary notices."""
    return lane is not Lane.NOTICE


def after_error(error: SendError, *, lane: Lane, attempts: int, jitter: float) -> Verdict:
    """What follows from a failed attempt (`attempts` counts it already)."""
    queued, failed = OutgoingState.QUEUED, OutgoingState.FAILED
    match error:
        case RetryLater(seconds=seconds):
            # Not counted against the row: the platform is only busy.
            return Verdict(queued, dt.timedelta(seconds=max(seconds, 0.1)), error.reason, throttled=True)
        case Unreachable():
            return Verdict(failed, reason=error.reason, unreachable=True)
        case Moved(new_chat_id=chat):
            return Verdict(queued, dt.timedelta(0), error.reason, new_chat_id=chat)
        case OutOfReach(means=means):
            return Verdict(failed, reason=error.reason, means=means)
        case Rejected():
            return Verdict(failed, reason=error.reason, alarm=True)
        case Uncertain():
            if not repeat_when_uncertain(lane):
                return Verdict(OutgoingState.UNCERTAIN, reason=error.reason)
            if attempts >= MAX_UNCERTAIN and lane is not Lane.DISTRESS:
                return Verdict(OutgoingState.UNCERTAIN, reason=error.reason, alarm=True)
        case NotSent():
            if attempts >= MAX_ATTEMPTS and lane is not Lane.DISTRESS:
                return Verdict(failed, reason=error.reason, alarm=True)
    return Verdict(queued, backoff(attempts, lane, jitter), error.reason)


def outside(window: Window | None, last_word: dt.datetime | None, *, lane: Lane, now: dt.datetime) -> Verdict | None:
    """Why a message isn't even tried: the platform's window is closed, or only open at a price that nobody agreed to.

    Distress is tried in any case: what it costs is no question, and the platform has the last word.
    """
    if window is None or lane is Lane.DISTRESS or not window.is_closed(last_word, now):
        return None
    return Verdict(OutgoingState.FAILED, reason=WINDOW_CLOSED, means=window.means)


def after_crash(lane: Lane) -> OutgoingState:
    """What becomes of a row that was being sent when the process died."""
    return OutgoingState.QUEUED if repeat_when_uncertain(lane) else OutgoingState.UNCERTAIN
