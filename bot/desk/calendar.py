"""Working time as pure functions: when an answer is due, and whether anybody is at the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.faq.schema import WorkingHours

#: No service level reaches further; a calendar without a working day in it falls back to the clock.
_HORIZON_DAYS = 370


def _spans(start: dt.date, hours: WorkingHours, zone: ZoneInfo) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The spans of work from the day before `start` on, in UTC and in order; a span past midnight ends the next day."""
    for offset in range(-1, _HORIZON_DAYS):
        day = start + dt.timedelta(days=offset)
        if day.isoweekday() not in hours.days or day in hours.holidays:
            continue
        for begin, end in sorted(hours.spans):
            last = day if end > begin else day + dt.timedelta(days=1)
            yield (
                dt.datetime.combine(day, begin, zone).astimezone(dt.UTC),
                dt.datetime.combine(last, end, zone).astimezone(dt.UTC),
            )


def due_at(opened: dt.datetime, hours: float, working: WorkingHours, zone: ZoneInfo) -> dt.datetime:
    """The moment, in UTC, at which `hours` of working time have passed since `opened`.

    Time outside the working hours doesn't count: lunch, nights, weekends, holidays. A calendar in which nobody ever
    works counts by the clock, so that a mistake in it loses no ticket.
    """
    opened = opened.astimezone(dt.UTC)
    left = dt.timedelta(hours=hours)
    for begin, end in _spans(opened.astimezone(zone).date(), working, zone):
        begin = max(begin, opened)
        if end <= begin:
            continue
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return opened + dt.timedelta(hours=hours)


def is_open(moment: dt.datetime, working: WorkingHours, zone: ZoneInfo) -> bool:
    """Whether `moment` is within the working hours; the end of a span no longer is."""
    for begin, end in _spans(moment.astimezone(zone).date(), working, zone):
        if begin <= moment < end:
            return True
        if begin > moment:
            return False
    return False
