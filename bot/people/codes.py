"""Codes that people read aloud, one-time codes, secrets, and the hashes that are all the store keeps of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence

#: No 0/O and no 1/I: codes are read out over the radio and typed with thick fingers.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

Choose = Callable[[Sequence[str]], str]


def readable(length: int, choose: Choose = secrets.choice) -> str:
    """A random code of `length` letters and digits that can't be confused; five bits each."""
    return "".join(choose(ALPHABET) for _ in range(length))


def one_time_code() -> str:
    """A code for a link or a command: 192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def digest(secret: str, *, salt: str = "") -> str:
    """What the store keeps of a secret. The secrets are random and long, so one round of SHA-256 will do."""
    return hashlib.sha256(f"{salt}:{secret}".encode()).hexdigest()


def matches(secret: str, stored: str, *, salt: str = "") -> bool:
    """Whether `secret` is the one that was stored, in a time that tells nothing."""
    return hmac.compare_digest(digest(secret, salt=salt), stored)
