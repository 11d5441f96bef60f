"""The life of a revision as one table; whatever isn't in it raises `WrongRevisionState`."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from bot.curation.errors import WrongRevisionState
from bot.store.tables import RevisionState


class Move(StrEnum):
    """What can be done to a revision, or befall it."""

    EDIT = "edit"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"
    ROLL_BACK = "roll_back"
    RESTORE = "restore"
    ABSORB = "absorb"


MOVES = MappingProxyType(
    {
        (RevisionState.DRAFT, Move.EDIT): RevisionState.DRAFT,
        (RevisionState.DRAFT, Move.SUBMIT): RevisionState.REVIEW,
        (RevisionState.DRAFT, Move.WITHDRAW): RevisionState.WITHDRAWN,
        # a changed text has to be submitted anew: what was read is what goes live
        (RevisionState.REVIEW, Move.EDIT): RevisionState.DRAFT,
        (RevisionState.REVIEW, Move.SEND_BACK): RevisionState.DRAFT,
        (RevisionState.REVIEW, Move.APPROVE): RevisionState.LIVE,
        (RevisionState.REVIEW, Move.WITHDRAW): RevisionState.WITHDRAWN,
        (RevisionState.LIVE, Move.SUPERSEDE): RevisionState.SUPERSEDED,
        (RevisionState.LIVE, Move.ROLL_BACK): RevisionState.ROLLED_BACK,
        # the files say the same by now, or a curator chose the files' version
        (RevisionState.LIVE, Move.ABSORB): RevisionState.ABSORBED,
        # what followed it was rolled back
        (RevisionState.SUPERSEDED, Move.RESTORE): RevisionState.LIVE,
    }
)


def after(state: RevisionState, move: Move, *, key: str) -> RevisionState:
    """The state that follows; raises `WrongRevisionState`."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise WrongRevisionState(
            f"{key} is {state.value}: {move.value} is not possible", key=key, state=state.value
        ) from None
