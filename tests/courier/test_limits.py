"""How fast each lane may go: tables of labelled cases."""

from __future__ import annotations

import datetime as dt

from bot.courier.limits import Limiter
from bot.messages import Capabilities, Lane
from tests.support.clock import MORNING

TELEGRAM = Capabilities(per_second=30, reserved=5, per_chat_seconds=1, per_group_minute=20)


def after(seconds: float) -> dt.datetime:
    return MORNING + dt.timedelta(seconds=seconds)


def sent_at_once(limiter: Limiter, lane: Lane, limit: int = 100) -> int:
    """How many messages of a lane, each to another chat, go out in one moment."""
    for count in range(limit):
        if limiter.wait(f"{lane.name}{count}", lane, MORNING, group=False):
            return count
        limiter.took(f"{lane.name}{count}", MORNING, group=False)
    return limit


def test_replies_may_use_the_whole_rate() -> None:
    assert sent_at_once(Limiter(TELEGRAM), Lane.REPLY) == 30


def test_a_broadcast_leaves_room_for_replies() -> None:
    limiter = Limiter(TELEGRAM)
    assert sent_at_once(limiter, Lane.NOTICE) == 25
    assert sent_at_once(limiter, Lane.REPLY) == 5


def test_distress_is_never_held_back() -> None:
    limiter = Limiter(TELEGRAM)
    sent_at_once(limiter, Lane.REPLY)
    limiter.pause("1", after(600))
    assert limiter.wait("1", Lane.DISTRESS, MORNING, group=False) == dt.timedelta(0)
    assert sent_at_once(limiter, Lane.DISTRESS) == 100


def test_one_chat_gets_a_message_a_second() -> None:
    limiter = Limiter(TELEGRAM)
    limiter.took("1", MORNING, group=False)
    assert limiter.wait("1", Lane.REPLY, after(0.4), group=False) == dt.timedelta(seconds=0.6)
    assert limiter.wait("1", Lane.REPLY, after(1), group=False) == dt.timedelta(0)
    assert limiter.wait("2", Lane.REPLY, after(0.4), group=False) == dt.timedelta(0)


def test_a_group_gets_twenty_messages_a_minute_and_five_of_them_are_for_distress() -> None:
    limiter = Limiter(TELEGRAM)
    for second in range(15):
        assert not limiter.wait("-1", Lane.ANSWER, after(second), group=True)
        limiter.took("-1", after(second), group=True)
    assert limiter.wait("-1", Lane.ANSWER, after(30), group=True) == dt.timedelta(seconds=30)
    assert "-1" in limiter.held(after(30))
    assert limiter.free_at(after(30)) == after(60)
    limiter.took("-1", after(30), group=True)  # an alarm
    assert limiter.wait("-1", Lane.ANSWER, after(30), group=True) == dt.timedelta(seconds=31)
    assert limiter.wait("-1", Lane.ANSWER, after(61), group=True) == dt.timedelta(0)
    assert "-1" not in limiter.held(after(61))


def test_what_a_message_cost_beyond_one_is_counted_too() -> None:
    limiter = Limiter(TELEGRAM)
    limiter.took("-1", MORNING, group=True)
    limiter.also_took("-1", 14, MORNING, group=True)
    assert limiter.wait("-1", Lane.ANSWER, after(1), group=True) == dt.timedelta(seconds=59)


def test_a_chat_that_just_got_a_message_is_left_out_of_the_look_until_its_second_is_over() -> None:
    limiter = Limiter(TELEGRAM)
    limiter.took("1", MORNING, group=False)
    assert limiter.held(after(0.5)) == {"1"}
    assert limiter.free_at(after(0.5)) == after(1)
    assert limiter.held(after(1)) == frozenset()
    assert limiter.free_at(after(1)) is None


def test_a_429_pauses_that_chat_and_all_notices_but_not_other_peoples_replies() -> None:
    limiter = Limiter(TELEGRAM)
    limiter.pause("1", after(7))
    assert limiter.wait("1", Lane.REPLY, MORNING, group=False) == dt.timedelta(seconds=7)
    assert limiter.wait("2", Lane.NOTICE, MORNING, group=False) == dt.timedelta(seconds=7)
    assert limiter.wait("2", Lane.REPLY, MORNING, group=False) == dt.timedelta(0)
    assert limiter.wait("2", Lane.NOTICE, after(7), group=False) == dt.timedelta(0)
