"""The life of a ticket as one table; whatever isn't in it raises `WrongState`."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from bot.desk.errors import WrongState
from bot.store.tables import TicketState

OPEN, TAKEN, ANSWERED, CLOSED = TicketState.OPEN, TicketState.TAKEN, TicketState.ANSWERED, TicketState.CLOSED


class Move(StrEnum):
    """What can be done to a ticket that may change its state."""

    TAKE = "take"
    RELEASE = "release"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    DETAIL = "detail"
    RAISE = "raise"
    WITHDRAW = "withdraw"


MOVES = MappingProxyType(
    {
        (OPEN, Move.TAKE): TAKEN,
        (TAKEN, Move.TAKE): TAKEN,  # taking over, or one's own again
        (TAKEN, Move.RELEASE): OPEN,
        (OPEN, Move.ANSWER): ANSWERED,
        (TAKEN, Move.ANSWER): ANSWERED,
        (ANSWERED, Move.ANSWER): ANSWERED,  # a follow-up
        (OPEN, Move.CLOSE): CLOSED,
        (TAKEN, Move.CLOSE): CLOSED,
        (ANSWERED, Move.CLOSE): CLOSED,
        (ANSWERED, Move.REOPEN): OPEN,
        (CLOSED, Move.REOPEN): OPEN,
        # what the asker says: to a ticket that was done with it means that it isn't
        (OPEN, Move.DETAIL): OPEN,
        (TAKEN, Move.DETAIL): TAKEN,
        (ANSWERED, Move.DETAIL): OPEN,
        (CLOSED, Move.DETAIL): OPEN,
        # the asker needs it no more
        (OPEN, Move.WITHDRAW): CLOSED,
        (TAKEN, Move.WITHDRAW): CLOSED,
        (ANSWERED, Move.WITHDRAW): CLOSED,
        # danger: whoever had the ticket keeps it, one that was done with wakes everybody
        (OPEN, Move.RAISE): OPEN,
        (TAKEN, Move.RAISE): TAKEN,
        (ANSWERED, Move.RAISE): OPEN,
        (CLOSED, Move.RAISE): OPEN,
    }
)


def after(state: TicketState, move: Move, *, code: str) -> TicketState:
    """The state that follows; raises `WrongState`."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise WrongState(
            f"{code} is {state.value}: {move.value} is not possible", code=code, state=state.value
        ) from None
