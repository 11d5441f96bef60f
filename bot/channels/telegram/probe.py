"""A look at the bot from outside, for `doctor`: changes nothing, takes no updates."""

from __future__ import annotations

from dataclasses import dataclass

from telegram.error import TelegramError

from bot.channels.telegram.api import OFFICIAL_URL, Api, Timeouts
from bot.channels.telegram.errors import from_bot_api, wrong_token


@dataclass(frozen=True, slots=True)
class Probe:
    """What Telegram says of the bot; `reason` tells what to mend when it isn't `ok`."""

    ok: bool
    reason: str | None = None
    username: str | None = None
    name: str | None = None
    webhook: str | None = None
    pending: int = 0
    last_error: str | None = None


async def check(token: str, api_url: str = OFFICIAL_URL, *, timeout: float = 5.0) -> Probe:  # noqa: ASYNC109
    """Asks the Bot API who the bot is and how its updates are delivered; never raises for what can go wrong there."""
    waits = Timeouts(connect=timeout, read=timeout, write=timeout, pool=timeout)
    try:
        api = Api(token, api_url=api_url, timeouts=waits)
    except TelegramError:
        return Probe(ok=False, reason="no token: set HAIDANG_TELEGRAM_TOKEN to the one that @BotFather gave")
    try:
        me = await api.call("getMe")
        info = await api.call("getWebhookInfo")
    except TelegramError as error:
        text = api.redact(error.message)
        if wrong_token(error):
            return Probe(ok=False, reason=f"wrong token ({text}): set HAIDANG_TELEGRAM_TOKEN to @BotFather's")
        if not from_bot_api(error):
            return Probe(ok=False, reason=f"{api_url} answers, but it is no Bot API server ({text})")
        return Probe(ok=False, reason=f"{api_url} can't be reached: {text}")
    finally:
        await api.aclose()
    return Probe(
        ok=True,
        username=me.get("username"),
        name=me.get("first_name"),
        webhook=info.get("url") or None,
        pending=info.get("pending_update_count", 0),
        last_error=info.get("last_error_message"),
    )
