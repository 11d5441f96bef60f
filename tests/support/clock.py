"""A clock that stands still until the test moves it."""

from __future__ import annotations

import datetime as dt

#: A Tuesday at 09:00 in Rạch Giá, within working hours.
MORNING = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)


class FrozenClock:
    """Tells the time that it was set to."""

    def __init__(self, moment: dt.datetime = MORNING) -> None:
        self._moment = moment

    def now(self) -> dt.datetime:
        """The moment that it was set to."""
        return self._moment

    def advance(self, **delta: float) -> None:
        """Moves on by a `timedelta(**delta)`."""
        self._moment += dt.timedelta(**delta)

    def set(self, moment: dt.datetime) -> None:
        """Sets it."""
        self._moment = moment
