"""How many messages a second are stored, handled and written out on SQLite, and how long a burst waits."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from bot.app import open_house
from bot.messages import Arrival, Capabilities, InboundMessage, OutgoingMessage, Sender, Sent, Text
from bot.settings import load_settings

COUNT = 300
VMS = "tau ca may met thi phai gan gsht"


class NullChannel:
    """Takes everything at once."""

    name = "telegram"
    capabilities = Capabilities(per_second=1e6, reserved=0, per_chat_seconds=0)

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Does nothing."""
        return Sent("1")


async def measure(folder: str) -> None:
    """Prints the figures."""
    settings = load_settings({"HAIDANG_DATA_DIR": folder}, env_file=None)
    async with open_house(settings) as house:
        house.channels["telegram"] = NullChannel()
        from bot.courier import Courier

        courier = Courier(house.store, {"telegram": NullChannel()}, house.clock)
        arrivals = []
        for number in range(COUNT):
            message = InboundMessage(
                channel="telegram",
                chat_id=str(number),
                sender=Sender(id=str(number)),
                content=Text(text=VMS),
                sent_at=house.clock.now(),
            )
            arrivals.append(Arrival("telegram", str(number), str(number), {}, message))
        began = time.perf_counter()
        await house.inbox.put(arrivals)
        stored = time.perf_counter()
        await house.intake.drain()
        handled = time.perf_counter()
        await courier.drain()
        sent = time.perf_counter()
    print(f"{COUNT} messages stored in {stored - began:.2f} s")
    print(f"handled in {handled - stored:.2f} s: {COUNT / (handled - stored):.0f} a second")
    print(f"sent in {sent - handled:.2f} s: {2 * COUNT / (sent - handled):.0f} rows a second")


def main() -> None:
    """Runs it in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(str(Path(folder))))


if __name__ == "__main__":
    main()
