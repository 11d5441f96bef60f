"""Carrying out what dialogue decided, through the services, within the message's own transaction."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlmodel import col

from bot import desk, notices, people, privacy
from bot.dialogue.actions import (
    Action,
    AddDetail,
    BindGroup,
    BindOfficer,
    DeskAct,
    Effect,
    Erase,
    OpenTicket,
    Outcome,
    QueueLine,
    RaiseTicket,
    RecordFeedback,
    RecordQuestion,
    SetLanguage,
    SetReachable,
    SetState,
    ShowNotice,
    ShowQueue,
    ShowTicket,
    Subscribe,
)
from bot.intake.handling import Handling
from bot.intake.own import Own, carry_out_own
from bot.messages import Language
from bot.store.tables import Question, Ticket


async def carry_out(handling: Handling, actions: tuple[Action, ...]) -> tuple[Outcome | None, ...]:
    """The outcome of each effect, None for what only has to be said.

    A refusal (a code used twice, a ticket that somebody else has) is an outcome, not a failure: it is said to whoever
    tried. Refusals are raised before anything is changed, so the rest of the transaction stands.
    """
    outcomes: list[Outcome | None] = []
    for action in actions:
        if not isinstance(action, Effect):
            outcomes.append(None)
            continue
        try:
            outcomes.append(await _carry_out(handling, action))
        except people.Refused as refusal:
            outcomes.append(Outcome(error=refusal.key, values=dict(refusal.values)))
    return tuple(outcomes)


async def _carry_out(h: Handling, action: Effect) -> Outcome:
    if isinstance(action, Own):
        return await carry_out_own(h, action)
    session, conversation, now = h.session, h.conversation, h.now
    match action:
        case OpenTicket():
            opened = await desk.open_ticket(
                session,
                h.snapshot,
                conversation=conversation,
                kind=action.kind,
                question=action.question,
                entry=action.entry,
                distress_kind=action.distress_kind,
                location=action.location,
                language=conversation.language,
                inbound_id=h.inbound_id,
                media=action.media,
                more_media=action.more_media,
                now=now,
            )
            return Outcome(
                ticket=opened.ticket.code,
                secret=opened.secret,
                due_at=opened.due_at,
                department=opened.department.name.get(conversation.language),
                kind=opened.ticket.kind.value,
            )
        case AddDetail():
            ticket = await desk.add_detail(
                session,
                h.snapshot,
                action.ticket,
                conversation=conversation,
                text=action.text,
                location=action.location,
                media=action.media,
                inbound_id=h.inbound_id,
                now=now,
            )
            return _about(h, ticket)
        case RaiseTicket():
            ticket = await desk.raise_to_distress(
                session,
                h.snapshot,
                action.ticket,
                conversation=conversation,
                distress_kind=action.distress_kind,
                text=action.text,
                inbound_id=h.inbound_id,
                now=now,
            )
            return _about(h, ticket)
        case RecordQuestion():
            session.add(_question(h, action))
            return Outcome()
        case RecordFeedback():
            await _feedback(h, action)
            return Outcome()
        case SetLanguage():
            await people.set_language(session, conversation, Language(action.language), now=now, chosen=action.chosen)
            return Outcome()
        case SetState():
            conversation.state = action.state.model_dump(mode="json", exclude_defaults=True)
            return Outcome(subscriptions=await people.subscriptions(session, conversation))
        case Subscribe():
            switch = people.subscribe if action.on else people.unsubscribe
            return Outcome(subscriptions=await switch(session, conversation, action.kind, now=now))
        case SetReachable():
            await _reachable(h, action)
            return Outcome()
        case Erase():
            await privacy.erase_person(session, h.snapshot, conversation, now=now, inbound_id=h.inbound_id)
            return Outcome()
        case BindGroup():
            used_by = f"{h.message.channel}:{h.message.sender.id}"
            await people.bind_group(session, conversation, action.purpose, action.code, now=now, used_by=used_by)
            return Outcome()
        case BindOfficer():
            officer = await people.bind_officer(session, action.code, h.message.channel, h.message.sender.id, now=now)
            return Outcome(values={"name": officer.name})
        case DeskAct():
            return await _desk_act(h, action)
        case ShowNotice():
            notice = await notices.get(session, action.code)
            return Outcome(card=notices.shown_by_link(h.snapshot, notice, conversation.language, now=now))
        case ShowTicket():
            card = await desk.status(
                session, h.snapshot, action.code, conversation=conversation, secret=action.secret, now=now
            )
            return Outcome(card=card)
        case ShowQueue():
            if h.officer is None:
                return Outcome(error="not_officer")
            people.require(h.officer, people.Permission.SEE_QUEUE)
            lines = await desk.queue(session, now=now)
            return Outcome(
                queue=tuple(
                    QueueLine(
                        code=line.code,
                        kind=line.kind,
                        state=line.state,
                        subject=line.subject,
                        due_at=line.due_at,
                        officer=line.officer,
                    )
                    for line in lines
                )
            )
    raise TypeError(f"no way to carry out {type(action).__name__}")


async def _desk_act(h: Handling, action: DeskAct) -> Outcome:
    if h.officer is None:
        return Outcome(error="not_officer", ticket=action.ticket)
    session, snapshot, code, officer, now = h.session, h.snapshot, action.ticket, h.officer, h.now
    values: dict[str, str] = {}
    match action.act:
        case "take":
            ticket = await desk.take(session, snapshot, code, officer, now=now)
        case "release":
            ticket = await desk.release(session, snapshot, code, officer, now=now)
        case "close":
            ticket = await desk.close(session, snapshot, code, officer, now=now)
        case "note":
            ticket = await desk.note(session, snapshot, code, officer, action.text, now=now, inbound_id=h.inbound_id)
        case "answer":
            answered = await desk.answer(
                session,
                snapshot,
                code,
                officer,
                action.text,
                now=now,
                media=action.media,
                media_channel=h.message.channel,
                inbound_id=h.inbound_id,
                windows=h.windows,
            )
            ticket = answered.ticket
            if not answered.reachable:
                values["unreachable"] = "1"
        case "show":
            people.require(officer, people.Permission.SEE_QUEUE)
            card = await desk.show_card(session, snapshot, code)
            return Outcome(ticket=code, card=card)
    return Outcome(ticket=ticket.code, kind=ticket.kind.value, values=values)


def _about(h: Handling, ticket: Ticket) -> Outcome:
    return Outcome(
        ticket=ticket.code,
        due_at=ticket.due_at,
        kind=ticket.kind.value,
        department=desk.department_name(h.snapshot, ticket.department, h.conversation.language),
    )


def _question(h: Handling, action: RecordQuestion) -> Question:
    assert h.conversation.id is not None
    found = action.match
    return Question(
        conversation_id=h.conversation.id,
        inbound_id=h.inbound_id,
        asked_at=h.now,
        text=action.text,
        language=found.language,
        decision=found.decision.value,
        distress=found.distress.value if found.distress else None,
        entry=found.entry,
        confidence=found.confidence,
        candidates=[candidate.entry for candidate in found.candidates],
    )


async def _feedback(h: Handling, action: RecordFeedback) -> None:
    latest = (
        select(col(Question.id))
        .where(col(Question.conversation_id) == h.conversation.id)
        .where((col(Question.entry) == action.entry) | (col(Question.entry).is_(None)))
        .order_by(col(Question.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    values = {"helpful": action.helpful, "entry": action.entry}
    await h.session.execute(update(Question).where(col(Question.id) == latest).values(**values))


async def _reachable(h: Handling, action: SetReachable) -> None:
    if action.new_chat_id is not None:
        await people.move_conversation(
            h.session, h.conversation.channel, h.conversation.chat_id, action.new_chat_id, now=h.now
        )
    elif action.reachable:
        await people.mark_reachable(h.session, h.conversation, now=h.now)
    else:
        await people.mark_unreachable(h.session, h.conversation, action.reason or "blocked", now=h.now)
