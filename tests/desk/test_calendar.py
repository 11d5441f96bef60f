"""Working time: when an answer is due."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import due_at, is_open
from bot.faq.schema import WorkingHours

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = WorkingHours.model_validate(
    {
        "days": [1, 2, 3, 4, 5],
        "spans": [["13:30", "17:00"], ["07:30", "11:30"]],
        "holidays": ["2026-04-30", "2026-05-01"],
    }
)
NIGHT = WorkingHours.model_validate({"days": [1], "spans": [["22:00", "02:00"]]})
NEVER = WorkingHours.model_validate({"days": [7], "spans": [["08:00", "08:30"]], "holidays": []})


def local(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


# 2026-11-24 is a Tuesday
DUE = [
    ("within a morning", "2026-11-24 08:00", 2, "2026-11-24 10:00"),
    ("over lunch", "2026-11-24 10:30", 2, "2026-11-24 14:30"),
    ("asked during lunch", "2026-11-24 12:00", 1, "2026-11-24 14:30"),
    ("before the office opens", "2026-11-24 05:00", 1, "2026-11-24 08:30"),
    ("after it closes", "2026-11-24 20:00", 1, "2026-11-25 08:30"),
    ("a whole working day and a bit", "2026-11-24 07:30", 8, "2026-11-25 08:00"),
    ("ends exactly with the morning", "2026-11-24 07:30", 4, "2026-11-24 11:30"),
    ("ends exactly with the day", "2026-11-24 13:30", 3.5, "2026-11-24 17:00"),
    ("asked at the moment of closing", "2026-11-24 17:00", 1, "2026-11-25 08:30"),
    ("over a weekend", "2026-11-27 16:00", 2, "2026-11-30 08:30"),
    ("asked on a Sunday", "2026-11-29 10:00", 1, "2026-11-30 08:30"),
    ("over two holidays and a weekend", "2026-04-29 16:30", 1, "2026-05-04 08:00"),
    ("five whole working days", "2026-11-24 07:30", 37.5, "2026-11-30 17:00"),
]


@pytest.mark.parametrize(("opened", "hours", "due"), [case[1:] for case in DUE], ids=[case[0] for case in DUE])
def test_when_an_answer_is_due(opened: str, hours: float, due: str) -> None:
    got = due_at(local(opened), hours, OFFICE, ZONE)
    assert got == local(due)
    assert got.tzinfo is dt.UTC


def test_a_shift_past_midnight() -> None:
    assert due_at(local("2026-11-24 01:00"), 0.5, NIGHT, ZONE) == local("2026-11-24 01:30")
    assert due_at(local("2026-11-23 23:00"), 2, NIGHT, ZONE) == local("2026-11-24 01:00")


def test_a_calendar_without_work_loses_no_ticket() -> None:
    opened = local("2026-11-24 08:00")
    assert due_at(opened, 100, NEVER, ZONE) == opened + dt.timedelta(hours=100)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.floats(0.1, 60),
    st.floats(0.1, 10),
)
def test_due_is_later_than_opened_falls_into_work_and_grows(minutes: int, hours: float, more: float) -> None:
    moment = local("2026-01-01 00:00") + dt.timedelta(minutes=minutes)
    due = due_at(moment, hours, OFFICE, ZONE)
    assert due > moment
    assert is_open(due - dt.timedelta(seconds=1), OFFICE, ZONE)
    assert due_at(moment, hours + more, OFFICE, ZONE) > due


@pytest.mark.parametrize(
    ("moment", "at_work"),
    [
        ("2026-11-24 07:29", False),
        ("2026-11-24 07:30", True),
        ("2026-11-24 11:30", False),
        ("2026-11-24 14:00", True),
        ("2026-11-28 09:00", False),
        ("2026-04-30 09:00", False),
    ],
)
def test_whether_anybody_is_at_the_desk(moment: str, at_work: bool) -> None:
    assert is_open(local(moment), OFFICE, ZONE) == at_work
