"""What all commands share: settings, language, and errors said in a line that tells what to do.

Kept light on purpose: `haidang kb check` must not load a web server first.
"""

from __future__ import annotations

import asyncio
import logging
import os
from functools import lru_cache
from typing import Annotated, Literal, cast

import typer
from sqlalchemy import inspect

from bot import logs
from bot.clock import SystemClock
from bot.curation import Edit, Overlaid, compose, live_edits
from bot.faq import Snapshot, load
from bot.settings import LogFormat, Settings, load_settings
from bot.store import Store, StoreUnavailable
from bot.store.tables import KnowledgeRevision

Lang = Literal["vi", "en"]

LangOption = Annotated[
    str | None, typer.Option("--lang", help="vi | en: language of the output (default: by LANG)", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON only")]


def language(chosen: str | None = None) -> Lang:
    """`--lang`, else English where LANG says so, else Vietnamese."""
    if chosen is not None:
        if chosen not in ("vi", "en"):
            raise typer.BadParameter("vi hoặc en / vi or en", param_hint="--lang")
        return cast("Lang", chosen)
    return "en" if os.environ.get("LANG", "").lower().startswith("en") else "vi"


def say(lang: Lang, vi: str, en: str, *, err: bool = False) -> None:
    """Prints one text in the chosen language."""
    typer.echo(vi if lang == "vi" else en, err=err)


def fail(message: str) -> typer.Exit:
    """Says on stderr what went wrong; raise what it returns."""
    typer.echo(message, err=True)
    return typer.Exit(1)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this run."""
    return load_settings()


def quiet_logs() -> None:
    """For commands whose output is for people or pipes: only what needs attention is logged."""
    logs.set_up(LogFormat.CONSOLE, level=logging.WARNING)


def files() -> Snapshot:
    """What the knowledge files of the settings say."""
    return load(settings().knowledge_dir)


def snapshot() -> Snapshot:
    """The live knowledge: the files of the settings, and the console's edits over them if a database is there."""
    return overlay()[0]


def overlay() -> tuple[Snapshot, tuple[Overlaid, ...]]:
    """The live knowledge, and how each edit of the console stands to the files."""
    written = files()
    if settings().database_url is None and not (settings().data_dir / "haidang.db").is_file():
        return written, ()
    try:
        edits = asyncio.run(_edits())
    except StoreUnavailable as error:
        say(
            language(),
            f"Không đọc được các sửa đổi trong console ({error}); chỉ dùng các tệp.",
            f"The console's edits can't be read ({error}); the files alone are used.",
            err=True,
        )
        return written, ()
    return compose(written, edits)


async def _edits() -> tuple[Edit, ...]:
    store = Store(settings().database)
    try:
        async with store.read() as session:
            connection = await session.connection()
            there = await connection.run_sync(lambda c: inspect(c).has_table(KnowledgeRevision.__tablename__))
            return await live_edits(session) if there else ()
    finally:
        await store.close()


def clock() -> SystemClock:
    """The time."""
    return SystemClock()
