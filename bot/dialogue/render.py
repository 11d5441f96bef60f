"""From actions and their outcomes to replies, in the order in which they are said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.clock import local_day
from bot.dialogue.actions import (
    Action,
    AddDetail,
    AskProfile,
    AskWhich,
    ConfirmErasing,
    DeskAct,
    Effect,
    EraseData,
    ExportData,
    GiveAnswer,
    GiveDocument,
    MarkTapped,
    OpenTicket,
    Outcome,
    RaiseTicket,
    RescueFirst,
    Say,
    SetLanguage,
    SetState,
    ShowAccount,
    ShowMenu,
    ShowProfile,
    ShowSubscriptions,
    ShowTopic,
    TellSafe,
    Welcome,
)
from bot.dialogue.buttons import Tap
from bot.dialogue.context import Context, Knowledge
from bot.dialogue.labels import rows, thanked, ticked
from bot.dialogue.menus import menu_page, subscriptions_page, topic, welcome, which_page
from bot.dialogue.mine_pages import (
    account_page,
    erased,
    erasing_question,
    export_pages,
    profile_page,
    profile_question,
)
from bot.dialogue.outcomes import receipt
from bot.dialogue.pages import answer_page, document_page
from bot.dialogue.plain_buttons import fitted
from bot.dialogue.rescue import rescue_message
from bot.faq import Wording
from bot.messages import Lane, OutgoingMessage


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to send back, with its place in the queue; `distress` marks what is said to somebody in danger.

    `card` names the ticket whose card it is: a reply to it is about that ticket.
    """

    message: OutgoingMessage
    lane: Lane
    distress: bool = False
    card: str | None = None


def render(
    actions: Sequence[Action],
    outcomes: Mapping[int, Outcome] | Sequence[Outcome | None],
    context: Context,
    knowledge: Knowledge,
    now: dt.datetime,
) -> tuple[Reply, ...]:
    """The replies to one message; `outcomes` are aligned with `actions` (None, or missing, for what is no effect)."""
    words = knowledge.snapshot.words(_language(actions, context))
    found = [outcomes.get(i) if isinstance(outcomes, Mapping) else outcomes[i] for i in range(len(actions))]
    distress = any(_is_distress(action, outcome) for action, outcome in zip(actions, found, strict=True))
    lane = Lane.DISTRESS if distress else Lane.REPLY
    offered = next((a.state.offered for a in reversed(actions) if isinstance(a, SetState)), context.state.offered)
    replies: list[Reply] = []
    for action, outcome in zip(actions, found, strict=True):
        for message in _messages(action, outcome, context, knowledge, words, now):
            shown = fitted(message, offered, context.capabilities, words)
            card = action.ticket if isinstance(action, DeskAct) and outcome is not None and outcome.card else None
            replies.append(Reply(shown, lane, distress=distress, card=card))
    return _in_place(tuple(replies), context)


def _in_place(replies: tuple[Reply, ...], context: Context) -> tuple[Reply, ...]:
    """Turns the page that was tapped instead of sending another one; a card that is to be shown in full likewise."""
    tapped = context.tapped
    if tapped is None or not context.capabilities.edit:
        return replies
    for index, reply in enumerate(replies):
        turns = tapped.message.page and reply.message.page
        unfolds = reply.card is not None and reply.card == tapped.ticket
        if turns or unfolds:
            turned = reply.message.model_copy(update={"edit_of": tapped.message_id})
            return (*replies[:index], replace(reply, message=turned), *replies[index + 1 :])
    return replies


def _marked(action: MarkTapped, context: Context, words: Wording) -> Iterator[OutgoingMessage]:
    tapped = context.tapped
    if tapped is None or not context.capabilities.edit:
        return
    if action.kind == "choice":
        below = ticked(tapped.message, action.data)
    else:
        below = thanked(words, tapped.message, helpful=action.data.startswith(f"{Tap.HELPFUL.value}:"))
    if below != tapped.message.buttons:
        yield OutgoingMessage(edit_of=tapped.message_id, buttons=below, thread=tapped.message.thread)


def _messages(
    action: Action, outcome: Outcome | None, context: Context, knowledge: Knowledge, words: Wording, now: dt.datetime
) -> Iterator[OutgoingMessage]:
    snapshot, day = knowledge.snapshot, local_day(now)
    match action:
        case RescueFirst():
            yield rescue_message(
                snapshot,
                words.language,
                action.kind,
                action.certain,
                ask_position=action.ask_position,
                location_button=context.capabilities.location_request,
                location_menu=context.capabilities.location_menu,
            )
        case Say():
            said = words.say(action.key, **action.values)
            yield OutgoingMessage(text=said, buttons=rows(words, action.buttons), page=action.page)
        case MarkTapped():
            yield from _marked(action, context, words)
        case GiveAnswer():
            yield answer_page(action, snapshot.entries[action.entry], knowledge, words, now)
        case GiveDocument():
            yield document_page(action, snapshot.document_names[action.number], knowledge, words, now)
        case AskWhich():
            yield which_page(action, knowledge, words, day)
        case Welcome():
            yield welcome(knowledge, words, menu=action.menu)
        case ShowMenu():
            yield menu_page(knowledge, words, day)
        case ShowTopic():
            yield topic(action, knowledge, words, day)
        case ShowSubscriptions():
            yield subscriptions_page(context.subscriptions, words)
        case ShowAccount():
            yield account_page(words)
        case ShowProfile():
            yield profile_page(action.told, knowledge, words)
        case AskProfile():
            yield profile_question(action, knowledge, words)
        case ConfirmErasing():
            yield erasing_question(action.call, knowledge, words)
        case ExportData() if outcome is not None and outcome.export is not None:
            yield from export_pages(outcome.export, context, knowledge, words)
        case EraseData() if outcome is not None and outcome.error is None:
            yield erased(outcome, words)
        case Effect():
            if outcome is not None:
                yield from receipt(action, outcome, context, words)


def _language(actions: Sequence[Action], context: Context) -> str:
    return next((a.language for a in reversed(actions) if isinstance(a, SetLanguage)), context.language.value)


def _is_distress(action: Action, outcome: Outcome | None) -> bool:
    if isinstance(action, AddDetail):
        return outcome is not None and outcome.kind in ("distress", "possible_distress")
    if isinstance(action, OpenTicket):
        return action.kind != "question"
    return isinstance(action, (RescueFirst, RaiseTicket, TellSafe))
