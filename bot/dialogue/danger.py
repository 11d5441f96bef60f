"""Danger first: what is done when somebody tells of it, taps SOS, or says where they are."""

from __future__ import annotations

from bot.dialogue import buttons
from bot.dialogue.actions import Action, AddDetail, OpenTicket, RaiseTicket, RecordQuestion, RescueFirst, Say, TellSafe
from bot.dialogue.context import Awaiting, DialogueState
from bot.dialogue.coordinates import find_position, is_only_position, show_position
from bot.dialogue.questions import answer_actions, choose_actions
from bot.dialogue.turn import Turn
from bot.matching import Decision, Distress
from bot.messages import Location

Actions = tuple[Action, ...]


def told_danger(turn: Turn) -> Actions | None:
    """Words of danger, in whatever state, command, caption or correction they stand."""
    distress, kind = turn.danger
    if distress is Distress.CERTAIN:
        return _certain(turn, kind)
    if distress is Distress.POSSIBLE:
        return _possible(turn, kind)
    return None


def cry(turn: Turn, words: str) -> Actions:
    """Help asked for by button or command: certain danger, of a kind that nobody has told yet."""
    location = find_position(turn.words, awaited=True) or turn.remembered_position
    return _rescue(turn, kind=None, words=words, location=location)


def place_told(turn: Turn) -> Actions | None:
    """A position, sent or typed."""
    content = turn.message.content
    if isinstance(content, Location):
        return _place(turn, content, content.name)
    if not turn.text or turn.command is not None:
        return None
    awaited = turn.state.awaiting is Awaiting.POSITION or (turn.ticket is not None and turn.ticket.kind != "question")
    if awaited or is_only_position(turn.text):
        location = find_position(turn.text, awaited=True)
        return _place(turn, location, turn.text) if location is not None else None
    return None


def safe_again(turn: Turn) -> Actions:
    """The person says by button that they are safe; whether the call for help is over is for an officer to say."""
    call = turn.call_for_help
    if call is None:
        return (Say("danger.nothing_open", buttons=(buttons.MENU,)),)
    return (TellSafe(call.code), Say("danger.safe", {"code": call.code}))


def _certain(turn: Turn, kind: str | None) -> Actions:
    location = find_position(turn.words, awaited=True) or turn.remembered_position
    return _rescue(turn, kind=kind, words=turn.words, location=location, told=True)


def _rescue(turn: Turn, *, kind: str | None, words: str, location: Location | None, told: bool = False) -> Actions:
    first = RescueFirst(kind, certain=True, ask_position=location is None)
    language = turn.language_of_words() if told else ()
    record: Actions = (RecordQuestion(words, turn.recorded),) if told else ()
    awaiting = Awaiting.POSITION if location is None else Awaiting.DETAILS
    state = turn.remember(DialogueState(awaiting=awaiting))
    ticket = turn.ticket
    if ticket is None:
        opened: Actions = (
            OpenTicket(
                "distress",
                words,
                distress_kind=kind,
                location=location,
                media=turn.media or turn.state.media,
                more_media=() if turn.media is not None else turn.state.more_media,
            ),
        )
    elif ticket.kind == "distress":
        opened = (AddDetail(ticket.code, text=words, location=location, media=turn.media),)
    else:
        opened = (RaiseTicket(ticket.code, kind, words),)
        if location is not None or turn.media is not None:
            opened += (AddDetail(ticket.code, location=location, media=turn.media, quiet=location is None),)
    return (first, *language, *opened, *record, *state)


def _possible(turn: Turn, kind: str | None) -> Actions:
    """Numbers first; then the answer if it is sure, otherwise an officer hears of it at once."""
    first = RescueFirst(kind, certain=False)
    language = turn.language_of_words()
    record = RecordQuestion(turn.words, turn.recorded)
    if turn.match.decision is Decision.ANSWER and not turn.is_long and not turn.in_distress:
        answer = answer_actions(turn, turn.match.entry or "", asked=turn.words)
        if answer is not None:
            return (first, *language, record, *answer)
    location = find_position(turn.words)
    ticket = turn.ticket
    if ticket is not None and ticket.kind != "question":
        told: Action = AddDetail(ticket.code, text=turn.words, location=location, media=turn.media)
    else:
        told = OpenTicket("possible_distress", turn.words, distress_kind=kind, location=location, media=turn.media)
    if turn.match.decision is Decision.CLARIFY and not turn.in_distress:
        offer = choose_actions(turn, asked=turn.words)
        if offer is not None:
            return (first, *language, told, record, *offer)
    awaiting = Awaiting.POSITION if turn.in_distress and location is None else Awaiting.DETAILS
    return (first, *language, told, record, *turn.remember(DialogueState(awaiting=awaiting, question=turn.words)))


def _place(turn: Turn, location: Location, words: str) -> Actions:
    shown = {"position": show_position(location)}
    ticket = turn.ticket
    if ticket is not None and (
        ticket.kind != "question" or turn.state.awaiting in (Awaiting.POSITION, Awaiting.DETAILS)
    ):
        detail = AddDetail(ticket.code, text=words, location=location)
        return (detail, *turn.remember(DialogueState(awaiting=Awaiting.DETAILS)))
    if location.live:
        return ()
    if turn.state.awaiting is Awaiting.POSITION:
        # Help was called for, but no ticket is open any more: a new one, rather than a position that nobody sees.
        told = turn.officers_words("ticket.position_only")
        opened = OpenTicket("distress", words or told, location=location)
        return (
            RescueFirst(None, certain=True, ask_position=False),
            opened,
            *turn.remember(DialogueState(awaiting=Awaiting.DETAILS)),
        )
    keep = turn.keep(position=location, position_at=turn.now)
    return (Say("position.why", shown, buttons=(buttons.SOS, buttons.ASK)), *keep)
