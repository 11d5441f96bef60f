"""`haidang run`: the hotline itself."""

from __future__ import annotations

import asyncio
import signal

import typer

from bot import __version__, logs
from bot.app import House, serve
from bot.cli.common import LangOption, language, settings
from bot.settings import TelegramMode


def run(lang: LangOption = None) -> None:
    """Start everything that is configured; Ctrl-C ends it."""
    chosen = language(lang)
    logs.set_up(settings().log)

    def announce(house: House, code: str | None) -> None:
        vi = chosen == "vi"
        lines = [
            f"Hải Đăng {__version__} " + ("đang chạy; Ctrl-C để dừng" if vi else "is running; Ctrl-C ends it"),
            f"chat: {house.base_url}/chat",
            f"faq: {house.base_url}/hoi-dap",
            f"notices: {house.base_url}/canh-bao",
            f"console: {house.base_url}/console" + (f"/login/{code}" if code else ""),
        ]
        if house.telegram is not None:
            mode = "polling" if house.settings.telegram_mode is TelegramMode.POLLING else "webhook"
            lines.append(f"telegram: {mode}")
        else:
            lines.append(
                "telegram: " + ("chưa đặt HAIDANG_TELEGRAM_TOKEN" if vi else "HAIDANG_TELEGRAM_TOKEN is not set")
            )
        if house.zalo_oa is not None:
            lines.append(f"zalo-oa: webhook {house.base_url}/webhooks/zalo-oa")
        if house.zalo_bot is not None:
            lines.append("zalo-bot: " + ("webhook" if house.settings.zalo_bot_secret is not None else "polling"))
        if code:
            lines.append(
                "(đường link console dùng được một lần, trong 24 giờ, cho người quản trị đầu tiên)"
                if vi
                else "(the console link works once, within 24 hours, for the first administrator)"
            )
        for line in lines:
            typer.echo(line)

    async def _run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await serve(settings(), announce, stop)

    asyncio.run(_run())
    typer.echo("Đã dừng." if chosen == "vi" else "Stopped.")
