"""Signing in with a one-time link, and out again.

Opening the link only shows a button: chat apps open links by themselves to preview them, and must not use up the code.
"""

from __future__ import annotations

import structlog
from fastapi.responses import Response

from bot.people import (
    FIRST_ADMINISTRATOR,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    Redeemed,
    Refused,
    UnknownOfficer,
    close_session,
    open_session,
    peek,
    redeem,
    rename,
)
from bot.store.tables import InvitePurpose
from bot.web.console.security import drop_session, set_session
from bot.web.console.visits import Access, Page, Visit

log = structlog.get_logger(__name__)

NAME_LIMIT = 80
_BAD_LINK = (CodeUnknown, CodeUsed, CodeExpired, UnknownOfficer)


async def show_login(visit: Visit) -> Response:
    """Whom the link lets in, and the button that uses it."""
    code = visit.path("code")
    try:
        async with visit.parts.store.read() as session:
            invited = await peek(session, code, purpose=InvitePurpose.LOGIN, now=visit.now)
    except _BAD_LINK as refusal:
        return _bad_link(visit, refusal)
    return _login_page(visit, code, invited)


async def login(visit: Visit) -> Response:
    """Uses the code and signs the browser in. The first administrator says their name first."""
    code = visit.path("code")
    name = visit.form("name")
    try:
        async with visit.parts.store.read() as session:
            invited = await peek(session, code, purpose=InvitePurpose.LOGIN, now=visit.now)
        if _nameless(invited) and not 0 < len(name) <= NAME_LIMIT:
            return _login_page(visit, code, invited, complaint=visit.t("login.name_needed"), status=422)
        async with visit.parts.store.write() as session:
            used = await redeem(session, code, purpose=InvitePurpose.LOGIN, now=visit.now, used_by="console")
            if used.officer is None:
                raise CodeUnknown("a login code without an officer")
            if _nameless(used):
                await rename(session, used.officer, name, now=visit.now, by=used.officer)
            token = await open_session(session, used.officer, visit.now)
    except _BAD_LINK as refusal:
        return _bad_link(visit, refusal)
    log.info("signed in", officer=used.officer.id)
    signed_in = Visit(visit.parts, visit.request, visit.language, visit.now, who=used.officer, token=token)
    response = visit.redirect(signed_in.home(), done="welcome")
    set_session(response, token, secure=visit.parts.secure)
    return response


async def logout(visit: Visit) -> Response:
    """Ends this browser's session."""
    async with visit.parts.store.write() as session:
        await close_session(session, visit.token, visit.now)
    response = Visit(visit.parts, visit.request, visit.language, visit.now).render("goodbye.html")
    drop_session(response, secure=visit.parts.secure)
    return response


def _nameless(invited: Redeemed) -> bool:
    return invited.officer is not None and invited.officer.name == FIRST_ADMINISTRATOR


def _login_page(visit: Visit, code: str, invited: Redeemed, *, complaint: str = "", status: int = 200) -> Response:
    context = {
        "code": code,
        "name": invited.officer.name if invited.officer else "",
        "first": _nameless(invited),
        "typed": visit.form("name"),
        "complaint": complaint,
        "limit": NAME_LIMIT,
    }
    return visit.render("login.html", context, status=status)


def _bad_link(visit: Visit, refusal: Refused) -> Response:
    reason = {CodeUsed: "used", CodeExpired: "expired", UnknownOfficer: "revoked"}.get(type(refusal), "unknown")
    return visit.render("bad_link.html", {"reason": reason}, status=410 if reason != "unknown" else 404)


PAGES = (
    Page("GET", "/login/{code}", Access.ANYONE, show_login),
    Page("POST", "/login/{code}", Access.ANYONE, login),
    Page("POST", "/logout", Access.SIGNED_IN, logout),
)
