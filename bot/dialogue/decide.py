"""From a message to what is to be done: one table of rules, the first that claims the message decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.dialogue.actions import (
    Action,
    BindOfficer,
    Effect,
    RecordQuestion,
    RescueFirst,
    SetReachable,
    SetState,
    Welcome,
)
from bot.dialogue.buttons import Tap, parse
from bot.dialogue.context import Context, Knowledge
from bot.dialogue.danger import place_told, told_danger
from bot.dialogue.group import in_group, membership, replied
from bot.dialogue.mine import confirmed_erasing, stopped_by_word, went_on
from bot.dialogue.presses import chosen_by_number, pressed
from bot.dialogue.questions import asked
from bot.dialogue.requests import commanded, corrected, said_nothing, sent_media
from bot.dialogue.turn import Turn
from bot.messages import ChatKind, InboundMessage, Membership

Rule = Callable[[Turn], tuple[Action, ...] | None]


def _only_restyled(turn: Turn) -> tuple[Action, ...] | None:
    """A correction that leaves the words as they were needs no second answer."""
    return () if turn.message.edited and turn.text and turn.text == turn.state.question else None


def _officers_answer(turn: Turn) -> tuple[Action, ...] | None:
    """An officer's reply to a card in their own chat: they speak of danger, they aren't in it."""
    code = turn.context.replied_ticket
    return replied(turn, code) if code is not None and turn.context.officer is not None else None


#: Danger stands before everything else and in every state; a question is what nothing else claims.
RULES: tuple[Rule, ...] = (
    _officers_answer,
    told_danger,
    _only_restyled,
    pressed,
    commanded,
    confirmed_erasing,
    went_on,
    place_told,
    corrected,
    sent_media,
    said_nothing,
    stopped_by_word,
    chosen_by_number,
    asked,
)


def decide(message: InboundMessage, context: Context, knowledge: Knowledge, now: dt.datetime) -> tuple[Action, ...]:
    """What is to be said and done about one message, in the order in which it happens."""
    turn = Turn(message, context, knowledge, now)
    if isinstance(message.content, Membership):
        return membership(turn, message.content)
    if context.chat_kind is not ChatKind.PRIVATE:
        # Officers speak of danger all day: in a group it opens no ticket.
        return in_group(turn)
    if context.officer is not None and context.alerted_ticket is not None:
        # A reply to an alarm that woke an officer privately is the officer's answer, whatever danger it speaks of.
        return replied(turn, context.alerted_ticket)
    for rule in RULES:
        actions = rule(turn)
        if actions is not None:
            return _with_welcome(turn, actions)
    raise AssertionError("the last rule claims everything")


def _with_welcome(turn: Turn, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """On first contact the welcome comes before the first word, but never before the rescue numbers."""
    if not turn.context.first_contact or all(isinstance(action, Effect) and _silent(action) for action in actions):
        return actions
    if any(isinstance(action, (RescueFirst, Welcome, BindOfficer)) for action in actions) or _is_desk_tap(turn):
        return actions
    return (Welcome(menu=False), *actions)


def _silent(action: Effect) -> bool:
    return isinstance(action, (SetState, RecordQuestion, SetReachable))


def _is_desk_tap(turn: Turn) -> bool:
    found = parse(turn.press.data) if turn.press is not None else None
    return found is not None and found.tap is Tap.TICKET
