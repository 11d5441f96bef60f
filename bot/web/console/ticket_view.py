"""A ticket as its page shows it: the conversation in words, and what the officer may do with it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import desk
from bot.desk import DeliveryLine, EventLine, TicketView
from bot.faq import Snapshot
from bot.faq.schema import Entry
from bot.messages import Language
from bot.people import Permission
from bot.store.tables import EventKind, OutgoingState, TicketKind, TicketState
from bot.web.console import show
from bot.web.console.visits import Visit
from bot.web.pictures import SHOWN

SUGGESTIONS = 3

#: Who speaks in each kind of event: what askers say, what goes to them, what stays inside, what merely happened.
_VOICES = {
    EventKind.OPENED: "asker",
    EventKind.DETAIL: "asker",
    EventKind.POSITION: "asker",
    EventKind.RAISED: "danger",
    EventKind.ANSWERED: "officer",
    EventKind.NOTE: "note",
    EventKind.SAFE: "asker",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether an answer arrived, in words; `tone` is its colour."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that the asker sent and this house keeps; `shown` where browsers can show it."""

    address: str
    shown: bool
    width: int | None
    height: int | None
    size: str


@dataclass(frozen=True, slots=True)
class Item:
    """One event of the conversation."""

    voice: str
    kind: str
    who: str
    at: str
    text: str
    media: bool
    photo: Photo | None
    place: show.Place | None
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry of the FAQ that might answer the question."""

    id: str
    question: str
    answer: str
    prepared: str
    approved: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page that isn't a form."""

    code: str
    kind: str
    state: str
    language: str
    subject: str
    department: str
    danger: str | None
    asker: str
    channel: str
    private: bool
    reachable: bool
    unreachable_reason: str
    officer: str | None
    mine: bool
    opened: str
    opened_ago: str
    due: str
    due_at: str
    late: bool
    waits: bool
    place: show.Place | None
    items: tuple[Item, ...]
    may_take: bool
    may_take_over: bool
    may_release: bool
    may_answer: bool
    may_note: bool
    may_close: bool
    may_reopen: bool
    answered: bool


def show_view(visit: Visit, found: TicketView) -> Shown:
    """The ticket in the officer's language."""
    ticket = found.ticket
    state = TicketState(ticket.state)
    waits = state in (TicketState.OPEN, TicketState.TAKEN)
    mine = ticket.officer_id is not None and ticket.officer_id == visit.officer.id
    over = visit.can(Permission.TAKE_OVER)
    # The desk decides; this only keeps buttons away that it would refuse.
    free = ticket.officer_id is None or mine or over
    taken = state is TicketState.TAKEN
    open_ = state is not TicketState.CLOSED
    place = None
    if ticket.latitude is not None and ticket.longitude is not None:
        place = show.Place.of(ticket.latitude, ticket.longitude)
    dangers = {kind.id: kind.title.get(visit.language) for kind in visit.snapshot.emergency.kinds}
    return Shown(
        code=ticket.code,
        kind=ticket.kind.value,
        state=state.value,
        language=ticket.language.value,
        subject=ticket.subject,
        department=desk.department_name(visit.snapshot, ticket.department, visit.language),
        danger=dangers.get(ticket.distress_kind or "", ticket.distress_kind),
        asker=found.asker or visit.t("ticket.nameless"),
        channel=visit.name_of("channel", found.channel),
        private=found.chat_kind == "private",
        reachable=found.reachable,
        unreachable_reason=show.reason(visit, found.unreachable_reason),
        officer=found.officer,
        mine=mine,
        opened=show.short_time(visit, ticket.opened_at),
        opened_ago=show.ago(visit, ticket.opened_at),
        due=show.due(visit, ticket.due_at) if waits else "",
        due_at=show.short_time(visit, ticket.due_at),
        late=waits and ticket.due_at < visit.now,
        waits=waits,
        place=place,
        items=_items(visit, found),
        may_take=state is TicketState.OPEN and visit.can(Permission.TAKE),
        may_take_over=taken and not mine and over and visit.can(Permission.TAKE),
        may_release=taken and (mine or over) and visit.can(Permission.TAKE),
        may_answer=open_ and (free or ticket.kind is TicketKind.DISTRESS) and visit.can(Permission.ANSWER),
        may_note=visit.can(Permission.NOTE),
        may_close=open_ and free and visit.can(Permission.CLOSE),
        may_reopen=not waits and visit.can(Permission.TAKE),
        answered=ticket.answered_at is not None,
    )


def _items(visit: Visit, found: TicketView) -> tuple[Item, ...]:
    deliveries = list(found.deliveries)
    return tuple(_item(visit, found, event, _delivery_of(event, deliveries)) for event in found.events)


def _delivery_of(event: EventLine, left: list[DeliveryLine]) -> DeliveryLine | None:
    """The row that carried an answer; rows and answers stand in the same order, but an answer may have none."""
    if event.kind != EventKind.ANSWERED:
        return None
    for index, line in enumerate(left):
        if line.at == event.at or event.text in line.text:
            return left.pop(index)
    return None


def _item(visit: Visit, found: TicketView, event: EventLine, sent: DeliveryLine | None) -> Item:
    kind = EventKind(event.kind)
    voice = "note" if event.internal else _VOICES.get(kind, "system")
    who = event.officer or (found.asker or visit.t("ticket.nameless") if voice in ("asker", "danger") else "")
    place = None
    if kind is EventKind.POSITION and "latitude" in event.data and "longitude" in event.data:
        place = show.Place.of(float(event.data["latitude"]), float(event.data["longitude"]))
    delivery = None
    if kind is EventKind.ANSWERED:
        delivery = _delivery(visit, sent, reachable=found.reachable)
    return Item(
        voice=voice,
        kind=kind.value,
        who=who,
        at=show.short_time(visit, event.at),
        text="" if place else event.text,
        media="media" in event.data,
        photo=_photo(found, event),
        place=place,
        delivery=delivery,
    )


def _photo(found: TicketView, event: EventLine) -> Photo | None:
    file = found.files.get(event.media) if event.media is not None else None
    if file is None:
        return None
    return Photo(
        address=f"/console/tickets/{found.ticket.code}/photos/{event.id}",
        shown=file.content_type in SHOWN,
        width=file.width,
        height=file.height,
        size=f"{file.size / 1e6:.1f} MB".replace(".", ",") if file.size >= 1e5 else f"{file.size / 1e3:.0f} kB",
    )


_TONES = {
    OutgoingState.QUEUED: "wait",
    OutgoingState.SENDING: "wait",
    OutgoingState.SENT: "ok",
    OutgoingState.UNCERTAIN: "warn",
    OutgoingState.FAILED: "bad",
    OutgoingState.CANCELLED: "bad",
}


def _delivery(visit: Visit, line: DeliveryLine | None, *, reachable: bool) -> Delivery:
    if line is None:
        return Delivery(visit.t("delivery.none"), "bad")
    state = OutgoingState(line.state)
    if state is OutgoingState.SENT and line.sent_at is not None:
        return Delivery(visit.t("delivery.sent", at=show.short_time(visit, line.sent_at)), "ok")
    if state in (OutgoingState.FAILED, OutgoingState.CANCELLED):
        key = "delivery.failed" if reachable else "delivery.unreachable"
        return Delivery(visit.t(key, reason=show.reason(visit, line.error)), "bad")
    return Delivery(visit.t(f"delivery.{state.value}"), _TONES[state])


def suggestions(visit: Visit, found: TicketView) -> Sequence[Suggestion]:
    """Entries that might answer a question; in danger nobody reads them."""
    if found.ticket.kind is not TicketKind.QUESTION:
        return ()
    entries = [visit.snapshot.entry(name) for name in visit.parts.suggest(found.question)]
    return [
        Suggestion(
            id=entry.id,
            question=entry.question.get(visit.language),
            answer=entry.answer.get(visit.language),
            prepared=answer_from(visit, entry, found.ticket.language),
            approved=entry.approved is not None,
        )
        for entry in entries
        if entry is not None
    ][:SUGGESTIONS]


def answer_from(visit: Visit, entry: Entry, language: Language) -> str:
    """An entry's answer as a draft for the asker, with what it rests on."""
    text = entry.answer.get(language)
    basis = "; ".join(basis_lines(visit.snapshot, entry, language))
    if not basis:
        return text
    words = visit.snapshot.words(language)
    return f"{text}\n\n{words.line('console.ticket.basis', basis=basis)}"


def basis_lines(snapshot: Snapshot, entry: Entry, language: Language) -> list[str]:
    """What an entry rests on, a short line each."""
    lines: list[str] = []
    for basis in entry.basis:
        if basis.document is not None:
            lines.append(f"{basis.document}, {basis.article}" if basis.article else basis.document)
        elif basis.title is not None:
            lines.append(basis.title.get(language))
    return lines
