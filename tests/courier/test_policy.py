"""What becomes of a message after an attempt: one table."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.courier.policy import MAX_ATTEMPTS, MAX_UNCERTAIN, Verdict, after_crash, after_error, backoff
from bot.messages import Lane, Moved, NotSent, OutOfReach, Rejected, RetryLater, SendError, Uncertain, Unreachable
from bot.store.tables import OutgoingState

QUEUED, FAILED, UNCERTAIN = OutgoingState.QUEUED, OutgoingState.FAILED, OutgoingState.UNCERTAIN


def verdict(error: SendError, lane: Lane, attempts: int = 1) -> Verdict:
    return after_error(error, lane=lane, attempts=attempts, jitter=0.0)


@pytest.mark.parametrize(
    ("error", "lane", "attempts", "state", "seconds"),
    [
        (RetryLater("slow down", 7), Lane.NOTICE, 1, QUEUED, 7),
        (RetryLater("slow down", 7), Lane.REPLY, 99, QUEUED, 7),
        (NotSent("no connection"), Lane.REPLY, 1, QUEUED, 1),
        (NotSent("no connection"), Lane.REPLY, 4, QUEUED, 8),
        (NotSent("no connection"), Lane.REPLY, MAX_ATTEMPTS, FAILED, None),
        (NotSent("no connection"), Lane.DISTRESS, 500, QUEUED, 15),
        (Uncertain("cut off"), Lane.DISTRESS, 50, QUEUED, 15),
        (Uncertain("cut off"), Lane.REPLY, 1, QUEUED, 1),
        (Uncertain("cut off"), Lane.REPLY, MAX_UNCERTAIN, UNCERTAIN, None),
        (Uncertain("cut off"), Lane.URGENT_NOTICE, 1, QUEUED, 1),
        (Uncertain("cut off"), Lane.NOTICE, 1, UNCERTAIN, None),
        (Unreachable("blocked"), Lane.REPLY, 1, FAILED, None),
        (Rejected("malformed"), Lane.REPLY, 1, FAILED, None),
        (OutOfReach("window closed"), Lane.DISTRESS, 1, FAILED, None),
        (Moved("supergroup", "-100"), Lane.ANSWER, 1, QUEUED, 0),
    ],
)
def test_what_follows_from_each_error(
    error: SendError, lane: Lane, attempts: int, state: OutgoingState, seconds: float | None
) -> None:
    found = verdict(error, lane, attempts)
    assert found.state is state
    assert found.pause == (None if seconds is None else dt.timedelta(seconds=seconds))
    assert found.reason == error.reason


def test_only_a_block_makes_a_person_unreachable() -> None:
    errors = [RetryLater("", 1), NotSent(""), Uncertain(""), Rejected(""), Moved("", "2"), Unreachable("")]
    assert [verdict(error, Lane.REPLY).unreachable for error in errors] == [False] * 5 + [True]


def test_the_pause_doubles_up_to_its_limit_and_is_spread() -> None:
    pauses = [backoff(n, Lane.REPLY, 0.0).total_seconds() for n in range(1, 14)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 600
    assert backoff(1, Lane.REPLY, 1.0).total_seconds() == 1.25


@pytest.mark.parametrize("lane", list(Lane))
def test_a_crash_while_sending_repeats_everything_but_ordinary_notices(lane: Lane) -> None:
    assert after_crash(lane) is (UNCERTAIN if lane is Lane.NOTICE else QUEUED)
