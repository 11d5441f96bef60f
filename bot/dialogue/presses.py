"""Taps in a private chat, and numbers typed in their place; what can't be a button of ours is told so."""

from __future__ import annotations

import re

from bot.clock import local_day
from bot.dialogue import buttons, mine
from bot.dialogue.actions import (
    Action,
    DeskAct,
    MarkTapped,
    RecordFeedback,
    RecordQuestion,
    Say,
    SetLanguage,
    ShowMenu,
    ShowSubscriptions,
    ShowTopic,
    StopNotices,
    Subscribe,
)
from bot.dialogue.buttons import Pressed, Tap
from bot.dialogue.context import Awaiting, DialogueState
from bot.dialogue.danger import cry, safe_again
from bot.dialogue.offers import DOCUMENT, NOTICE_KINDS, Offering, topic_page, which
from bot.dialogue.questions import answer_actions, ask_what, hand_over
from bot.dialogue.turn import Turn
from bot.matching import Candidate, Decision, Match

Actions = tuple[Action, ...]

GONE = Say("button.gone", buttons=(buttons.MENU,))
_NUMBER = re.compile(r"\d{1,2}[.)]?")


def pressed(turn: Turn) -> Actions | None:
    """The message is a tap."""
    press = turn.press
    if press is None:
        return None
    found = buttons.parse(press.data)
    if found is None:
        return (GONE,)
    return (*handle(turn, found), *_mark(turn, found, press.data))


def _mark(turn: Turn, found: Pressed, data: str) -> Actions:
    """What the tapped message shows from now on."""
    if found.tap in (Tap.HELPFUL, Tap.UNHELPFUL):
        return (MarkTapped("feedback", data),)
    tapped = turn.context.tapped
    if tapped is None or tapped.message.page or found.tap not in (Tap.ENTRY, Tap.DOCUMENT, Tap.NONE):
        return ()
    # Only the question "which of these?" has a button for none of them; under an answer nothing is used up.
    offers = any(button.data == buttons.NONE for row in tapped.message.buttons for button in row)
    return (MarkTapped("choice", data),) if offers else ()


def chosen_by_number(turn: Turn) -> Actions | None:
    """A bare number where something was offered: the n-th of it, 0 for none."""
    offered = turn.state.offered
    # With a ticket open a bare number is rather an answer: "how many people?"
    can = turn.context.capabilities
    with_buttons = can.buttons and len(offered) <= can.max_buttons
    answering = turn.state.awaiting in (Awaiting.DETAILS, Awaiting.QUESTION) and with_buttons
    if turn.in_distress or answering or not offered or not _NUMBER.fullmatch(turn.text):
        return None
    number = int(turn.text.rstrip(".)"))
    if number == 0 and turn.state.awaiting is Awaiting.CHOICE:
        return handle(turn, Pressed(Tap.NONE))
    if 1 <= number <= len(offered) and (found := buttons.parse(offered[number - 1])) is not None:
        return handle(turn, found)
    return (Say("choice.out_of_range", {"count": str(len(offered))}),)


def handle(turn: Turn, pressed: Pressed) -> Actions:
    """What a tap asks for."""
    match pressed.tap:
        case Tap.SOS:
            return cry(turn, turn.officers_words("ticket.sos_pressed"))
        case Tap.SAFE:
            return safe_again(turn)
        case Tap.ENTRY:
            return _show(turn, pressed.subject)
        case Tap.CHOICE:
            return _go_on(turn, pressed.parts[0], int(pressed.parts[1]))
        case Tap.DOCUMENT:
            return answer_actions(turn, DOCUMENT + pressed.subject, asked=None) or (GONE,)
        case Tap.NONE:
            return _none_of_these(turn)
        case Tap.HELPFUL | Tap.UNHELPFUL:
            return _feedback(turn, pressed.subject, helpful=pressed.tap is Tap.HELPFUL)
        case Tap.ABOUT:
            return _about(turn, pressed.subject)
        case Tap.ASK:
            return _ask(turn)
        case Tap.NEW:
            return _another_question(turn)
        case Tap.MENU:
            return offering(turn, ShowMenu())
        case Tap.TOPIC:
            return _topic(turn, pressed)
        case Tap.SUBSCRIPTIONS:
            return subscriptions(turn)
        case Tap.SUBSCRIBE:
            return (
                (Subscribe(pressed.subject, pressed.parts[0] == "on"),) if pressed.subject in NOTICE_KINDS else (GONE,)
            )
        case Tap.LANGUAGES:
            return languages(turn)
        case Tap.LANGUAGE:
            return (
                SetLanguage("en" if pressed.subject == "en" else "vi"),
                Say("language.set", buttons=(buttons.MENU,), page=True),
            )
        case Tap.TICKET:
            return _desk(turn, pressed)
        case Tap.DONE:
            return ()
    return _mine(turn, pressed)


def _mine(turn: Turn, pressed: Pressed) -> Actions:
    """Taps about what is the person's own."""
    match pressed.tap:
        case Tap.ACCOUNT:
            return mine.account(turn)
        case Tap.PROFILE:
            return mine.profile(turn)
        case Tap.PROFILE_ASK:
            return mine.ask_profile(turn, pressed.subject)
        case Tap.PROFILE_SET:
            return mine.set_profile(turn, pressed)
        case Tap.PROFILE_CLEAR:
            return mine.clear_profile(turn)
        case Tap.STOP:
            return (StopNotices(),)
        case Tap.TICKETS:
            return mine.tickets(turn)
        case Tap.OWN:
            return mine.own(turn, pressed)
        case Tap.DATA:
            return mine.export()
        case Tap.ERASE:
            return mine.ask_erasing(turn)
        case Tap.ERASE_YES:
            return mine.erase(turn)
        case Tap.ERASE_NO:
            return mine.keep_data(turn)
        case Tap.LINK:
            return mine.link(turn, "")
        case Tap.UNLINK:
            return mine.leave_chats()
    raise AssertionError(f"nobody handles {pressed.tap}")


def offering(turn: Turn, action: ShowMenu | ShowTopic) -> Actions:
    """Shows a list, and remembers it for whoever types a number."""
    return (action, *_remember_offer(turn, action))


def subscriptions(turn: Turn) -> Actions:
    """Shows the notices with their switches."""
    on = turn.context.subscriptions
    offered = tuple(buttons.subscribe(kind, on=kind not in on) for kind in NOTICE_KINDS)
    return (ShowSubscriptions(), *turn.keep(offered=offered))


def languages(turn: Turn) -> Actions:
    """Asks in which language to speak."""
    offered = (buttons.language("vi"), buttons.language("en"))
    return (Say("language.which", buttons=offered, page=True), *turn.keep(offered=offered))


def _remember_offer(turn: Turn, action: Offering) -> Actions:
    offered = tuple(offer.data for offer in which(action, turn.knowledge, local_day(turn.now)))
    return turn.keep(offered=offered)


def _show(turn: Turn, entry_id: str) -> Actions:
    entry = turn.knowledge.snapshot.entry(entry_id)
    if entry is None:
        return (GONE,)
    chosen = turn.state.awaiting is Awaiting.CHOICE and buttons.entry(entry.id) in turn.state.offered
    asked = turn.state.question if chosen else None
    title = entry.question.get(turn.context.language)
    answer = answer_actions(turn, entry.id, asked=asked)
    if answer is None:
        # It was offered while it could be given; now only a person can say what holds.
        return hand_over(turn, asked or title, entry=entry.id)
    # A choice among candidates was recorded when the question was asked; only what is merely opened is noted here.
    record: Actions = () if chosen else (RecordQuestion(title, _opened(turn, entry.id)),)
    return (*record, *answer)


def _go_on(turn: Turn, entry_id: str, number: int) -> Actions:
    """What was chosen where an entry asks back: another entry, or that part of the answer."""
    entry = turn.knowledge.snapshot.entry(entry_id)
    choices = entry.asks.choices if entry is not None and entry.asks is not None else ()
    if entry is None or number >= len(choices):
        return (GONE,)
    if (other := choices[number].entry) is not None:
        return _show(turn, other)
    return answer_actions(turn, entry.id, asked=turn.state.question, choice=number) or (GONE,)


def _opened(turn: Turn, entry_id: str) -> Match:
    return Match(
        decision=Decision.ANSWER,
        distress=None,
        distress_kind=None,
        entry=entry_id,
        confidence=1.0,
        candidates=(Candidate(entry_id, 1.0),),
        smalltalk=None,
        language=turn.context.language.value,
        why=("opened by button",),
    )


def _none_of_these(turn: Turn) -> Actions:
    question = turn.state.question
    if turn.state.awaiting is not Awaiting.CHOICE or question is None:
        return _waiting_or_ask(turn)
    if turn.ticket is not None and turn.ticket.kind != "question":
        # The urgent ticket was opened with these words already.
        return (*_waiting(turn.ticket.code), *turn.remember(DialogueState(awaiting=Awaiting.DETAILS)))
    return hand_over(turn, question)


def _feedback(turn: Turn, entry_id: str, *, helpful: bool) -> Actions:
    entry = turn.knowledge.snapshot.entry(entry_id)
    if entry is None:
        return (GONE,)
    if helpful:
        # Where the tapped buttons can say thanks themselves, no further message does.
        seen = turn.context.tapped is not None and turn.context.capabilities.edit
        return (RecordFeedback(entry.id, helpful=True), *(() if seen else (Say("feedback.thanks"),)))
    return (RecordFeedback(entry.id, helpful=False), Say("feedback.sorry", buttons=(buttons.about(entry.id),)))


def _about(turn: Turn, entry_id: str) -> Actions:
    entry = turn.knowledge.snapshot.entry(entry_id)
    if entry is None:
        return (GONE,)
    state = turn.state
    if state.last_entry == entry.id and state.question is not None:
        return hand_over(turn, state.question, entry=entry.id)
    if state.last_entry == entry.id or turn.ticket is None:
        return ask_what(turn, entry=entry.id)
    return _waiting(turn.ticket.code)


def _ask(turn: Turn) -> Actions:
    if turn.state.media is not None:
        return hand_over(turn, turn.state.question or turn.officers_words("ticket.media_only"), media=turn.state.media)
    return ask_what(turn)


def _another_question(turn: Turn) -> Actions:
    return hand_over(turn, turn.state.question) if turn.state.question is not None else _waiting_or_ask(turn)


def _topic(turn: Turn, pressed: Pressed) -> Actions:
    show = ShowTopic(pressed.parts[0], int(pressed.parts[1]))
    page = topic_page(show, turn.knowledge, local_day(turn.now))
    return offering(turn, show) if page is not None and page.offers else (GONE,)


def _desk(turn: Turn, pressed: Pressed) -> Actions:
    if turn.context.officer is None:
        return (GONE,)
    return (desk_act(pressed.parts[0], pressed.subject),)


def desk_act(act: str, code: str, text: str = "") -> DeskAct:
    """An officer's act on a ticket, by its name in buttons and commands."""
    match act:
        case "take" | "release" | "close" | "show" | "note" | "answer":
            return DeskAct(act, code, text=text)
    raise ValueError(f"no act on a ticket is called {act!r}")


def _waiting(code: str) -> Actions:
    return (Say("ticket.waiting", {"code": code}, buttons=(buttons.ASK,)),)


def _waiting_or_ask(turn: Turn) -> Actions:
    return _waiting(turn.ticket.code) if turn.ticket is not None else ask_what(turn)
