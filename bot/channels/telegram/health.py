"""How the intake is doing, for `/readyz` and `doctor`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: Without a fetch for so long the intake isn't well: long polls come back every half minute.
UNWELL_AFTER = dt.timedelta(minutes=5)
#: Without a fetch for so long it is an emergency: Telegram keeps unfetched updates 24 h (Bot API, "Getting updates").
ALARM_AFTER = dt.timedelta(hours=1)
ALARM_EVERY = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PollerHealth:
    """Whether updates come in; `last_fetch` is the last time that all there was had been fetched *and* committed."""

    ok: bool
    last_fetch: dt.datetime | None
    error: str | None


def assess(
    now: dt.datetime, *, started: dt.datetime, last_fetch: dt.datetime | None, error: str | None, lasting: bool
) -> PollerHealth:
    """The health at `now`; a `lasting` error (token, conflict, inbox) counts at once, a passing one after minutes."""
    silence = now - (last_fetch or started)
    if silence >= ALARM_AFTER:
        hours = silence.total_seconds() / 3600
        text = f"no updates fetched for {hours:.1f} h; Telegram forgets updates after 24 h"
        return PollerHealth(ok=False, last_fetch=last_fetch, error=f"{text}: {error}" if error else text)
    if lasting or silence >= UNWELL_AFTER:
        return PollerHealth(ok=False, last_fetch=last_fetch, error=error or "no updates fetched for some minutes")
    return PollerHealth(ok=last_fetch is not None, last_fetch=last_fetch, error=error)
