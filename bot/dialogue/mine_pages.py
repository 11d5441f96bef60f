"""How profile, tickets and data look."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clock import show_time
from bot.dialogue import buttons
from bot.dialogue.actions import AskProfile, ExportBrief, Outcome, OwnTicketBrief
from bot.dialogue.context import Context, Knowledge, ProfileBrief
from bot.dialogue.labels import button, rows
from bot.dialogue.offers import ACCOUNT, NOTICE_KINDS, PROFILE_FIELDS, own_taps_of, profile_page_taps, profile_values
from bot.faq import Snapshot, Wording
from bot.messages import Button, OutgoingMessage, RichText, TextFile, join

_IN_LIST = 120
_IN_PAGE = 700
#: Places are many and short: two in a row.
_PER_ROW = {"area": 2, "vessel": 2}


def account_page(words: Wording) -> OutgoingMessage:
    """Everything that is the person's."""
    return OutgoingMessage(text=words.say("account.title"), buttons=rows(words, ACCOUNT))


def profile_page(told: ProfileBrief, knowledge: Knowledge, words: Wording) -> OutgoingMessage:
    """What was told, with a button to change each."""
    lines = [words.say("profile_form.title"), *_told(told, knowledge.snapshot, words), words.say("profile_form.use")]
    return OutgoingMessage(text=join(lines, "\n"), buttons=rows(words, profile_page_taps()))


def profile_question(action: AskProfile, knowledge: Knowledge, words: Wording) -> OutgoingMessage:
    """One question with its answers as buttons."""
    text = words.say(f"profile_form.ask_{action.field}")
    answers = [
        Button(label=label or words.line(f"profile_form.{action.field}.{data.rsplit(':', 1)[1]}"), data=data)
        for data, label in profile_values(action.field, knowledge.snapshot, words.language)[:-1]
    ]
    width = _PER_ROW.get(action.field, 1)
    shown = [tuple(answers[start : start + width]) for start in range(0, len(answers), width)]
    skip = Button(label=words.line("profile_form.skip"), data=buttons.profile(action.field, buttons.SKIP))
    return OutgoingMessage(text=text, buttons=(*shown, (skip,)))


def _told(told: ProfileBrief, snapshot: Snapshot, words: Wording) -> Iterator[RichText]:
    for field in PROFILE_FIELDS:
        yield words.say(f"profile_form.line_{field}", value=_value(field, getattr(told, field), snapshot, words))


def _value(field: str, value: str | None, snapshot: Snapshot, words: Wording) -> str:
    if value is None:
        return words.line("profile_form.nothing")
    if field == "area":
        area = snapshot.organization.area(value)
        return area.name.get(words.language) if area is not None else value
    return words.line(f"profile_form.{field}.{value}")


def ticket_list(outcome: Outcome, words: Wording) -> OutgoingMessage:
    """The person's tickets with state, due time and the latest answer."""
    if not outcome.tickets:
        return OutgoingMessage(text=words.say("tickets.none"), buttons=rows(words, (buttons.ASK,)))
    lines = [words.say("tickets.title")]
    lines.extend(_ticket_line(ticket, words) for ticket in outcome.tickets)
    taps = tuple(buttons.own("show", ticket.code) for ticket in outcome.tickets)
    return OutgoingMessage(text=join(lines, "\n\n"), buttons=rows(words, taps))


def _ticket_line(ticket: OwnTicketBrief, words: Wording) -> RichText:
    parts = [
        words.say(
            "tickets.line",
            code=ticket.code,
            kind=words.line(f"ticket.kind.{ticket.kind}"),
            state=words.line(f"tickets.state.{ticket.state}"),
            question=buttons.shorten(ticket.question, _IN_LIST),
        )
    ]
    if ticket.state in ("open", "taken"):
        parts.append(words.say("tickets.due", due=show_time(ticket.due_at)))
    if ticket.answer:
        parts.append(words.say("tickets.answer_line", answer=buttons.shorten(ticket.answer, _IN_LIST)))
    return join(parts, "\n")


def ticket_page(ticket: OwnTicketBrief, words: Wording) -> OutgoingMessage:
    """One ticket with what can be done with it."""
    parts = [
        words.say(
            "tickets.page",
            code=ticket.code,
            kind=words.line(f"ticket.kind.{ticket.kind}"),
            state=words.line(f"tickets.state.{ticket.state}"),
            opened=show_time(ticket.opened_at),
            department=ticket.department,
            question=buttons.shorten(ticket.question, _IN_PAGE),
        )
    ]
    if ticket.state in ("open", "taken"):
        parts.append(words.say("tickets.due", due=show_time(ticket.due_at)))
    if ticket.answer and ticket.answered_at is not None:
        answer = ticket.answer if len(ticket.answer) <= _IN_PAGE else ticket.answer[:_IN_PAGE].rstrip() + " …"
        parts.append(words.say("tickets.answer", at=show_time(ticket.answered_at), answer=answer))
    taps = own_taps_of(ticket.code, ticket.kind, ticket.state, may_reopen=ticket.may_reopen)
    return OutgoingMessage(text=join(parts, "\n"), buttons=rows(words, taps))


def erasing_question(call: str | None, knowledge: Knowledge, words: Wording) -> OutgoingMessage:
    """What goes, what stays and why, for how long backups live; and whether it is really meant."""
    retention = knowledge.snapshot.organization.retention
    parts = [
        words.say("erase.what"),
        words.say("erase.stays"),
        words.say("erase.backups", days=retention.backups),
    ]
    if call is not None:
        parts.append(words.say("erase.call", code=call))
    parts.append(words.say("erase.sure"))
    return OutgoingMessage(text=join(parts, "\n\n"), buttons=rows(words, (buttons.ERASE_YES, buttons.ERASE_NO)))


def erased(outcome: Outcome, words: Wording) -> OutgoingMessage:
    """The last word: everything is gone, or what still stays."""
    if outcome.ticket is not None:
        return OutgoingMessage(text=words.say("erase.waits", code=outcome.ticket), clear_history=True)
    return OutgoingMessage(text=words.say("erase.done"), clear_history=True)


def export_pages(
    export: ExportBrief, context: Context, knowledge: Knowledge, words: Wording
) -> Iterator[OutgoingMessage]:
    """What is stored, to read; and the whole of it as a file, or where to fetch it."""
    lines = [
        words.say("data.title", name=export.name or words.line("data.nameless")),
        *_told(context.profile, knowledge.snapshot, words),
        words.say("data.notices", kinds=_kinds(context.subscriptions, words)),
        words.say(
            "data.counts",
            chats=export.chats,
            received=export.received,
            sent=export.sent,
            questions=export.questions,
            tickets=export.tickets,
        ),
        *(_said(at, text, words) for at, text in export.latest),
        words.say("data.left_out"),
        _periods(knowledge.snapshot, words),
    ]
    text = join(lines, "\n")
    if context.capabilities.files:
        yield OutgoingMessage(text=text, document=TextFile(name=export.filename, text=export.json))
        return
    yield OutgoingMessage(
        text=join([text, words.say("data.link", minutes=export.minutes)], "\n"), buttons=_link(export, words)
    )


def _link(export: ExportBrief, words: Wording) -> tuple[tuple[Button, ...], ...]:
    return ((Button(label=words.line("data.fetch"), url=export.link),),)


def _kinds(on: frozenset[str], words: Wording) -> str:
    named = [words.line(f"subscriptions.kind.{kind}") for kind in NOTICE_KINDS if kind in on]
    return ", ".join(named) or words.line("profile_form.nothing")


def _said(at: str, text: str, words: Wording) -> RichText:
    return words.say("data.said", at=at, text=buttons.shorten(text, _IN_LIST))


def _periods(snapshot: Snapshot, words: Wording) -> RichText:
    kept = snapshot.organization.retention
    return words.say(
        "data.periods",
        messages=kept.messages,
        questions=kept.questions,
        tickets=kept.tickets,
        backups=kept.backups,
    )


def link_page(code: str, words: Wording) -> OutgoingMessage:
    """The code, and what to do with it."""
    return OutgoingMessage(text=words.say("link.code", code=code), buttons=((button(words, buttons.UNLINK),),))
