"""How a delivery proves that it comes from Zalo (pure)."""

from __future__ import annotations

import hashlib
import hmac


def mac_of(app_id: str, body: bytes, timestamp: str, secret_key: str) -> str:
    """sha256 over app id, the raw body, the event's time and the account's secret key: a plain hash, not an HMAC."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret_key.encode()).hexdigest()


def is_signed(header: str | None, body: bytes, *, app_id: str, secret_key: str, timestamps: tuple[str, ...]) -> bool:
    """Whether the header carries the mac of the body with one of the timestamps; takes as long for any wrong one."""
    if header is None:
        return False
    given = header.strip().removeprefix("mac=").strip().lower().encode("utf-8", "replace")
    # All are compared, whichever fits: how long it takes tells nothing.
    fitting = [hmac.compare_digest(given, mac_of(app_id, body, t, secret_key).encode()) for t in timestamps]
    return any(fitting)
