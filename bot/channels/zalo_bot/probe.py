"""A look at the bot from outside, for `doctor`: takes no events, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.http_calls import Timeouts
from bot.channels.zalo_bot.api import API_URL, BotApi, BotApiError
from bot.messages import SendError


@dataclass(frozen=True, slots=True)
class BotProbe:
    """What the platform says of the bot."""

    ok: bool
    text: str


async def check(token: str, api_url: str = API_URL, *, timeout: float = 5.0) -> BotProbe:  # noqa: ASYNC109
    """Asks who the bot is and where its events go; never raises for what can go wrong over there."""
    api = BotApi(token, api_url=api_url, timeouts=Timeouts(timeout, timeout, timeout, timeout))
    try:
        me = await api.call("getMe")
        info = await api.call("getWebhookInfo")
    except (BotApiError, SendError) as error:
        return BotProbe(False, f"{error}: check HAIDANG_ZALO_BOT_TOKEN")
    finally:
        await api.aclose()
    name = me.get("account_name") if isinstance(me, dict) else None
    webhook = info.get("url") if isinstance(info, dict) else None
    return BotProbe(
        True, f"{name}, {'webhook ' + str(webhook) if webhook else 'no webhook'}; 50 people, 3000 messages a month"
    )
