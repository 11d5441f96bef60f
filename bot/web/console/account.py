"""An officer's own page: what they may do, and a code that makes their account on a platform theirs."""

from __future__ import annotations

from fastapi.responses import Response

from bot import people
from bot.web.console.visits import Access, Page, Visit


async def show_account(visit: Visit) -> Response:
    """Name, roles, accounts."""
    return await _page(visit)


async def _page(visit: Visit, *, command: str = "") -> Response:
    async with visit.parts.store.read() as session:
        own = next((o for o in await people.list_officers(session) if o.id == visit.officer.id), None)
    departments = {d.id: d.name.get(visit.language) for d in visit.snapshot.organization.departments}
    context = {
        "accounts": [visit.name_of("channel", name) for name in own.channels] if own else [],
        "department": departments.get(visit.officer.department or "", ""),
        "command": command,
    }
    return visit.render("account.html", context)


async def new_code(visit: Visit) -> Response:
    """A one-time command for a private chat with the bot; it is shown once."""
    async with visit.parts.store.write() as session:
        code = await people.login_code(session, visit.officer, now=visit.now, by=visit.officer)
    return await _page(visit, command=f"/canbo {code}")


PAGES = (
    Page("GET", "/me", Access.SIGNED_IN, show_account),
    Page("POST", "/me/code", Access.SIGNED_IN, new_code),
)
