"""What is said of an effect once it is known what came of it: a code, a deadline, a refusal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clock import show_time
from bot.dialogue import buttons
from bot.dialogue.actions import (
    AddDetail,
    BindGroup,
    BindOfficer,
    DeskAct,
    Effect,
    JoinChats,
    LeaveChats,
    ListTickets,
    MakeLinkCode,
    OpenTicket,
    Outcome,
    QueueLine,
    RaiseTicket,
    ReopenTicket,
    ShowNotice,
    ShowOwnTicket,
    ShowQueue,
    ShowTicket,
    StopNotices,
    Subscribe,
    WithdrawTicket,
)
from bot.dialogue.context import Awaiting, Context
from bot.dialogue.coordinates import show_position
from bot.dialogue.labels import rows
from bot.dialogue.menus import subscriptions_page
from bot.dialogue.mine_pages import link_page, ticket_list, ticket_page
from bot.faq import UnknownWording, Wording
from bot.messages import OutgoingMessage, RichText, join

#: So many tickets are listed in the group; the console shows them all.
MOST_IN_QUEUE = 15
_CARD_BUTTONS = 5
_SHOWN_BY_CARD = ("take", "release", "close")


def receipt(action: Effect, outcome: Outcome, context: Context, words: Wording) -> Iterator[OutgoingMessage]:
    """What is said of one effect; nothing for those that nobody needs to hear of."""
    if outcome.error is not None:
        yield OutgoingMessage(text=refusal(action, outcome, words))
        return
    match action:
        case OpenTicket():
            yield from _opened(action, outcome, words)
        case RaiseTicket():
            text = words.say("ticket.raised", code=outcome.ticket or action.ticket)
            yield OutgoingMessage(text=text, buttons=rows(words, (buttons.SAFE,)))
        case AddDetail():
            yield from _added(action, outcome, context, words)
        case Subscribe():
            key = "subscriptions.switched_on" if action.on else "subscriptions.switched_off"
            said = words.say(key, kind=words.line(f"subscriptions.kind.{action.kind}"))
            page = subscriptions_page(outcome.subscriptions, words)
            yield page.model_copy(update={"text": join([said, page.text], "\n\n")})
        case StopNotices():
            key = "stop.done" if outcome.subscriptions else "stop.nothing"
            yield OutgoingMessage(text=words.say(key), buttons=rows(words, (buttons.SUBSCRIPTIONS,)))
        case ListTickets():
            yield ticket_list(outcome, words)
        case ShowOwnTicket():
            yield from (ticket_page(ticket, words) for ticket in outcome.tickets)
        case ReopenTicket():
            yield OutgoingMessage(text=words.say("tickets.reopened", code=outcome.ticket or action.ticket))
        case WithdrawTicket():
            yield OutgoingMessage(text=words.say("tickets.withdrawn", code=outcome.ticket or action.ticket))
        case MakeLinkCode():
            yield link_page(outcome.values.get("code", ""), words)
        case JoinChats():
            yield OutgoingMessage(text=words.say("link.joined"), buttons=rows(words, (buttons.TICKETS, buttons.UNLINK)))
        case LeaveChats():
            yield OutgoingMessage(text=words.say("link.left" if outcome.values else "link.alone"))
        case BindGroup():
            yield OutgoingMessage(text=words.say(f"bind.{action.purpose}_done"))
        case BindOfficer():
            yield OutgoingMessage(text=words.say("bind.officer_done", name=outcome.values.get("name", "")))
        case DeskAct():
            yield from _acted(action, outcome, context, words)
        case ShowQueue():
            yield _queue(outcome, words)
        case ShowNotice() | ShowTicket():
            if outcome.card is not None:
                yield outcome.card


def refusal(action: Effect, outcome: Outcome, words: Wording) -> RichText:
    """The text of a refusal; one that has no text yet is at least not silent."""
    state = outcome.values.get("state", "")
    known = {"code": outcome.ticket or getattr(action, "ticket", None) or ""} | outcome.values
    try:
        known["state"] = words.line(f"ticket.state.{state}")
    except UnknownWording:
        known["state"] = state
    try:
        return words.say(f"error.{outcome.error}", **known)
    except KeyError:  # no such wording, or a placeholder that the refusal didn't fill
        return words.say("error.unknown")


def _opened(action: OpenTicket, outcome: Outcome, words: Wording) -> Iterator[OutgoingMessage]:
    code = outcome.ticket or ""
    lines: list[RichText] = []
    if action.location is not None:
        lines.append(words.say("position.received", position=show_position(action.location), code=code))
    if action.kind == "question":
        due = show_time(outcome.due_at) if outcome.due_at is not None else "…"
        lines.append(words.say("ticket.opened", code=code, department=outcome.department or "", due=due))
    else:
        lines.append(words.say(f"ticket.opened_{action.kind}", code=code))
    if outcome.secret is not None:
        lines.append(words.say("ticket.secret", code=code, secret=outcome.secret))
    tapped = (
        (buttons.SAFE,) if action.kind == "distress" else (buttons.SOS,) if action.kind == "possible_distress" else ()
    )
    yield OutgoingMessage(text=join(lines, "\n"), buttons=rows(words, tapped))


def _added(action: AddDetail, outcome: Outcome, context: Context, words: Wording) -> Iterator[OutgoingMessage]:
    if action.quiet or (action.location is not None and action.location.live):
        return  # a live position moves every few seconds; the officers see it, the person needn't be told each time
    code = outcome.ticket or action.ticket
    urgent = outcome.kind in ("distress", "possible_distress")
    if action.location is not None:
        text = words.say("position.received", position=show_position(action.location), code=code)
        if urgent:
            text = join([text, words.say("position.then")], "\n")
        yield OutgoingMessage(text=text, clear_location_request=True)
    elif urgent:
        still = context.state.awaiting is Awaiting.POSITION
        text = words.say("ticket.detail_urgent", code=code)
        if not still:
            yield OutgoingMessage(text=text, buttons=rows(words, (buttons.SAFE,)))
            return
        can = context.capabilities
        label = words.line("rescue.send_position") if can.location_request else None
        way = "still" if can.location_request else "still_menu" if can.location_menu else "still_words"
        text = join([text, words.say(f"position.{way}")], "\n")
        yield OutgoingMessage(text=text, request_location=label)
    else:
        taps = (buttons.NEW,) if action.text and action.media is None else ()
        yield OutgoingMessage(text=words.say("ticket.detail", code=code), buttons=rows(words, taps))


def _acted(action: DeskAct, outcome: Outcome, context: Context, words: Wording) -> Iterator[OutgoingMessage]:
    if outcome.card is not None:
        yield outcome.card
        return
    if action.act == "show":
        return
    if context.tapped is not None and context.tapped.ticket == action.ticket and action.act in _SHOWN_BY_CARD:
        return  # the card that was tapped is edited and says it: a group takes 20 messages a minute
    name = context.officer.name if context.officer is not None else ""
    key = f"desk_group.{action.act}"
    if action.act == "answer" and "unreachable" in outcome.values:
        key = "desk_group.answer_unreachable"
    yield OutgoingMessage(text=words.say(key, code=outcome.ticket or action.ticket, name=name))


def _queue(outcome: Outcome, words: Wording) -> OutgoingMessage:
    if not outcome.queue:
        return OutgoingMessage(text=words.say("desk_group.queue_empty"))
    shown = outcome.queue[:MOST_IN_QUEUE]
    lines = [words.say("desk_group.queue_title", count=len(outcome.queue))]
    lines.extend(_queue_line(line, words) for line in shown)
    if len(outcome.queue) > len(shown):
        lines.append(words.say("desk_group.queue_more", count=len(outcome.queue) - len(shown)))
    taps = tuple(buttons.ticket("show", line.code) for line in shown[:_CARD_BUTTONS])
    return OutgoingMessage(text=join(lines, "\n"), buttons=rows(words, taps))


def _queue_line(line: QueueLine, words: Wording) -> RichText:
    return words.say(
        "desk_group.queue_line",
        code=line.code,
        kind=words.line(f"ticket.kind.{line.kind}"),
        state=words.line(f"ticket.state.{line.state}"),
        subject=buttons.shorten(line.subject, 80),
        due=show_time(line.due_at),
        officer=line.officer or words.line("desk_group.nobody"),
    )
