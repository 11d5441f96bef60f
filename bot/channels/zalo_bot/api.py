"""Calls to the Bot Platform: `result` in the answer, `BotApiError` for a refusal. The token stands in the path."""

from __future__ import annotations

from typing import Any

from bot.channels.http_calls import HttpCalls, Timeouts
from bot.messages import NotSent, OutOfReach, Rejected, RetryLater, SendError, Uncertain, Unreachable

API_URL = "https://bot-api.zaloplatforms.com"
PLATFORM = "Zalo Bot"


class BotApiError(Exception):
    """The platform answered, and refused."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


class BotApi:
    """The API of one bot."""

    def __init__(self, token: str, *, api_url: str = API_URL, timeouts: Timeouts | None = None) -> None:
        self._token = token
        self._calls = HttpCalls(api_url, platform=PLATFORM, timeouts=timeouts)

    async def call(self, method: str, body: dict[str, Any] | None = None, *, read_timeout: float | None = None) -> Any:
        """The `result`; raises `BotApiError`, or a `SendError` for trouble on the way."""
        answer = await self._calls.call(
            "POST", f"/bot{self._token}/{method}", json=body or {}, read_timeout=read_timeout
        )
        if answer.get("ok") is True:
            return answer.get("result")
        if answer.get("ok") is not False:
            raise Uncertain(f"{PLATFORM}'s answer doesn't say how it went")
        try:
            code = int(answer.get("error_code", 0))
        except (TypeError, ValueError):
            code = 0
        raise BotApiError(code, str(answer.get("description", "")).replace(self._token, "<token>")[:200])

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._calls.aclose()


def send_error(error: BotApiError, *, used_up: bool) -> SendError:
    """The `SendError` for a refused message; `used_up`: by our count the month's messages are (nearly) gone.

    A month's quota and the rate answer alike, 429 without a time to wait.
    """
    said = f"{PLATFORM} {error.code} ({error.description})"
    match error.code:
        case 429:
            return OutOfReach(f"quota used up: {said}") if used_up else RetryLater(said, 30)
        case 401 | 404 if "chat" not in error.description.lower() and "user" not in error.description.lower():
            return NotSent(f"set-up: {said}: check HAIDANG_ZALO_BOT_TOKEN")
        case 403 | 404:
            return Unreachable(said)
        case code if code >= 500:
            return Uncertain(said)
        case 400:
            return Rejected(said)
    return NotSent(f"unknown code: {said}")
