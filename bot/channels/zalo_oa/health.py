"""How the account is doing, for `/readyz` and `doctor`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OaHealth:
    """Whether messages can be sent; `error` for who can mend it, `note` for who wants to know."""

    ok: bool
    note: str
    error: str | None = None


def span(since: dt.datetime | None, now: dt.datetime) -> str:
    """How long since, for a person: `3.0 h`, `4 d`; `never` for nothing."""
    if since is None:
        return "never"
    hours = max(0.0, (now - since).total_seconds() / 3600)
    return f"{hours:.1f} h" if hours < 72 else f"{hours / 24:.0f} d"
