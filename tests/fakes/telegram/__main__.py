"""`python -m tests.fakes.telegram --port 8081 --token …`: the emulator by hand, steered through `/_control/`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from tests.fakes.telegram.emulator import TelegramEmulator


async def _serve(port: int, token: str, *, rates: bool) -> None:
    async with TelegramEmulator(token, port=port, rates=rates) as emulator:
        print(f"HAIDANG_TELEGRAM_API_URL={emulator.url} HAIDANG_TELEGRAM_TOKEN={token}", flush=True)
        print(f"curl -d user=1 -d text='xin chào' {emulator.url}/_control/say", flush=True)
        shown: set[tuple[int, int, int]] = set()
        while True:
            for chat in list(emulator.world):
                for message in list(chat.messages.values()):
                    key = (chat.id, message.id, message.edits)
                    if key not in shown:
                        shown.add(key)
                        who = "bot" if message.by_bot else message.raw.get("from", {}).get("first_name", "?")
                        print(f"[{chat.title} {chat.id} #{message.id}] {who}: {message.shown()}", flush=True)
            await asyncio.sleep(0.1)


def main() -> None:
    """Runs until interrupted."""
    parser = argparse.ArgumentParser(description="A Telegram Bot API server with people in it, for runs by hand.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="123456:emulated-token")
    parser.add_argument("--rates", action="store_true", help="answer 429 above Telegram's rates")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, options.token, rates=options.rates))


main()
