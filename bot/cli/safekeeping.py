"""`haidang backup` and `restore`: the database in one file, taken while the hotline runs."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import URL, make_url

from bot.cli.common import LangOption, fail, language, quiet_logs, say, settings
from bot.store import Store

#: Whoever runs the hotline holds the courier's lead; so long is tried to get it, in seconds.
_WAIT_FOR_LEAD = 3.0

FileArgument = Annotated[Path, typer.Argument(metavar="FILE")]


def backup(file: FileArgument, lang: LangOption = None) -> None:
    """Write the whole database into FILE; the hotline may go on running."""
    quiet_logs()
    chosen = language(lang)
    if file.exists():
        raise fail(f"{file} đã có; chọn tên khác" if chosen == "vi" else f"{file} exists; choose another name")
    url = make_url(settings().database)
    if not file.absolute().parent.is_dir():
        raise fail(f"không có thư mục {file.parent}" if chosen == "vi" else f"no folder {file.parent}")
    partial = file.with_name(file.name + ".part")
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(Path(url.database or ""), partial)
        else:
            _postgres("pg_dump", url, "--format=custom", f"--file={partial}")
        # It holds what people wrote, and their names.
        partial.chmod(0o600)
        partial.rename(file)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        partial.unlink(missing_ok=True)
        raise fail(_reason(error)) from error
    say(
        chosen,
        f"Đã sao lưu vào {file} ({file.stat().st_size} byte)",
        f"Backed up to {file} ({file.stat().st_size} bytes)",
    )


def restore(file: FileArgument, lang: LangOption = None) -> None:
    """Put the database back as it is in FILE; the hotline must be stopped. What was there is kept beside it."""
    quiet_logs()
    chosen = language(lang)
    if not file.is_file():
        raise fail(f"không có tệp {file}" if chosen == "vi" else f"no file {file}")
    url = make_url(settings().database)
    try:
        if url.get_backend_name() == "sqlite":
            _restore_sqlite(file, Path(url.database or ""), vi=chosen == "vi")
        else:
            asyncio.run(_restore_postgres(file, url, vi=chosen == "vi"))
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        raise fail(_reason(error)) from error
    say(chosen, f"Đã khôi phục từ {file}", f"Restored from {file}")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise FileNotFoundError(2, "no database yet", str(source))
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copy)
    finally:
        origin.close()
        copy.close()


def _restore_sqlite(file: Path, database: Path, *, vi: bool) -> None:
    check = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        check.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        said = f"{file} không phải bản sao lưu của Hải Đăng" if vi else f"{file} is no backup of Hải Đăng"
        raise fail(f"{said} ({error})") from error
    finally:
        check.close()
    database.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{database}.courier.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _running(vi=vi) from None
        if database.exists():
            # The last writer's changes may still stand in the WAL: a proper copy holds them, a renamed file wouldn't.
            _copy_sqlite(database, database.with_name(database.name + ".before-restore"))
        fresh = database.with_name(database.name + ".new")
        shutil.copyfile(file, fresh)
        for suffix in ("-wal", "-shm"):
            Path(f"{database}{suffix}").unlink(missing_ok=True)
        fresh.replace(database)


async def _restore_postgres(file: Path, url: URL, *, vi: bool) -> None:
    store = Store(settings().database)
    failed: Exception | None = None
    try:
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(_WAIT_FOR_LEAD):
                    await stack.enter_async_context(store.lead("courier"))
            except TimeoutError:
                raise _running(vi=vi) from None
            options = ("--clean", "--if-exists", "--single-transaction", "--no-owner")
            try:
                await asyncio.to_thread(_postgres, "pg_restore", url, *options, str(file))
            except (OSError, subprocess.CalledProcessError) as error:
                failed = error  # raised below: within the lead it would come out in a group
    finally:
        await store.close()
    if failed is not None:
        raise failed


def _running(*, vi: bool) -> typer.Exit:
    return fail("Hải Đăng đang chạy; dừng lại rồi khôi phục" if vi else "Hải Đăng is running; stop it, then restore")


def _postgres(program: str, url: URL, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise FileNotFoundError(2, f"{program} is not installed (Debian: postgresql-client)", program)
    host = url.query.get("host") or url.host
    environment = dict(os.environ)
    for name, value in (
        ("PGHOST", host),
        ("PGPORT", url.port),
        ("PGUSER", url.username),
        ("PGPASSWORD", url.password),
        ("PGDATABASE", url.database),
    ):
        if value:
            environment[name] = str(value)
    target = [f"--dbname={url.database}"] if program == "pg_restore" else []
    subprocess.run(  # noqa: S603 - the program and its options are ours
        [program, *target, *arguments], check=True, env=environment, capture_output=True, text=True
    )


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return str(error.stderr).strip() or str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return str(error)
