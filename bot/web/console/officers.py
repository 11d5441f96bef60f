"""Officers: who works here, letting somebody in, sending a new link, taking access away; groups and channels."""

from __future__ import annotations

from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import desk, people
from bot.people import BadOfficer, LastAdministrator, Permission, UnknownOfficer
from bot.store.tables import Officer, Purpose, Role
from bot.web.console import show
from bot.web.console.visits import Page, Visit


async def show_officers(visit: Visit) -> Response:
    """The list, the form for a new officer, and the bound groups."""
    return await _page(visit)


async def _page(visit: Visit, *, status: int = 200, **more: object) -> Response:
    async with visit.parts.store.read() as session:
        lines = await people.list_officers(session)
        groups = await people.bound_groups(session)
    departments = [(d.id, d.name.get(visit.language)) for d in visit.snapshot.organization.departments]
    names = dict(departments)
    context: dict[str, object] = {
        "officers": [(line, names.get(line.department or "", line.department or "")) for line in lines],
        "groups": [
            (group, visit.name_of("channel", group.channel), show.short_time(visit, group.created_at))
            for group in groups
        ],
        "roles": [role.value for role in Role],
        "departments": departments,
        "short_time": lambda moment: show.short_time(visit, moment),
        "typed_name": "",
        "typed_roles": (Role.OFFICER.value,),
        "typed_department": "",
        "complaint": "",
        "made": None,
        **more,
    }
    return visit.render("officers.html", context, status=status)


async def invite(visit: Visit) -> Response:
    """A new officer; the link is shown on the page that comes back, and never again."""
    name, roles, department = visit.form("name"), visit.form.all("roles"), visit.form("department")
    known = {d.id for d in visit.snapshot.organization.departments}
    typed: dict[str, object] = {"typed_name": name, "typed_roles": roles, "typed_department": department}
    try:
        async with visit.parts.store.write() as session:
            officer, code = await people.invite(
                session,
                name=name,
                roles=roles,
                department=department if department in known else None,
                now=visit.now,
                by=visit.officer,
            )
    except BadOfficer:
        said = visit.t("officers.bad_name" if not name else "officers.bad_roles")
        return await _page(visit, status=422, complaint=said, **typed)
    return await _page(visit, made=_link(visit, officer, code))


async def new_link(visit: Visit) -> Response:
    """A fresh link for an officer who is there already; older ones end."""
    async with visit.parts.store.write() as session:
        officer = await _officer(session, visit)
        code = await people.login_code(session, officer, now=visit.now, by=visit.officer)
    return await _page(visit, made=_link(visit, officer, code))


async def revoke(visit: Visit) -> Response:
    """Takes an officer's access away, and puts what they had taken back into the queue."""
    try:
        async with visit.parts.store.write() as session:
            officer = await _officer(session, visit)
            await people.revoke(session, officer, now=visit.now, by=visit.officer)
            await desk.release_all_of(session, visit.snapshot, officer, now=visit.now, by=visit.officer)
    except LastAdministrator as refusal:
        return await _page(visit, status=409, complaint=visit.refusal(refusal))
    visit.parts.store.outbox_wake.ring()
    return visit.redirect("/console/officers", done="revoked")


async def group_code(visit: Visit) -> Response:
    """A code that makes a group the officers' desk, or a channel a public one."""
    public = visit.form("purpose") == Purpose.PUBLIC.value
    async with visit.parts.store.write() as session:
        make = people.invite_public if public else people.invite_desk
        code = await make(session, now=visit.now, by=visit.officer)
    command = f"/kenh {code}" if public else f"/desk {code}"
    return await _page(visit, made={"kind": "public" if public else "desk", "name": "", "link": "", "command": command})


async def unbind(visit: Visit) -> Response:
    """Makes a bound group an ordinary chat again."""
    async with visit.parts.store.write() as session:
        for group in await people.bound_groups(session):
            if str(group.id) == visit.path("group"):
                await people.unbind_group(session, group, now=visit.now, by=visit.officer)
    return visit.redirect("/console/officers", done="unbound")


async def _officer(session: AsyncSession, visit: Visit) -> Officer:
    number = visit.path("officer")
    if not number.isdecimal() or len(number) > 18:
        raise UnknownOfficer("no officer's number")
    return await people.officer_by_id(session, int(number))


def _link(visit: Visit, officer: Officer, code: str) -> dict[str, str]:
    link = f"{visit.parts.base_url}/console/login/{code}"
    return {"kind": "login", "name": officer.name, "link": link, "command": f"/canbo {code}"}


PAGES = (
    Page("GET", "/officers", Permission.MANAGE_OFFICERS, show_officers),
    Page("POST", "/officers", Permission.MANAGE_OFFICERS, invite),
    Page("POST", "/officers/{officer}/link", Permission.MANAGE_OFFICERS, new_link),
    Page("POST", "/officers/{officer}/revoke", Permission.MANAGE_OFFICERS, revoke),
    Page("POST", "/groups/code", Permission.MANAGE_OFFICERS, group_code),
    Page("POST", "/groups/{group}/unbind", Permission.MANAGE_OFFICERS, unbind),
)
