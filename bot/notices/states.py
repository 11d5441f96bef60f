"""The life of a notice as one table; whatever isn't in it raises `WrongNoticeState`."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from bot.notices.errors import WrongNoticeState
from bot.store.tables import NoticeState


class Move(StrEnum):
    """What can be done to a notice."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    STOP = "stop"
    COMPLETE = "complete"
    DISCARD = "discard"


MOVES = MappingProxyType(
    {
        (NoticeState.DRAFT, Move.EDIT): NoticeState.DRAFT,
        (NoticeState.DRAFT, Move.SUBMIT): NoticeState.SUBMITTED,
        (NoticeState.DRAFT, Move.DISCARD): NoticeState.DISCARDED,
        # a changed text has to be submitted anew: what was approved is what is sent
        (NoticeState.SUBMITTED, Move.EDIT): NoticeState.DRAFT,
        (NoticeState.SUBMITTED, Move.APPROVE): NoticeState.SENDING,
        (NoticeState.SUBMITTED, Move.DISCARD): NoticeState.DISCARDED,
        # scheduled ones too: nothing of them may leave any more
        (NoticeState.SENDING, Move.STOP): NoticeState.STOPPED,
        (NoticeState.SENDING, Move.COMPLETE): NoticeState.COMPLETED,
    }
)


def after(state: NoticeState, move: Move, *, code: str) -> NoticeState:
    """The state that follows; raises `WrongNoticeState`."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise WrongNoticeState(
            f"{code} is {state.value}: {move.value} is not possible", code=code, state=state.value
        ) from None
