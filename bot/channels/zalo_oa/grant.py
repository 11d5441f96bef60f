"""What the account has been granted: a pair of tokens with its times, as it is kept between two runs (pure)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from bot.channels.zalo_oa.uncertain import FALLBACK_EXPIRES_IN

#: The access token lives for 25 hours and is renewed after 20, so that trouble in between is no trouble.
RENEW_AFTER = 0.8
#: So close to its end a token isn't used any more.
MARGIN = dt.timedelta(minutes=1)
#: The refresh token lives for three months; one that nobody used for so long is said loudly.
OLD = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Grant:
    """A pair of tokens; `seed` names the setting that it descends from, `dead` says why it was refused for good.

    `asking_since`: a renewal was begun and its end never written down. The refresh token may be used up.
    """

    seed: str
    access_token: str = ""
    refresh_token: str = ""
    renewed_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    asking_since: dt.datetime | None = None
    dead: str | None = None

    def usable(self, now: dt.datetime) -> bool:
        """Whether the access token may be used now."""
        return bool(self.access_token) and self.expires_at is not None and now < self.expires_at - MARGIN

    def due(self, now: dt.datetime) -> bool:
        """Whether it is time to renew it."""
        if self.expires_at is None or self.renewed_at is None:
            return True
        return now >= self.renewed_at + RENEW_AFTER * (self.expires_at - self.renewed_at)

    def to_json(self) -> dict[str, Any]:
        """For the store."""
        times = {name: value.isoformat() for name in _TIMES if (value := getattr(self, name)) is not None}
        words = {"seed": self.seed, "access_token": self.access_token, "refresh_token": self.refresh_token}
        return words | times | ({"dead": self.dead} if self.dead is not None else {})

    @classmethod
    def from_json(cls, value: Any) -> Grant | None:
        """From the store; None for what isn't there or can't be read."""
        try:
            words = {name: value[name] for name in ("seed", "access_token", "refresh_token")}
            if not all(isinstance(word, str) for word in words.values()):
                return None
            renewed, expires, asking = (
                dt.datetime.fromisoformat(value[name]) if name in value else None for name in _TIMES
            )
        except (KeyError, TypeError, ValueError):
            return None
        return cls(**words, renewed_at=renewed, expires_at=expires, asking_since=asking, dead=value.get("dead"))

    @classmethod
    def granted(cls, seed: str, answer: dict[str, Any], now: dt.datetime) -> Grant:
        """From the answer of the token call; raises `KeyError` or `TypeError` for what is no pair."""
        access, refresh = answer["access_token"], answer["refresh_token"]
        if not (isinstance(access, str) and isinstance(refresh, str) and access and refresh):
            raise TypeError("tokens are no text")
        try:
            seconds = int(str(answer["expires_in"]))
        except (KeyError, ValueError):
            seconds = FALLBACK_EXPIRES_IN
        ends = now + dt.timedelta(seconds=max(60, min(seconds, 10 * 86_400)))
        return cls(seed, access, refresh, renewed_at=now, expires_at=ends)


_TIMES = ("renewed_at", "expires_at", "asking_since")


def seed_of(refresh_token: str) -> str:
    """The name of a refresh token that an operator set: enough to tell another one, nothing to guess it from."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()[:16]
