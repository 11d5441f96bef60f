"""A ticket's page and what officers do there. What was typed is never lost: a refusal shows it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import desk
from bot.desk import UnknownTicket
from bot.people import NotAllowed, Permission, Refused
from bot.web.console import ticket_view
from bot.web.console.visits import Page, Visit
from bot.web.pictures import picture_response

#: Longer answers don't fit into one message of any platform, with the heading that the desk adds.
TEXT_LIMIT = 3500

Act = Callable[[AsyncSession], Awaitable[str]]


async def show_ticket(visit: Visit) -> Response:
    """The conversation, the facts, and what can be done."""
    return await _page(visit, _code(visit))


async def show_thread(visit: Visit) -> Response:
    """The parts of the page that change by themselves."""
    return await _page(visit, _code(visit), template="ticket_live.html")


async def _page(
    visit: Visit,
    code: str,
    *,
    template: str = "ticket.html",
    complaint: str = "",
    answer: str = "",
    note: str = "",
    status: int = 200,
) -> Response:
    async with visit.parts.store.read() as session:
        found = await desk.ticket_page(session, code)
    view = ticket_view.show_view(visit, found)
    if not answer and (entry := visit.snapshot.entry(visit.query("use"))) is not None:
        answer = ticket_view.answer_from(visit, entry, found.ticket.language)
    context = {
        "ticket": view,
        "suggestions": ticket_view.suggestions(visit, found) if view.may_answer else (),
        "complaint": complaint,
        "typed_answer": answer,
        "typed_note": note,
        "limit": TEXT_LIMIT,
    }
    return visit.render(template, context, status=status)


async def photo(visit: Visit) -> Response:
    """A picture that the asker sent, as it was sent: for officers alone, since it may tell where somebody was."""
    try:
        number = int(visit.path("event"))
    except ValueError:
        raise UnknownTicket("no line of a history", code=visit.path("code")) from None
    async with visit.parts.store.read() as session:
        file = await desk.file_of_event(session, _code(visit), number)
    if file is None:
        raise UnknownTicket("no such picture", code=_code(visit))
    return picture_response(file, name=f"{_code(visit)}-{number}")


def _code(visit: Visit) -> str:
    code = desk.normalise_code(visit.path("code"))
    if code is None:
        raise UnknownTicket("no ticket code", code=visit.path("code"))
    return code


async def _do(visit: Visit, act: Act, *, answer: str = "", note: str = "") -> Response:
    """Carries out one act in a transaction; the act names what to say afterwards."""
    code = _code(visit)
    try:
        async with visit.parts.store.write() as session:
            done = await act(session)
    except (NotAllowed, UnknownTicket):
        raise
    except Refused as refusal:
        return await _page(visit, code, complaint=visit.refusal(refusal), answer=answer, note=note, status=409)
    # An answer to the asker and the cards in the officers' groups both wait in the outbox now.
    visit.parts.store.outbox_wake.ring()
    return visit.redirect(f"/console/tickets/{code}", done=done)


async def take(visit: Visit) -> Response:
    """Makes the ticket the officer's own."""

    async def act(session: AsyncSession) -> str:
        await desk.take(session, visit.snapshot, _code(visit), visit.officer, now=visit.now)
        return "taken"

    return await _do(visit, act)


async def release(visit: Visit) -> Response:
    """Gives it back to the queue."""

    async def act(session: AsyncSession) -> str:
        await desk.release(session, visit.snapshot, _code(visit), visit.officer, now=visit.now)
        return "released"

    return await _do(visit, act)


async def answer(visit: Visit) -> Response:
    """Sends the answer to the asker; the form's `once` makes a double click harmless."""
    text = visit.form("text")
    if len(text) > TEXT_LIMIT:
        said = visit.t("ticket.too_long", length=len(text), limit=TEXT_LIMIT)
        return await _page(visit, _code(visit), complaint=said, answer=text, status=422)

    async def act(session: AsyncSession) -> str:
        once = visit.form("once") or None
        code = _code(visit)
        answered = await desk.answer(
            session,
            visit.snapshot,
            code,
            visit.officer,
            text,
            now=visit.now,
            once=once,
            windows=visit.parts.windows,
        )
        return "answered" if answered.reachable else "answered_unreachable"

    return await _do(visit, act, answer=text)


async def note(visit: Visit) -> Response:
    """Writes something that only officers see."""
    text = visit.form("text")

    async def act(session: AsyncSession) -> str:
        await desk.note(session, visit.snapshot, _code(visit), visit.officer, text, now=visit.now)
        return "noted"

    return await _do(visit, act, note=text)


async def close(visit: Visit) -> Response:
    """Ends the ticket."""

    async def act(session: AsyncSession) -> str:
        await desk.close(session, visit.snapshot, _code(visit), visit.officer, now=visit.now)
        return "closed"

    return await _do(visit, act)


async def reopen(visit: Visit) -> Response:
    """Puts it back into the queue."""

    async def act(session: AsyncSession) -> str:
        await desk.reopen(session, visit.snapshot, _code(visit), visit.officer, now=visit.now)
        return "reopened"

    return await _do(visit, act)


PAGES = (
    Page("GET", "/tickets/{code}", Permission.SEE_QUEUE, show_ticket),
    Page("GET", "/tickets/{code}/thread", Permission.SEE_QUEUE, show_thread),
    Page("GET", "/tickets/{code}/photos/{event}", Permission.SEE_QUEUE, photo),
    Page("POST", "/tickets/{code}/take", Permission.TAKE, take),
    Page("POST", "/tickets/{code}/release", Permission.TAKE, release),
    Page("POST", "/tickets/{code}/answer", Permission.ANSWER, answer),
    Page("POST", "/tickets/{code}/note", Permission.NOTE, note),
    Page("POST", "/tickets/{code}/close", Permission.CLOSE, close),
    Page("POST", "/tickets/{code}/reopen", Permission.TAKE, reopen),
)
