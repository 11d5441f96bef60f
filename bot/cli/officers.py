"""`haidang officer …`: who works with the hotline."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot import desk, people
from bot.cli.common import (
    JsonOption,
    LangOption,
    clock,
    fail,
    files,
    language,
    quiet_logs,
    say,
    settings,
)
from bot.cli.database import open_store, run
from bot.clock import show_time
from bot.store.tables import Role

app = typer.Typer(help="Cán bộ / officers.", no_args_is_help=True)

#: Not roles of a person but what a code binds: the officers' group, a public channel.
GROUP_CODES = {"desk": people.invite_desk, "public": people.invite_public}


@app.command("invite")
def invite(
    name: Annotated[str, typer.Option("--name", help="name of the officer; not needed for desk and public")] = "",
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help="officer | editor | broadcaster | leader | admin (several times); desk | public"),
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", help="id of a department of organization.yaml")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Make a one-time link and code, used once, valid 24 hours."""
    quiet_logs()
    chosen = language(lang)
    roles = role or ["officer"]
    known = [*(r.value for r in Role), *GROUP_CODES]
    for wanted in roles:
        if wanted not in known:
            raise typer.BadParameter(f"{wanted!r}: {' | '.join(known)}", param_hint="--role")
    group = next((r for r in roles if r in GROUP_CODES), None)
    if group and len(roles) > 1:
        raise typer.BadParameter(f"{group} stands alone / đứng một mình", param_hint="--role")
    if not group and not name.strip():
        raise typer.BadParameter("cần tên cán bộ / the officer's name is needed", param_hint="--name")
    departments = {d.id for d in files().organization.departments}
    if department is not None and department not in departments:
        raise typer.BadParameter(f"{department!r}: {' | '.join(sorted(departments))}", param_hint="--department")

    async def work() -> tuple[int | None, str]:
        async with open_store() as store, store.write() as session:
            now = clock().now()
            if group:
                return None, await GROUP_CODES[group](session, now=now, by=None)
            officer, code = await people.invite(
                session, name=name, roles=roles, department=department, now=now, by=None
            )
            return officer.id, code

    officer_id, code = run(work, chosen)
    link = f"{settings().base_url}/console/login/{code}"
    if as_json:
        typer.echo(json.dumps({"officer": officer_id, "code": code, "link": None if group else link}))
        return
    if group:
        command = {"desk": "/desk", "public": "/kenh"}[group]
        say(
            chosen,
            f"Gửi trong nhóm (hoặc kênh): {command} {code}\nDùng một lần, trong 24 giờ.",
            f"Send in the group (or channel): {command} {code}\nUsed once, within 24 hours.",
        )
        return
    say(
        chosen,
        f"Cán bộ số {officer_id}: {name}\nlink: {link}\ncode: {code}\n"
        f"Mở link để vào console, hoặc nhắn riêng cho bot trên Telegram: /canbo {code}\nDùng một lần, trong 24 giờ.",
        f"Officer {officer_id}: {name}\nlink: {link}\ncode: {code}\n"
        f"Open the link for the console, or send the bot on Telegram privately: /canbo {code}\n"
        "Used once, within 24 hours.",
    )


@app.command("list")
def list_all(as_json: JsonOption = False, lang: LangOption = None) -> None:
    """List officers."""
    quiet_logs()
    chosen = language(lang)

    async def work() -> list[people.OfficerLine]:
        async with open_store() as store, store.read() as session:
            return await people.list_officers(session)

    lines = run(work, chosen)
    for line in lines:
        if as_json:
            typer.echo(
                json.dumps(
                    {
                        "id": line.id,
                        "name": line.name,
                        "roles": list(line.roles),
                        "department": line.department,
                        "signed_in": line.signed_in,
                        "channels": list(line.channels),
                        "revoked_at": line.revoked_at.isoformat() if line.revoked_at else None,
                    },
                    ensure_ascii=False,
                )
            )
            continue
        state = ""
        if line.revoked_at:
            when = show_time(line.revoked_at)
            state = f" (đã thu hồi {when})" if chosen == "vi" else f" (revoked {when})"
        elif not line.signed_in:
            state = " (chưa đăng nhập)" if chosen == "vi" else " (not signed in yet)"
        typer.echo(f"{line.id:4} {line.name} [{', '.join(line.roles)}] {line.department or ''}{state}")
    if not lines and not as_json:
        say(
            chosen,
            "Chưa có cán bộ nào. Chạy `haidang run` và mở link console, hoặc `haidang officer invite`.",
            "No officers yet. Run `haidang run` and open the console link, or `haidang officer invite`.",
        )


@app.command("revoke")
def revoke(officer_id: Annotated[int, typer.Argument(metavar="ID")], lang: LangOption = None) -> None:
    """End an officer's access at once; their open tickets go back into the queue."""
    quiet_logs()
    chosen = language(lang)

    async def work() -> tuple[str, list[str]]:
        async with open_store() as store, store.write() as session:
            officer = await people.officer_by_id(session, officer_id)
            if officer.revoked_at is not None:
                raise fail(
                    f"{officer.name} đã bị thu hồi quyền trước đây."
                    if chosen == "vi"
                    else f"{officer.name} was revoked before."
                )
            now = clock().now()
            await people.revoke(session, officer, now=now, by=None)
            return officer.name, await desk.release_all_of(session, files(), officer, now=now)

    name, released = run(work, chosen)
    codes = ", ".join(released) or "0"
    say(
        chosen,
        f"Đã thu hồi quyền của {name}. Phiếu trả lại hàng đợi: {codes}",
        f"{name} has no access any more. Tickets back in the queue: {codes}",
    )
