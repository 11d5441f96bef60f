"""Time: aware UTC inside, the operator's local time at the edge, handed in as a clock so that tests can set it."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

#: The zone of every place on the Vietnamese coast; `organization.yaml` names it too.
LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> dt.datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> dt.datetime:
        """The present moment, aware, in UTC."""
        return dt.datetime.now(dt.UTC)


def local(moment: dt.datetime) -> dt.datetime:
    """`moment` in the operator's local time."""
    return moment.astimezone(LOCAL_ZONE)


def local_day(moment: dt.datetime) -> dt.date:
    """The day on the operator's calendar."""
    return local(moment).date()


def show_time(moment: dt.datetime) -> str:
    """Day and time as people write them in Vietnam: `14:05 24/11/2026`."""
    return f"{local(moment):%H:%M %d/%m/%Y}"


def show_day(day: dt.date) -> str:
    """A day as people write it in Vietnam: `24/11/2026`."""
    return f"{day:%d/%m/%Y}"
