"""Trouble on demand: what the emulator does instead of answering properly."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Flood:
    """429 with `retry_after` seconds."""

    seconds: int = 3


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error answer, e.g. 403 or 500, with Telegram's JSON."""

    code: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Something that isn't the Bot API answers: a proxy's page."""

    status: int = 502
    body: str = "<html>Bad Gateway</html>"


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer until the emulator closes; `after`: the request has been carried out."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class CutOff:
    """The connection breaks; `after`: the request has been carried out."""

    after: bool = False


Fault = Flood | Refuse | Page | Hang | CutOff

BLOCKED = Refuse(403, "Forbidden: bot was blocked by the user")
SERVER_ERROR = Refuse(500, "Internal Server Error")
UNAUTHORIZED = Refuse(401, "Unauthorized")
CONFLICT = Refuse(
    409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(slots=True)
class _Waiting:
    method: str
    fault: Fault
    times: int | None
    skip: int


class Faults:
    """Faults that wait for their requests, by method (`*` for all), each for a number of times."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def add(self, method: str, fault: Fault, times: int | None = 1, *, skip: int = 0) -> None:
        """After `skip` good ones, the next `times` requests of `method` meet the fault; None: all, until `clear`."""
        self._waiting.append(_Waiting(method.lower(), fault, times, skip))

    def clear(self) -> None:
        """No more faults."""
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that a request of `method` meets."""
        for waiting in self._waiting:
            if waiting.method not in (method.lower(), "*"):
                continue
            if waiting.skip:
                waiting.skip -= 1
                continue
            if waiting.times is not None:
                waiting.times -= 1
                if waiting.times == 0:
                    self._waiting.remove(waiting)
            return waiting.fault
        return None
