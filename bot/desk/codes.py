"""Ticket codes that can be read over the radio, and the secrets with which an answer is found again on the web."""

from __future__ import annotations

import re
import secrets

from bot.people.codes import ALPHABET, Choose, digest, matches, readable

#: Neutral on purpose: a code must not change its look when another operator runs the program.
PREFIX = "HD"
#: 32^5 = 33 million codes.
_CODE_LENGTH = 5
#: 50 bits: with the rate limit of the page that takes it, out of reach of guessing, and still fit for writing down.
_SECRET_LENGTH = 10

_CODE = re.compile(rf"^{PREFIX}[\s-]?([{ALPHABET}]{{{_CODE_LENGTH}}})$")


def new_code(choose: Choose = secrets.choice) -> str:
    """A ticket code such as `HD-7F3K2`."""
    return f"{PREFIX}-{readable(_CODE_LENGTH, choose)}"


def normalise_code(text: str) -> str | None:
    """The ticket code that somebody typed (`hd 7f3k2`), or None when it is none."""
    found = _CODE.match(text.strip().upper())
    return f"{PREFIX}-{found.group(1)}" if found else None


def new_secret(choose: Choose = secrets.choice) -> str:
    """A secret such as `4XKP9-TQM2H`."""
    letters = readable(_SECRET_LENGTH, choose)
    half = _SECRET_LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}"


def _bare(secret: str) -> str:
    return "".join(c for c in secret.upper() if c in ALPHABET)


def secret_hash(code: str, secret: str) -> str:
    """What the store keeps of a ticket's secret; the code is its salt."""
    return digest(_bare(secret), salt=code)


def secret_matches(code: str, secret: str, stored: str) -> bool:
    """Whether that is the ticket's secret, however it was typed, in a time that tells nothing."""
    return matches(_bare(secret), stored, salt=code)
