"""The way to every page of the console: session, form, permission, then the page; and what is shown instead."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.curation import UnknownRevision, waiting_for_review
from bot.desk import UnknownTicket
from bot.messages import Language
from bot.notices import UnknownNotice
from bot.people import NotAllowed, Permission, Refused, UnknownOfficer, holders, officer_of_session
from bot.store import StoreUnavailable
from bot.web.console import (
    account,
    conflicts,
    documents,
    edits,
    entries,
    knowledge,
    notices,
    officers,
    queue,
    sign_in,
    system,
    tickets,
)
from bot.web.console.parts import ConsoleParts
from bot.web.console.security import FORM_TOKEN, SESSION_COOKIE, same_origin, set_language, token_fits
from bot.web.console.visits import Access, Form, Page, Visit, language_of

log = structlog.get_logger(__name__)

#: Every page there is. A page needs a line here, and a line needs to say who may open it.
ROUTES: tuple[Page, ...] = (
    *sign_in.PAGES,
    *queue.PAGES,
    *tickets.PAGES,
    *notices.PAGES,
    *officers.PAGES,
    *knowledge.PAGES,
    *entries.PAGES,
    *documents.PAGES,
    *edits.PAGES,
    *conflicts.PAGES,
    *system.PAGES,
    *account.PAGES,
)
_MISSING = (UnknownTicket, UnknownNotice, UnknownOfficer, UnknownRevision)


def console_router(parts: ConsoleParts) -> APIRouter:
    """The console under `/console`, wired to its parts."""
    router = APIRouter(prefix="/console", include_in_schema=False)
    for page in ROUTES:
        router.add_api_route(page.path, _endpoint(parts, page), methods=[page.method], response_model=None)
    return router


def _endpoint(parts: ConsoleParts, page: Page) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def endpoint(request: Request) -> Response:
        form = Form(await request.form()) if page.method == "POST" else Form()
        token = request.cookies.get(SESSION_COOKIE, "")
        visit = Visit(parts, request, language_of(request), parts.clock.now(), form=form)
        try:
            if token:
                visit = await _recognise(visit, token)
            response = await _admit(visit, page)
        except StoreUnavailable as error:
            if page.method == "GET":
                raise
            log.warning("form not taken", path=page.path, error=str(error))
            response = problem(visit, "unavailable", status=503)
        if (wanted := request.query_params.get("lang")) in tuple(Language) and wanted is not None:
            set_language(response, wanted, secure=parts.secure)
        return response

    endpoint.__name__ = page.handler.__name__  # names the route in the log
    return endpoint


async def _recognise(visit: Visit, token: str) -> Visit:
    async with visit.parts.store.read() as session:
        who = await officer_of_session(session, token, visit.now)
        if who is None:
            return visit
        visit = replace(visit, who=who, token=token)
        if visit.can(Permission.SEE_QUEUE):
            visit = replace(visit, alerts=await queue.untaken_distress(session, visit.now))
        if visit.can(Permission.APPROVE_KNOWLEDGE):
            visit = replace(visit, reviews=await waiting_for_review(session))
        return visit


async def _admit(visit: Visit, page: Page) -> Response:
    if visit.who is None and page.needs is not Access.ANYONE:
        return problem(visit, "signed_out", status=401)
    if page.method == "POST":
        ours = same_origin(visit.request, visit.parts.base_url)
        if not ours or (visit.token and not token_fits(visit.token, visit.form(FORM_TOKEN))):
            log.warning("foreign form refused", path=page.path, same_origin=ours)
            return problem(visit, "foreign_form", status=403)
    if isinstance(page.needs, Permission) and not visit.can(page.needs):
        if page.path == "" and visit.home() != "/console":
            return visit.redirect(visit.home())
        return await forbidden(visit)
    try:
        return await page.handler(visit)
    except NotAllowed:
        return await forbidden(visit)
    except _MISSING:
        return problem(visit, "missing", status=404)
    except Refused as refusal:
        return problem(visit, "refused", status=409, said=visit.refusal(refusal))


async def forbidden(visit: Visit) -> Response:
    """The page that says who can give the right."""
    async with visit.parts.store.read() as session:
        administrators = [o.name for o in await holders(session, Permission.MANAGE_OFFICERS)]
    return problem(visit, "forbidden", status=403, administrators=administrators)


def problem(
    visit: Visit, name: str, *, status: int, said: str = "", administrators: list[str] | None = None
) -> Response:
    """A page that says what went wrong and what to do; what had been typed stands on it, so that it isn't lost."""
    context = {"name": name, "said": said, "administrators": administrators or [], "written": visit.form.written}
    return visit.render("problem.html", context, status=status)
