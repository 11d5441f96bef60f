"""What all commands share: settings, language, and errors said in a line that tells what to do.

Kept light on purpose: `haidang kb check` must not load a web server first.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from typing import Annotated, Literal, cast

import typer

from bot import logs
from bot.clock import SystemClock
from bot.faq import Snapshot, load
from bot.settings import LogFormat, Settings, load_settings

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
    logs.set_up(LogFormat.CONSOLE, level=logging.WARNING)


def snapshot() -> Snapshot:
    """The knowledge of the settings."""
    return load(settings().knowledge_dir)


def clock() -> SystemClock:
    """The time."""
    return SystemClock()
