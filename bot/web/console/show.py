"""How officers read times, positions and figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.clock import local, show_time
from bot.desk.cards import Position
from bot.web.console.visits import Visit

_MINUTE = dt.timedelta(minutes=1)


def span(visit: Visit, length: dt.timedelta) -> str:
    """A length of time in its largest useful unit: `20 phút`, `3 giờ`, `2 ngày`."""
    minutes = int(abs(length) / _MINUTE)
    if minutes < 1:
        return visit.t("span.moment")
    if minutes < 90:
        return visit.t("span.minutes", n=minutes)
    if minutes < 36 * 60:
        return visit.t("span.hours", n=round(minutes / 60))
    return visit.t("span.days", n=round(minutes / 1440))


def ago(visit: Visit, moment: dt.datetime) -> str:
    """`20 phút trước`."""
    passed = visit.now - moment
    return visit.t("span.just_now") if passed < _MINUTE else visit.t("span.ago", span=span(visit, passed))


def due(visit: Visit, moment: dt.datetime) -> str:
    """`quá hạn 20 phút`, `còn 35 phút`."""
    left = moment - visit.now
    return visit.t("span.overdue" if left < dt.timedelta() else "span.left", span=span(visit, left))


def short_time(visit: Visit, moment: dt.datetime) -> str:
    """`14:05` today, `14:05 23/11` this year, else with the year."""
    there, here = local(moment), local(visit.now)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{there:%H:%M %d/%m}" if there.year == here.year else show_time(moment)


#: What platforms and the house say when something isn't sent, by a part of it, to the words below `console.reason`.
_REASONS = (
    ("blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("chat not found", "unknown_chat"),
    ("was kicked", "kicked"),
    ("window closed", "window"),
    ("quota used up", "quota"),
    ("not a follower", "unfollowed"),
    ("set-up:", "setup"),
    ("the notice was stopped", "stopped"),
    ("expired", "expired"),
    ("no reason given", "unknown"),
)


def reason(visit: Visit, text: str | None) -> str:
    """Why something wasn't sent, in the reader's language where the reason is a known one; else as it was given."""
    if not text:
        return visit.t("reason.unknown")
    known = next((name for part, name in _REASONS if part in text.lower()), None)
    return visit.t(f"reason.{known}") if known else text


@dataclass(frozen=True, slots=True)
class Place:
    """A position as it is read over the radio, and ways to look at it on a map."""

    text: str
    decimal: str
    map: str

    @classmethod
    def of(cls, latitude: float, longitude: float) -> Place:
        """The same words as on the card in the officers' group."""
        position = Position(latitude, longitude)
        return cls(text=str(position), decimal=f"{latitude:.5f},{longitude:.5f}", map=position.map_url)

    @property
    def geo(self) -> str:
        """Opens the telephone's own map (RFC 5870)."""
        return f"geo:{self.decimal}"
