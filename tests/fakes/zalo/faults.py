"""Zalo's own kinds of trouble, beside those that every server knows (`tests.fakes.telegram.faults`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A refusal as Zalo gives it: HTTP 200, and the error inside."""

    error: int
    message: str = "refused"


@dataclass(frozen=True, slots=True)
class TooMany:
    """HTTP 429 from whatever stands before the API."""

    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Half:
    """The request is carried out, and the connection breaks in the middle of the answer."""
