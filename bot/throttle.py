"""How often somebody may do something: sliding windows in memory, one process's own.

Meant for nuisance, not for rights: a second process counts for itself, and a restart forgets.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections import OrderedDict, deque

MINUTE = dt.timedelta(minutes=1)


class Throttle:
    """Counts what each key did within the window; when there are too many keys, the longest quiet are forgotten."""

    def __init__(self, allowed: int, *, window: dt.timedelta = MINUTE, remembered: int = 20_000) -> None:
        self._allowed = allowed
        self._window = window
        self._remembered = remembered
        self._seen: OrderedDict[str, deque[dt.datetime]] = OrderedDict()

    def wait_for(self, key: str, now: dt.datetime) -> int:
        """Seconds until `key` may go on; 0: at once."""
        times = self._seen.get(key)
        if times is None:
            return 0
        while times and now - times[0] >= self._window:
            times.popleft()
        if len(times) < self._allowed:
            return 0
        return max(1, round((times[0] + self._window - now).total_seconds()))

    def count(self, key: str, now: dt.datetime) -> None:
        """Notes that `key` did it once."""
        self._seen.setdefault(key, deque(maxlen=self._allowed)).append(now)
        self._seen.move_to_end(key)
        while len(self._seen) > self._remembered:
            self._seen.popitem(last=False)


def address_key(peer: str) -> str:
    """An address as it is counted: an IPv6 customer holds a whole /64."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return peer
