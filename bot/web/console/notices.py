"""Notices: writing one, looking at it as it will be read, sending it after a second look, and watching it go out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import notices
from bot.notices import BadNotice, UnknownNotice
from bot.people import NotAllowed, Permission, Refused
from bot.store.tables import Notice, NoticeKind, NoticeState, Severity
from bot.web.console import notice_view
from bot.web.console.notice_form import Typed, Unreadable
from bot.web.console.visits import Page, Visit

Act = Callable[[AsyncSession, str], Awaitable[None]]


async def show_list(visit: Visit) -> Response:
    """All notices, the newest first."""
    async with visit.parts.store.read() as session:
        lines = await notices.list_notices(session)
        figures = await notice_view.figures(session, lines)
    rows = [notice_view.row_of(visit, line, figures.get(line.code, {})) for line in lines]
    return visit.render("notices.html", {"rows": rows})


async def show_new(visit: Visit) -> Response:
    """The empty form."""
    return await _form(visit, Typed())


async def create(visit: Visit) -> Response:
    """Saves a draft; nobody gets it yet."""
    typed = Typed.of_form(visit.form)
    try:
        values = typed.values(_areas(visit), {})
        async with visit.parts.store.write() as session:
            notice = await notices.draft(session, **values, by=visit.officer, now=visit.now)
    except (Unreadable, BadNotice) as problem:
        return await _form(visit, typed, complaint=_complaint(visit, problem))
    return visit.redirect(f"/console/notices/{notice.code}", done="drafted")


async def show_edit(visit: Visit) -> Response:
    """The form with a draft in it."""
    async with visit.parts.store.read() as session:
        notice = await notices.get(session, visit.path("code"))
    return await _form(visit, Typed.of_notice(notice), notice=notice)


async def save(visit: Visit) -> Response:
    """Changes a draft; one that was submitted has to be submitted again."""
    typed = Typed.of_form(visit.form)
    code = visit.path("code")
    async with visit.parts.store.read() as session:
        before = await notices.get(session, code)
    try:
        values = typed.values({*_areas(visit), *before.audience.get("area", ())}, before.audience)
        async with visit.parts.store.write() as session:
            await notices.edit(session, code, **values, by=visit.officer, now=visit.now)
    except (NotAllowed, UnknownNotice):
        raise
    except (Unreadable, Refused) as problem:
        return await _form(visit, typed, notice=before, complaint=_complaint(visit, problem))
    return visit.redirect(f"/console/notices/{code}", done="saved")


async def show_notice(visit: Visit) -> Response:
    """The notice as it is read, whom it reaches, what can be done, how far it got, who did what."""
    return await _page(visit, visit.path("code"))


async def show_progress(visit: Visit) -> Response:
    """The figures alone: the open page fetches them while the notice goes out."""
    return await _page(visit, visit.path("code"), template="notice_live.html")


async def submit(visit: Visit) -> Response:
    """Hands a draft to the second person."""

    async def act(session: AsyncSession, code: str) -> None:
        await notices.submit(session, code, visit.officer, now=visit.now)

    return await _do(visit, act, "submitted")


async def approve(visit: Visit) -> Response:
    """Sends it. Whoever approves their own because there is nobody else says so with a tick."""
    code = visit.path("code")
    async with visit.parts.store.read() as session:
        alone = (await notices.may_approve(session, await notices.get(session, code), visit.officer)).alone
    if alone and not visit.form("alone"):
        return await _page(visit, code, complaint=visit.t("notice.tick_alone"), status=422)

    async def act(session: AsyncSession, code: str) -> None:
        await notices.approve(session, code, visit.officer, now=visit.now, seen=visit.form("seen"))

    response = await _do(visit, act, "approved")
    visit.parts.wake_notices()
    return response


async def stop(visit: Visit) -> Response:
    """Keeps everything back that hasn't left yet."""

    async def act(session: AsyncSession, code: str) -> None:
        await notices.stop(session, code, visit.officer, now=visit.now)

    return await _do(visit, act, "stopped")


async def discard(visit: Visit) -> Response:
    """Puts away a notice that was never sent."""

    async def act(session: AsyncSession, code: str) -> None:
        await notices.discard(session, code, visit.officer, now=visit.now)

    return await _do(visit, act, "discarded")


async def _do(visit: Visit, act: Act, done: str) -> Response:
    code = visit.path("code")
    try:
        async with visit.parts.store.write() as session:
            await act(session, code)
    except (NotAllowed, UnknownNotice):
        raise
    except Refused as refusal:
        return await _page(visit, code, complaint=_complaint(visit, refusal), status=409)
    visit.parts.store.outbox_wake.ring()
    return visit.redirect(f"/console/notices/{code}", done=done)


async def _page(
    visit: Visit, code: str, *, template: str = "notice.html", complaint: str = "", status: int = 200
) -> Response:
    async with visit.parts.store.read() as session:
        notice = await notices.get(session, code)
        reach = await notices.reach(session, notice)
        delivery = await notices.delivery(session, notice)
        approval = await notices.may_approve(session, notice, visit.officer)
        history = await notice_view.history(session, visit, notice)
        people = await notice_view.people(session, notice)
    context = {
        "notice": notice_view.shown(visit, notice, approval, people),
        "reach": notice_view.reach_of(visit, reach),
        "progress": notice_view.progress_of(visit, notice, delivery, reach),
        "audience": notice_view.audience_lines(visit, notice),
        "previews": notice_view.previews(visit, notice),
        "history": history,
        "complaint": complaint,
    }
    return visit.render(template, context, status=status)


def _areas(visit: Visit) -> list[str]:
    return [area.id for area in visit.snapshot.organization.areas]


async def _form(visit: Visit, typed: Typed, *, notice: Notice | None = None, complaint: str = "") -> Response:
    async with visit.parts.store.read() as session:
        context = {
            "typed": typed,
            "code": notice.code if notice else "",
            "submitted": notice is not None and notice.state is NoticeState.SUBMITTED,
            "complaint": complaint,
            "kinds": [kind.value for kind in NoticeKind],
            "severities": [severity.value for severity in Severity],
            "choices": notice_view.choices(visit),
            "subscribers": await notice_view.subscribers(session, visit.now),
        }
    return visit.render("notice_form.html", context, status=422 if complaint else 200)


def _complaint(visit: Visit, problem: Unreadable | Refused) -> str:
    if isinstance(problem, Unreadable):
        return visit.t(f"notice_form.bad_{problem.problem}")
    if isinstance(problem, BadNotice):
        return visit.snapshot.words(visit.language).line(f"notice.problem_{problem.problem}")
    return visit.refusal(problem, states="notice_state")


PAGES = (
    Page("GET", "/notices", Permission.SEE_NOTICES, show_list),
    Page("GET", "/notices/new", Permission.WRITE_NOTICE, show_new),
    Page("POST", "/notices/new", Permission.WRITE_NOTICE, create),
    Page("GET", "/notices/{code}", Permission.SEE_NOTICES, show_notice),
    Page("GET", "/notices/{code}/progress", Permission.SEE_NOTICES, show_progress),
    Page("GET", "/notices/{code}/edit", Permission.WRITE_NOTICE, show_edit),
    Page("POST", "/notices/{code}/edit", Permission.WRITE_NOTICE, save),
    Page("POST", "/notices/{code}/submit", Permission.WRITE_NOTICE, submit),
    Page("POST", "/notices/{code}/approve", Permission.APPROVE_NOTICE, approve),
    Page("POST", "/notices/{code}/stop", Permission.APPROVE_NOTICE, stop),
    Page("POST", "/notices/{code}/discard", Permission.WRITE_NOTICE, discard),
)
