"""What the codes in the answers mean for a message. Answers come with HTTP 200; `error` says how it went."""

from __future__ import annotations

import datetime as dt
from enum import Enum, auto

from bot.clock import local
from bot.messages import Means, NotSent, OutOfReach, Rejected, RetryLater, SendError, Unreachable

#: What is left to an officer when the account may not write any more.
MEANS = (Means.TEMPLATE, Means.GROUP, Means.PHONE)

#: From this hour promotional content may be sent again (it is refused from 22:00 on).
_MORNING = dt.time(6, 0)


class ApiError(Exception):
    """The API answered, and refused."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Meaning(Enum):
    """What a code is about."""

    TOKEN = auto()
    RATE = auto()
    FAILED = auto()
    ATTACHMENT_GONE = auto()
    MALFORMED = auto()
    NO_FOLLOWER = auto()
    WINDOW = auto()
    NOT_TO_THIS_PERSON = auto()
    NIGHT = auto()
    QUOTA = auto()
    SET_UP = auto()


#: The codes; where two wordings are known for one, the message goes into the log.
MEANINGS: dict[int, Meaning] = {
    -216: Meaning.TOKEN,
    -220: Meaning.TOKEN,
    -32: Meaning.RATE,
    -200: Meaning.FAILED,
    -100: Meaning.ATTACHMENT_GONE,
    -201: Meaning.MALFORMED,
    -210: Meaning.MALFORMED,
    -233: Meaning.MALFORMED,
    -240: Meaning.MALFORMED,
    -213: Meaning.NO_FOLLOWER,
    -227: Meaning.NO_FOLLOWER,
    -217: Meaning.NOT_TO_THIS_PERSON,
    -218: Meaning.NOT_TO_THIS_PERSON,
    -244: Meaning.NOT_TO_THIS_PERSON,
    -230: Meaning.WINDOW,
    -232: Meaning.WINDOW,
    -234: Meaning.NIGHT,
    -211: Meaning.QUOTA,
} | dict.fromkeys((-204, -205, -209, -212, -219, -221, -223, -224, -235, -242, -248, -320, -321), Meaning.SET_UP)


def send_error(error: ApiError, now: dt.datetime) -> SendError:
    """The `SendError` for a refused message; `now` for what has to wait for the next minute or the morning."""
    said = f"Zalo {error.code} ({error.message[:200]})"
    match MEANINGS.get(error.code):
        case Meaning.TOKEN:
            return NotSent(f"set-up: {said}: the access token is refused")
        case Meaning.RATE:
            return RetryLater(said, 61.0 - now.second)
        case Meaning.FAILED:
            return NotSent(said)
        case Meaning.ATTACHMENT_GONE | Meaning.MALFORMED:
            return Rejected(said)
        case Meaning.NO_FOLLOWER:
            return Unreachable(f"not a follower: {said}")
        case Meaning.WINDOW:
            return OutOfReach(f"window closed: {said}", MEANS)
        case Meaning.NOT_TO_THIS_PERSON:
            return OutOfReach(f"the person takes no (more) such messages: {said}", MEANS)
        case Meaning.NIGHT:
            return RetryLater(f"not at night: {said}", _until_morning(now))
        case Meaning.QUOTA:
            return OutOfReach(f"quota used up: {said}", MEANS)
        case Meaning.SET_UP:
            return NotSent(f"set-up: {said}")
    # A code that nobody has told of: said loudly, tried again for an hour, and then a dead letter that is told.
    return NotSent(f"unknown code: {said}")


def _until_morning(now: dt.datetime) -> float:
    here = local(now)
    morning = here.replace(hour=_MORNING.hour, minute=0, second=0, microsecond=0)
    if morning <= here:
        morning += dt.timedelta(days=1)
    return (morning - here).total_seconds()
