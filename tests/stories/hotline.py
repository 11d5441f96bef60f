"""The whole program, started in this process on a real socket, with the handles that a story needs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot import people
from bot.app import House, serve
from bot.settings import load_settings
from bot.store.tables import Officer
from tests.fakes.telegram import Group, Member, TelegramEmulator


@dataclass
class Hotline:
    """A running hotline."""

    house: House
    url: str
    admin_code: str | None

    async def officer(self, name: str, *roles: str, account: tuple[str, int] | None = None) -> Officer:
        """Invites an officer; with an account, also binds it as `/canbo <code>` would."""
        async with self.house.store.write() as session:
            now = self.house.clock.now()
            officer, code = await people.invite(
                session, name=name, roles=roles or ("officer",), department=None, now=now, by=None
            )
            if account is not None:
                await people.bind_officer(session, code, account[0], str(account[1]), now=now)
        return officer

    async def login_link(self, name: str, *roles: str) -> str:
        """A new officer's one-time link into the console."""
        async with self.house.store.write() as session:
            _, code = await people.invite(
                session, name=name, roles=roles or ("officer",), department=None, now=self.house.clock.now(), by=None
            )
        return f"{self.url}/console/login/{code}"

    async def desk_group(self, telegram: TelegramEmulator, chat_id: int = -1001, *, forum: bool = False) -> Group:
        """A group on Telegram, bound as the officers' desk; a `forum` has topics."""
        async with self.house.store.write() as session:
            code = await people.invite_desk(session, now=self.house.clock.now(), by=None)
        group = telegram.group(chat_id, forum=forum)
        group.member(900, "Hạnh").say(f"/desk {code}")
        await group.wait_message()
        return group

    async def desk_officer(self, telegram: TelegramEmulator, group: Group, user_id: int, name: str) -> Member:
        """A member of the group whose account is bound to an officer, by the way that officers take."""
        async with self.house.store.write() as session:
            _, code = await people.invite(
                session, name=name, roles=("officer",), department=None, now=self.house.clock.now(), by=None
            )
        private = telegram.user(user_id, name)
        private.say(f"/canbo {code}")
        await private.wait_message(containing=name)
        return group.member(user_id, name)


@asynccontextmanager
async def running(data_dir: Path, telegram: TelegramEmulator | None = None, **environ: str) -> AsyncIterator[Hotline]:
    """Starts the program as `haidang run` does, and ends it as Ctrl-C does."""
    values = {"HAIDANG_DATA_DIR": str(data_dir), "HAIDANG_HTTP": "127.0.0.1:0"} | environ
    if telegram is not None:
        values |= {"HAIDANG_TELEGRAM_TOKEN": telegram.token, "HAIDANG_TELEGRAM_API_URL": telegram.url}
    settings = load_settings(values, env_file=None)
    stop = asyncio.Event()
    started: asyncio.Future[tuple[House, str | None]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(settings, lambda house, code: started.set_result((house, code)), stop))
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    if not started.done():
        task.result()
    house, code = started.result()
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(20):
        while True:
            try:
                if (await client.get(f"{house.base_url}/healthz")).status_code == 200:
                    break
            except httpx.TransportError:
                await asyncio.sleep(0.02)
    try:
        yield Hotline(house, house.base_url, code)
    finally:
        stop.set()
        await task


def ticket_code(text: str) -> str:
    """The ticket code in a text."""
    found = re.search(r"HD-[A-Z0-9]{4,8}", text)
    assert found, text
    return found[0]
