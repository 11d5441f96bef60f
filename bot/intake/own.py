"""Carrying out what people want with what is theirs: profile, tickets, data, chats on other channels."""

from __future__ import annotations

import datetime as dt

from bot import desk, people, privacy
from bot.clock import show_time
from bot.dialogue import buttons
from bot.dialogue.actions import (
    ClearProfile,
    EraseData,
    ExportBrief,
    ExportData,
    JoinChats,
    LeaveChats,
    ListTickets,
    MakeLinkCode,
    Outcome,
    OwnTicketBrief,
    ReopenTicket,
    SetProfile,
    ShowOwnTicket,
    StopNotices,
    TellSafe,
    WithdrawTicket,
)
from bot.dialogue.labels import rows
from bot.intake.handling import Handling
from bot.messages import Lane, OutgoingMessage
from bot.privacy import Export
from bot.store import enqueue
from bot.store.tables import Conversation, Source, Ticket

Own = (
    StopNotices
    | SetProfile
    | ClearProfile
    | ListTickets
    | ShowOwnTicket
    | ReopenTicket
    | WithdrawTicket
    | TellSafe
    | ExportData
    | EraseData
    | MakeLinkCode
    | JoinChats
    | LeaveChats
)
#: So many of the person's latest words are shown beside the file that holds them all.
_LATEST = 5


async def carry_out_own(h: Handling, action: Own) -> Outcome:
    """The outcome of one of these effects; raises `Refused`."""
    session, conversation, now = h.session, h.conversation, h.now
    match action:
        case StopNotices():
            return Outcome(subscriptions=await people.unsubscribe_all(session, conversation, now=now))
        case SetProfile():
            areas = frozenset(area.id for area in h.snapshot.organization.areas)
            await people.set_profile(session, conversation, action.field, action.value, areas=areas, now=now)
            return Outcome()
        case ClearProfile():
            await people.clear_profile(session, conversation, now=now)
            return Outcome()
        case ListTickets():
            mine = await desk.tickets_of(session, conversation)
            return Outcome(tickets=tuple([await _brief(h, ticket.code) for ticket in mine]))
        case ShowOwnTicket():
            return Outcome(ticket=action.ticket, tickets=(await _brief(h, action.ticket),))
        case ReopenTicket():
            return _about(await desk.reopen_own(session, h.snapshot, action.ticket, conversation=conversation, now=now))
        case WithdrawTicket():
            return _about(await desk.withdraw(session, h.snapshot, action.ticket, conversation=conversation, now=now))
        case TellSafe():
            told = await desk.told_safe(
                session, h.snapshot, action.ticket, conversation=conversation, inbound_id=h.inbound_id, now=now
            )
            return _about(told)
        case ExportData():
            return Outcome(export=await _export(h))
        case EraseData():
            erasure = await privacy.erase_person(session, h.snapshot, conversation, now=now, inbound_id=h.inbound_id)
            return Outcome(ticket=erasure.kept[0] if erasure.kept else None)
        case MakeLinkCode():
            return Outcome(values={"code": await people.link_code(session, conversation, now=now)})
        case JoinChats():
            joined = await people.join_chats(session, conversation, action.code, now=now)
            for other in joined.others:
                await _tell_joined(h, other)
            return Outcome()
        case LeaveChats():
            left = await people.leave_chats(session, conversation, now=now)
            return Outcome(values={"left": "1"} if left else {})


def _about(ticket: Ticket) -> Outcome:
    return Outcome(ticket=ticket.code, kind=ticket.kind.value)


async def _brief(h: Handling, code: str) -> OwnTicketBrief:
    page = await desk.own_page(h.session, code, h.conversation, now=h.now)
    return OwnTicketBrief(
        code=page.code,
        kind=page.kind,
        state=page.state,
        department=desk.department_name(h.snapshot, page.department, h.conversation.language),
        question=page.question,
        opened_at=page.opened_at,
        due_at=page.due_at,
        answer=page.answer,
        answered_at=page.answered_at,
        may_reopen=page.may_reopen,
    )


async def _export(h: Handling) -> ExportBrief:
    # Made even where a file is sent: it counts how often the whole of it was asked for within the hour.
    code = await people.export_code(h.session, h.conversation, now=h.now)
    export = await privacy.export_of(h.session, h.snapshot, h.conversation, now=h.now)
    return ExportBrief(
        json=export.text,
        filename=export.filename,
        name=str(export.data["person"]["name"]),
        chats=len(export.data["chats"]),
        received=export.count("received"),
        sent=export.count("sent"),
        questions=export.count("questions"),
        tickets=export.count("tickets"),
        latest=_latest(h, export),
        link=f"{h.base_url}/du-lieu/{code}",
    )


def _latest(h: Handling, export: Export) -> tuple[tuple[str, str], ...]:
    asked = sorted((said["at"], said["text"]) for chat in export.data["chats"] for said in chat["questions"])
    return tuple((show_time(dt.datetime.fromisoformat(at)), text) for at, text in asked[-_LATEST:])


async def _tell_joined(h: Handling, other: Conversation) -> None:
    """The other chats hear of it: whoever was talked out of a code can undo it."""
    words = h.snapshot.words(other.language.value)
    channel = h.snapshot.wording[other.language.value].get(
        f"console.channel.{h.conversation.channel}", h.conversation.channel
    )
    message = OutgoingMessage(text=words.say("link.told", channel=channel), buttons=rows(words, (buttons.UNLINK,)))
    await enqueue(
        h.session,
        other,
        message,
        lane=Lane.REPLY,
        source=Source.REPLY,
        now=h.now,
        dedupe_key=f"linked:{h.inbound_id}:{other.id}",
    )
