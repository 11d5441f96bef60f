"""For commands that work on the database: an open store, and a service's refusal said in its own words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from bot.cli.common import Lang, fail, files, settings
from bot.notices import BadNotice
from bot.people import Refused
from bot.store import Store, migrate

Result = TypeVar("Result")


@asynccontextmanager
async def open_store() -> AsyncIterator[Store]:
    """The database of the settings, brought up to date."""
    settings().make_data_dir()
    store = Store(settings().database)
    try:
        await migrate(store)
        yield store
    finally:
        await store.close()


def run(work: Callable[[], Awaitable[Result]], lang: Lang) -> Result:
    """Runs an asynchronous command; a refusal ends it with 1 and the text that every other surface shows for it."""

    async def _run() -> Result:
        return await work()

    try:
        return asyncio.run(_run())
    except Refused as refusal:
        words = files().words(lang)
        key = f"notice.problem_{refusal.problem}" if isinstance(refusal, BadNotice) else f"error.{refusal.key}"
        raise fail(words.line(key, **refusal.values)) from None
