"""Questions: answered, clarified, or handed to an officer; and what people say besides."""

from __future__ import annotations

from collections.abc import Iterable

from bot.clock import local_day
from bot.dialogue import buttons
from bot.dialogue.actions import (
    Action,
    AddDetail,
    AskWhich,
    GiveAnswer,
    GiveDocument,
    OpenTicket,
    RecordQuestion,
    Say,
    Welcome,
)
from bot.dialogue.buttons import Tap
from bot.dialogue.context import Awaiting, DialogueState
from bot.dialogue.offers import DOCUMENT, which
from bot.dialogue.turn import Turn
from bot.matching import Decision
from bot.messages import MediaRef

Actions = tuple[Action, ...]

#: So many entries are offered when it isn't clear which is meant.
MOST_CHOICES = 3
#: From this confidence on, the best candidate's topic is good enough to choose the department.
ROUTING_CONFIDENCE = 0.3
#: Kinds of small talk with an answer of their own (`smalltalk.<kind>`); of any other kind, a friendly word will do.
SMALLTALK = ("greeting", "thanks", "who", "praise", "abuse", "bye", "test", "ok")


def asked(turn: Turn) -> Actions:
    """A text that no state, command or danger claims: small talk or a question."""
    match = turn.match
    language = turn.language_of_words()
    if match.smalltalk is not None and match.decision in (Decision.SMALLTALK, Decision.ESCALATE) and not turn.is_long:
        return (*language, *_chat(turn, match.smalltalk))
    if turn.state.awaiting is Awaiting.QUESTION:
        return (*language, RecordQuestion(turn.text, match), *hand_over(turn, turn.text, entry=turn.state.last_entry))
    if match.decision is Decision.ANSWER:
        answer = answer_actions(turn, match.entry or "", asked=turn.text)
        if answer is not None:
            detail = _also_told(turn)
            note: Actions = (Say("question.long"),) if turn.is_long else ()
            return (*language, *detail, RecordQuestion(turn.text, match), *note, *answer)
    if turn.ticket is not None and (turn.in_distress or turn.state.awaiting in (Awaiting.DETAILS, Awaiting.POSITION)):
        # What isn't a clear question of its own belongs to the ticket that is open.
        keep = turn.keep(question=turn.text, media=turn.media)
        return (*language, AddDetail(turn.ticket.code, text=turn.text, media=turn.media), *keep)
    if match.decision is Decision.CLARIFY and not turn.is_long:
        offer = choose_actions(turn, asked=turn.text)
        if offer is not None:
            return (*language, RecordQuestion(turn.text, match), *offer)
    if turn.follow_up is not None:
        # Nothing that is known, said right after an officer's answer: it goes on with that ticket.
        state = turn.remember(DialogueState(awaiting=Awaiting.DETAILS, question=turn.text))
        return (*language, AddDetail(turn.follow_up.code, text=turn.text, media=turn.media), *state)
    return (*language, RecordQuestion(turn.text, match), *hand_over(turn, turn.text))


def answer_actions(turn: Turn, entry: str, *, asked: str | None, choice: int | None = None) -> Actions | None:
    """The answer with the state that remembers it; None when it may not be given (today, or before approval)."""
    if entry.startswith(DOCUMENT):
        number = entry.removeprefix(DOCUMENT)
        if number not in turn.knowledge.snapshot.document_names:
            return None
        give: GiveAnswer | GiveDocument = GiveDocument(number)
        last = None
    else:
        found = turn.answerable(entry)
        if found is None:
            return None
        give = GiveAnswer(found.id, asked=asked, choice=choice)
        last = found.id
    awaiting = turn.state.awaiting if turn.ticket is not None else Awaiting.NOTHING
    if awaiting in (Awaiting.CHOICE, Awaiting.QUESTION, Awaiting.ERASING):
        awaiting = Awaiting.NOTHING if turn.ticket is None else Awaiting.DETAILS
    offered = tuple(offer.data for offer in which(give, turn.knowledge, local_day(turn.now)))
    state = DialogueState(
        awaiting=awaiting, question=asked, offered=offered, last_entry=last, media=turn.media, answered=turn.answered_id
    )
    return (give, *turn.remember(state))


def choose_actions(turn: Turn, *, asked: str) -> Actions | None:
    """Up to three entries to choose from; None when none of the candidates may be shown."""
    entries = tuple(_showable(turn, (candidate.entry for candidate in turn.match.candidates)))[:MOST_CHOICES]
    if not entries:
        return None
    ask = AskWhich(entries)
    offered = tuple(offer.data for offer in which(ask, turn.knowledge, local_day(turn.now)))
    return (
        ask,
        *turn.remember(
            DialogueState(
                awaiting=Awaiting.CHOICE, question=asked, offered=offered, media=turn.media, answered=turn.answered_id
            )
        ),
    )


def hand_over(turn: Turn, question: str, *, entry: str | None = None, media: MediaRef | None = None) -> Actions:
    """Opens a ticket at once; what comes next are its details."""
    if entry is None:
        entry = _nearest(turn)
    first = media or turn.media or turn.state.media
    more = turn.state.more_media if first is not None and first == turn.state.media else ()
    opened = OpenTicket("question", question, entry=entry, media=first, more_media=more)
    return (opened, *turn.remember(DialogueState(awaiting=Awaiting.DETAILS)))


def ask_what(turn: Turn, *, entry: str | None = None) -> Actions:
    """Asks what the officer should be asked; the next words open the ticket."""
    if turn.in_distress and turn.ticket is not None:
        return (Say("ticket.waiting", {"code": turn.ticket.code}),)
    state = DialogueState(awaiting=Awaiting.QUESTION, last_entry=entry, media=turn.state.media)
    return (Say("ask.what"), *turn.remember(state))


def _nearest(turn: Turn) -> str | None:
    """The entry whose topic chooses the department: the likeliest candidate, or the first that was offered in vain."""
    if turn.words:
        best = turn.match.candidates[0] if turn.match.candidates else None
        sure = best is not None and best.confidence >= ROUTING_CONFIDENCE and not best.entry.startswith(DOCUMENT)
        return best.entry if best is not None and sure else None
    offered = (buttons.parse(data) for data in turn.state.offered)
    return next((found.subject for found in offered if found is not None and found.tap is Tap.ENTRY), None)


def _chat(turn: Turn, kind: str) -> Actions:
    if kind == "human":
        if turn.ticket is not None:
            return (Say("ticket.waiting", {"code": turn.ticket.code}, buttons=(buttons.ASK,)),)
        return ask_what(turn)
    if kind == "help":
        return (Say("help.text"),) if turn.in_distress else (Say("help.text", buttons=(buttons.MENU, buttons.ASK)),)
    if kind == "greeting" and turn.context.first_contact:
        return (Welcome(),)
    if turn.in_distress and turn.ticket is not None:
        # Nobody in danger gets small talk; what they say reaches the officers.
        return (AddDetail(turn.ticket.code, text=turn.text),)
    with_menu = (buttons.MENU,) if kind in ("greeting", "who", "test") else ()
    return (Say(f"smalltalk.{kind if kind in SMALLTALK else 'other'}", buttons=with_menu),)


def _also_told(turn: Turn) -> Actions:
    """In distress, or after an officer asked something back, even a clear question is heard by the officers as well."""
    if turn.in_distress and turn.ticket is not None:
        return (AddDetail(turn.ticket.code, text=turn.text),)
    if turn.follow_up is not None and turn.follow_up.asks:
        return (AddDetail(turn.follow_up.code, text=turn.text),)
    return ()


def _showable(turn: Turn, names: Iterable[str]) -> Iterable[str]:
    seen: set[str] = set()
    for name in names:
        if name.startswith(DOCUMENT):
            shown = name if buttons.document(name.removeprefix(DOCUMENT)) else None
        else:
            entry = turn.answerable(name)
            shown = entry.id if entry is not None else None
        if shown is not None and shown not in seen:
            seen.add(shown)
            yield shown
