"""What all commands share: settings, language, and errors said in a line that tells what to do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Annotated, Literal, TypeVar, cast

import typer

from bot import logs, people
from bot.app import StartError
from bot.clock import SystemClock
from bot.faq import KnowledgeError, Snapshot, load
from bot.settings import LogFormat, Settings, SettingsError, load_settings
from bot.store import Store, StoreUnavailable, migrate

Lang = Literal["vi", "en"]
Result = TypeVar("Result")

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


def say(lang: Lang, vi: str, en: str) -> None:
    """Prints one text in the chosen language."""
    typer.echo(vi if lang == "vi" else en)


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
    import logging

    logs.set_up(LogFormat.CONSOLE, level=logging.WARNING)


def run(work: Callable[[], Awaitable[Result]]) -> Result:
    """Runs an asynchronous command."""

    async def _run() -> Result:
        return await work()

    return asyncio.run(_run())


@asynccontextmanager
async def open_store() -> AsyncIterator[Store]:
    """The database of the settings, brought up to date."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings().database)
    try:
        await migrate(store)
        yield store
    finally:
        await store.close()


def snapshot() -> Snapshot:
    """The knowledge of the settings."""
    return load(settings().knowledge_dir)


def clock() -> SystemClock:
    """The time."""
    return SystemClock()


def refused(refusal: people.Refused, lang: Lang) -> str:
    """A service's refusal in the words of `messages/*.yaml`."""
    return snapshot().words(lang).line(f"error.{refusal.key}", **refusal.values)


#: Errors that end a command with a plain line instead of a traceback.
EXPECTED = (SettingsError, KnowledgeError, StoreUnavailable, StartError)
