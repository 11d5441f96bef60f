"""`haidang doctor`: looks at everything that must be right and says what to mend."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict, dataclass
from typing import Literal

import typer
from sqlalchemy import text

from bot import people
from bot.channels.telegram import check as check_telegram
from bot.channels.zalo_bot import check as check_zalo_bot
from bot.channels.zalo_oa import check as check_zalo_oa
from bot.cli.common import JsonOption, Lang, LangOption, clock, language, quiet_logs, settings
from bot.clock import local_day
from bot.faq import Snapshot
from bot.faq import check as check_files
from bot.faq.schema import Contact
from bot.settings import PREFIX, Settings
from bot.store import Store, StoredChannelState, StoreUnavailable
from bot.store.migrate import head

Level = Literal["ok", "todo", "error"]
#: Reviews due within so many days are named.
REVIEW_SOON = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine, to be done before going live, or broken."""

    subject: str
    level: Level
    text: str


def doctor(as_json: JsonOption = False, lang: LangOption = None) -> None:
    """Check settings, database, platforms, knowledge and contacts. Exit 1 when something is broken."""
    quiet_logs()
    chosen = language(lang)

    async def work() -> list[Finding]:
        return [
            *_settings(settings(), chosen),
            *await _database(settings(), chosen),
            *await _telegram(settings(), chosen),
            *await _zalo_oa(settings(), chosen),
            *await _zalo_bot(settings()),
            *_knowledge(settings(), chosen),
        ]

    findings = asyncio.run(work())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        marks = {"ok": "✓", "todo": "•", "error": "✗"}
        for finding in findings:
            typer.echo(f"{marks[finding.level]} {finding.subject}: {finding.text}")
        broken, todo = (sum(f.level == level for f in findings) for level in ("error", "todo"))
        typer.echo(
            f"\n{broken} lỗi, {todo} việc cần làm trước khi chạy chính thức"
            if chosen == "vi"
            else f"\n{broken} broken, {todo} to do before going live"
        )
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


def _settings(values: Settings, lang: Lang) -> list[Finding]:
    set_by_hand = [PREFIX + name.upper() for name in sorted(values.model_fields_set)]
    text_ = ", ".join(set_by_hand) or ("mặc định cả" if lang == "vi" else "all defaults")
    findings = [Finding("settings", "ok", text_)]
    if values.public_url is None:
        findings.append(
            Finding(
                "settings",
                "todo",
                "đặt HAIDANG_PUBLIC_URL thành địa chỉ mà công chúng mở được"
                if lang == "vi"
                else "set HAIDANG_PUBLIC_URL to the address that the public can open",
            )
        )
    return findings


async def _database(values: Settings, lang: Lang) -> list[Finding]:
    folder = values.data_dir
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        problem = f"HAIDANG_DATA_DIR={folder}: " + (
            f"{there} không phải thư mục ghi được; sửa chủ sở hữu, quyền hoặc chọn thư mục khác"
            if lang == "vi"
            else f"{there} is no folder that can be written; mend its owner and rights, or choose another"
        )
        return [Finding("database", "error", problem)]
    if values.database_url is None and not (values.data_dir / "haidang.db").exists():
        return [
            Finding(
                "database",
                "ok",
                "chưa có; `haidang run` sẽ tạo" if lang == "vi" else "not there yet; `haidang run` creates it",
            )
        ]
    try:
        store = Store(values.database)
    except StoreUnavailable as error:
        return [Finding("database", "error", str(error))]
    try:
        await store.check()
        async with store.read() as session:
            version = await session.scalar(text("SELECT version_num FROM alembic_version"))
            if version != head():
                return [Finding("database", "error", f"schema {version}, program {head()}: `haidang run`")]
            findings = [Finding("database", "ok", f"{store.url.get_backend_name()}, schema {version}")]
            officers = [line for line in await people.list_officers(session) if line.revoked_at is None]
            desks = await people.desk_conversations(session)
    except StoreUnavailable as error:
        return [Finding("database", "error", str(error))]
    except Exception as error:
        return [Finding("database", "error", f"{type(error).__name__}: {error}")]
    finally:
        await store.close()
    vi = lang == "vi"
    if not any(line.signed_in for line in officers):
        findings.append(
            Finding(
                "officers",
                "todo",
                "chưa ai đăng nhập; mở link console mà `haidang run` in ra"
                if vi
                else "nobody has signed in; open the console link that `haidang run` prints",
            )
        )
    else:
        findings.append(Finding("officers", "ok", str(len(officers))))
    if values.telegram_token is not None and not desks:
        findings.append(
            Finding(
                "desk group",
                "todo",
                "chưa có nhóm cán bộ; `haidang officer invite --role desk` rồi gửi /desk <mã> trong nhóm"
                if vi
                else "no officers' group; `haidang officer invite --role desk`, then send /desk <code> in the group",
            )
        )
    return findings


async def _telegram(values: Settings, lang: Lang) -> list[Finding]:
    if values.telegram_token is None:
        nothing = "chưa đặt HAIDANG_TELEGRAM_TOKEN" if lang == "vi" else "HAIDANG_TELEGRAM_TOKEN is not set"
        return [Finding("telegram", "todo", nothing)]
    probe = await check_telegram(values.telegram_token.get_secret_value(), values.telegram_api_url)
    if not probe.ok:
        return [Finding("telegram", "error", probe.reason or "?")]
    findings = [Finding("telegram", "ok", f"@{probe.username}, {probe.pending} pending")]
    if probe.last_error:
        findings.append(Finding("telegram", "todo", f"webhook: {probe.last_error}"))
    return findings


async def _zalo_oa(values: Settings, lang: Lang) -> list[Finding]:
    if values.zalo_oa_refresh_token is None:
        return []
    findings = []
    if values.public_url is None or values.public_url.scheme != "https":
        todo = (
            "Zalo chỉ gửi sự kiện tới địa chỉ https; đặt HAIDANG_PUBLIC_URL và khai báo …/webhooks/zalo-oa"
            if lang == "vi"
            else "Zalo delivers to https addresses only; set HAIDANG_PUBLIC_URL and enter …/webhooks/zalo-oa over there"
        )
        findings.append(Finding("zalo-oa", "todo", todo))
    if values.database_url is None and not (values.data_dir / "haidang.db").exists():
        return [*findings, Finding("zalo-oa", "todo", "`haidang run`")]
    try:
        store = Store(values.database)
    except StoreUnavailable as error:
        return [Finding("zalo-oa", "error", str(error))]
    try:
        probe = await check_zalo_oa(
            values.zalo_oa_refresh_token.get_secret_value(),
            StoredChannelState(store, clock()),
            api_url=values.zalo_oa_api_url,
            now=clock().now(),
            paid=values.zalo_oa_paid,
        )
    except Exception as error:  # the database's own finding says what to do
        return [*findings, Finding("zalo-oa", "error", f"{type(error).__name__}: {str(error)[:200]}")]
    finally:
        await store.close()
    levels: dict[bool | None, Level] = {True: "ok", False: "error", None: "todo"}
    return [*findings, Finding("zalo-oa", levels[probe.ok], probe.text)]


async def _zalo_bot(values: Settings) -> list[Finding]:
    if values.zalo_bot_token is None:
        return []
    probe = await check_zalo_bot(values.zalo_bot_token.get_secret_value(), values.zalo_bot_api_url)
    return [Finding("zalo-bot", "ok" if probe.ok else "error", probe.text)]


def _knowledge(values: Settings, lang: Lang) -> list[Finding]:
    today = local_day(clock().now())
    loaded, problems = check_files(values.knowledge_dir, today=today)
    errors = [p for p in problems if p.severity == "error"]
    if loaded is None or errors:
        return [Finding("knowledge", "error", str(problem)) for problem in errors]
    vi = lang == "vi"
    entries = loaded.entries.values()
    unapproved = sum(entry.approved is None for entry in entries)
    secondary = sum(entry.verification.status == "secondary" for entry in entries)
    due = sum((entry.review_by - today).days <= REVIEW_SOON for entry in entries)
    replaced = sum(bool(loaded.replaced_documents(entry)) for entry in entries)
    counts = [
        (unapproved, "mục chưa được cơ quan duyệt", "entries not approved by the authority"),
        (secondary, "mục dẫn nguồn thứ cấp, cán bộ phải xác nhận", "entries on secondary sources, to be confirmed"),
        (due, f"mục tới hạn rà soát trong {REVIEW_SOON} ngày", f"entries due for review within {REVIEW_SOON} days"),
        (replaced, "mục dựa trên văn bản đã bị thay thế", "entries resting on replaced documents"),
    ]
    findings = [Finding("knowledge", "ok", f"{len(loaded.entries)} entries, version {loaded.version}")]
    findings += [Finding("knowledge", "todo", f"{count} {vi_ if vi else en}") for count, vi_, en in counts if count]
    return [*findings, *_retention(loaded, lang), *_contacts(loaded, lang)]


def _retention(loaded: Snapshot, lang: Lang) -> list[Finding]:
    """How long what is kept, and the one period that the program itself can't see to."""
    kept = loaded.organization.retention
    vi = lang == "vi"
    periods = [
        (kept.messages, "tin nhắn", "messages"),
        (kept.questions, "câu hỏi", "questions"),
        (kept.tickets, "phiếu sau khi xong", "tickets after their end"),
        (kept.sign_ins, "phiên, mã một lần", "sessions, one-time codes"),
    ]
    unit = "ngày" if vi else "days"
    text_ = ", ".join(f"{name if vi else other} {days} {unit}" for days, name, other in periods)
    backups = (
        f"xoá tệp sao lưu cũ hơn {kept.backups} ngày: đã hứa với người dùng như vậy, chương trình không tự làm được"
        if vi
        else f"delete backup files older than {kept.backups} days: people are promised so, the program can't do it"
    )
    return [Finding("retention", "ok", text_), Finding("retention", "todo", backups)]


def _contacts(loaded: Snapshot, lang: Lang) -> list[Finding]:
    organization = loaded.organization
    contacts: list[Contact] = [
        *organization.rescue,
        *organization.contacts,
        *(contact for department in organization.departments for contact in department.contacts),
    ]
    ask = "gọi thử, rồi ghi `confirmed`" if lang == "vi" else "try it, then set `confirmed`"
    findings = [
        Finding("contact", "todo", f"{c.value} ({c.label.get(lang)}): {ask}; {c.source}, {c.read}")
        for c in contacts
        if c.confirmed is None
    ]
    return findings or [Finding("contacts", "ok", str(len(contacts)))]
