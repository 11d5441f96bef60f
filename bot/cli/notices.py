"""`haidang notice …`: broadcasts from the command line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from bot import notices, people
from bot.cli.common import (
    JsonOption,
    LangOption,
    clock,
    fail,
    files,
    language,
    quiet_logs,
    say,
)
from bot.cli.database import open_store, run
from bot.clock import LOCAL_ZONE, show_time
from bot.store.tables import Notice, NoticeKind, Severity

app = typer.Typer(help="Thông báo / notices.", no_args_is_help=True)


@app.command("list")
def list_all(as_json: JsonOption = False, lang: LangOption = None) -> None:
    """List the notices, newest first."""
    quiet_logs()
    chosen = language(lang)

    async def work() -> list[notices.NoticeLine]:
        async with open_store() as store, store.read() as session:
            return await notices.list_notices(session)

    lines = run(work, chosen)
    for line in lines:
        if as_json:
            typer.echo(json.dumps({"code": line.code, "state": line.state, "title": line.title}, ensure_ascii=False))
        else:
            typer.echo(f"{line.code}  {line.state:10} {line.title}")
    if not lines and not as_json:
        say(chosen, "Chưa có thông báo nào.", "No notices yet.")


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(metavar="ID")], as_json: JsonOption = False, lang: LangOption = None
) -> None:
    """One notice with its delivery figures."""
    quiet_logs()
    chosen = language(lang)

    async def work() -> tuple[Notice, notices.Delivery, notices.Reach]:
        async with open_store() as store, store.read() as session:
            notice = await notices.get(session, code)
            return notice, await notices.delivery(session, notice), await notices.reach(session, notice)

    notice, delivery, reach = run(work, chosen)
    figures = {
        "total": delivery.total,
        "queued": delivery.queued,
        "sending": delivery.sending,
        "sent": delivery.sent,
        "failed": delivery.failed,
        "uncertain": delivery.uncertain,
        "cancelled": delivery.cancelled,
    }
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "code": notice.code,
                    "kind": notice.kind.value,
                    "severity": notice.severity.value,
                    "state": notice.state.value,
                    "title": {"vi": notice.title_vi, "en": notice.title_en},
                    "text": {"vi": notice.text_vi, "en": notice.text_en},
                    "audience": notice.audience,
                    "reach": reach.total,
                    "delivery": figures | {"reasons": dict(delivery.reasons)},
                },
                ensure_ascii=False,
            )
        )
        return
    typer.echo(f"{notice.code}  {notice.kind.value}/{notice.severity.value}  {notice.state.value}")
    typer.echo(f"{notice.title_vi}\n\n{notice.text_vi}\n")
    if notice.audience:
        shown = {k: ",".join(map(str, v)) if isinstance(v, list) else v for k, v in notice.audience.items()}
        said = " ".join(f"{name}={value}" for name, value in shown.items())
        say(chosen, f"Điều kiện: {said}", f"Audience: {said}")
    say(chosen, f"Người nhận: {reach.total}", f"Recipients: {reach.total}")
    typer.echo("  ".join(f"{name}: {count}" for name, count in figures.items()))
    for reason, count in delivery.reasons.items():
        typer.echo(f"  {count} × {reason}")


@app.command("send")
def send(
    kind: Annotated[NoticeKind, typer.Option("--kind")],
    severity: Annotated[Severity, typer.Option("--severity")],
    vi: Annotated[Path, typer.Option("--vi", help="file: first line the title, the rest the text")],
    en: Annotated[Path | None, typer.Option("--en", help="the same in English")] = None,
    audience: Annotated[
        str,
        typer.Option(
            "--audience",
            help='fewer than all, e.g. "role=fisherman area=phu-quoc,rach-gia vessel=from_15 languages=vi public=no"',
        ),
    ] = "",
    at: Annotated[str | None, typer.Option("--at", help="local time, e.g. 2026-11-30T06:00")] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="local time after which it isn't sent any more")
    ] = None,
    approve_as: Annotated[int | None, typer.Option("--approve-as", help="id of an officer who may approve it")] = None,
    lang: LangOption = None,
) -> None:
    """Make a draft; it still needs approval unless --approve-as names an officer who may give it."""
    quiet_logs()
    chosen = language(lang)
    title_vi, text_vi = _parts(vi, "--vi")
    title_en, text_en = _parts(en, "--en") if en else ("", "")
    send_at, expires_at = _moment(at, "--at"), _moment(expires, "--expires")

    areas = [area.id for area in files().organization.areas]

    async def work() -> tuple[str, bool, int]:
        notices.check_areas(notices.audience_of(_audience(audience)), areas)
        async with open_store() as store, store.write() as session:
            now = clock().now()
            officer = await people.officer_by_id(session, approve_as) if approve_as is not None else None
            notice = await notices.draft(
                session,
                kind=kind,
                severity=severity,
                title_vi=title_vi,
                text_vi=text_vi,
                title_en=title_en,
                text_en=text_en,
                audience=_audience(audience),
                send_at=send_at,
                expires_at=expires_at,
                by=officer,
                now=now,
            )
            reach = await notices.reach(session, notice)
            if officer is not None:
                await notices.submit(session, notice.code, officer, now=now)
                await notices.approve(session, notice.code, officer, now=now)
            return notice.code, officer is not None, reach.total

    code, approved, total = run(work, chosen)
    if approved:
        when = show_time(send_at) if send_at else ""
        say(
            chosen,
            f"{code}: đã duyệt, gửi tới {total} người {when or 'ngay'}",
            f"{code}: approved, goes to {total} people {when or 'at once'}",
        )
    else:
        say(
            chosen,
            f"{code}: bản nháp cho {total} người; mở console để trình và duyệt",
            f"{code}: draft for {total} people; submit and approve it in the console",
        )


def _parts(path: Path, option: str) -> tuple[str, str]:
    try:
        title, _, text = path.read_text("utf-8").strip().partition("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise fail(f"{option} {path}: {error}") from error
    return title.strip(), text.strip()


def _moment(value: str | None, option: str) -> dt.datetime | None:
    if value is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r}: 2026-11-30T06:00", param_hint=option) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)


def _audience(words: str) -> dict[str, str | list[str]]:
    """`name=value` or `name=one,two`; what they may be is for the notices to say."""
    found: dict[str, str | list[str]] = {}
    for word in words.split():
        name, separator, value = word.partition("=")
        if not separator or not value:
            raise typer.BadParameter(f"{word!r}: name=value", param_hint="--audience")
        found[name] = value if name == "public" else value.split(",")
    return found
