"""`haidang chat`: the terminal as a channel, through the same intake and courier as every platform's."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import sys
from dataclasses import dataclass

import typer

from bot.app import open_house
from bot.channels.terminal import TerminalChannel
from bot.cli.common import LangOption, language, quiet_logs, settings
from bot.courier import Courier
from bot.intake import Intake, Rescue, StoredInbox
from bot.store import StoreUnavailable


@dataclass
class Terminal:
    """One conversation at a keyboard, through the same intake and courier as every platform's."""

    channel: TerminalChannel
    inbox: StoredInbox
    intake: Intake
    courier: Courier

    async def say(self, line: str) -> None:
        """Takes a line in and prints everything that comes of it."""
        try:
            await self.inbox.put([self.channel.arrival(line)])
        except StoreUnavailable as error:
            typer.echo(str(error), err=True)
            return
        await self.intake.drain()
        await self.courier.drain()


def chat(lang: LangOption = None) -> None:
    """Talk to the hotline in the terminal; an empty line or Ctrl-D ends it. Officers' answers show up by themselves."""
    quiet_logs()
    chosen = language(lang)

    async def _chat() -> None:
        async with open_house(settings()) as house:
            account = getpass.getuser()
            channel = TerminalChannel(house.clock, typer.echo, account=account, colour=sys.stdout.isatty())
            channels = {channel.name: channel}
            rescue = Rescue(lambda: house.live.knowledge, channels)
            terminal = Terminal(
                channel,
                StoredInbox(house.store, house.clock, rescue),
                Intake(
                    house.store,
                    channels,
                    lambda: house.live.knowledge,
                    house.clock,
                    rescue,
                    base_url=house.base_url,
                ),
                Courier(house.store, channels, house.clock),
            )
            typer.echo(
                "Gõ câu hỏi rồi Enter; số để bấm nút; dòng trống để dừng.\n"
                if chosen == "vi"
                else "Type a question and Enter; a number presses a button; an empty line ends.\n"
            )
            await _converse(terminal)

    asyncio.run(_chat())


async def _converse(terminal: Terminal) -> None:
    answers = asyncio.create_task(_show_answers(terminal.courier))
    try:
        while True:
            line = await asyncio.to_thread(_line)
            if not line:
                return
            await terminal.say(line)
    finally:
        answers.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answers


async def _show_answers(courier: Courier) -> None:
    while True:
        await asyncio.sleep(1)
        with contextlib.suppress(StoreUnavailable):
            await courier.drain()


def _line() -> str:
    if sys.stdin.isatty():
        sys.stdout.write("> ")
        sys.stdout.flush()
    return sys.stdin.readline().rstrip("\n")
