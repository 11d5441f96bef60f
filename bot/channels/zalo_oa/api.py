"""Calls to the account's API with the access token: `data` in the answer, `ApiError` for a refusal."""

from __future__ import annotations

import json
from typing import Any

import structlog

from bot.channels.http_calls import HttpCalls
from bot.channels.zalo_oa.errors import MEANINGS, ApiError, Meaning
from bot.channels.zalo_oa.tokens import Tokens
from bot.messages import Uncertain

log = structlog.get_logger(__name__)


class OaApi:
    """The API of one account."""

    def __init__(self, calls: HttpCalls, tokens: Tokens) -> None:
        self._calls = calls
        self.tokens = tokens

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        """Posts JSON; raises `ApiError`, or a `SendError` for trouble on the way."""
        return await self._with_token("POST", path, json=body)

    async def get(self, path: str, data: Any = None) -> dict[str, Any]:
        """Asks; parameters go into one field `data`, as JSON."""
        params = {"data": json.dumps(data)} if data is not None else None
        return await self._with_token("GET", path, params=params)

    async def upload(self, path: str, name: str, content: bytes, kind: str) -> dict[str, Any]:
        """Uploads one file, as multipart field `file`."""
        return await self._with_token("POST", path, files={"file": (name, content, kind)})

    async def _with_token(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        token = await self.tokens.access()
        try:
            return await self._once(method, path, token, **what)
        except ApiError as error:
            if MEANINGS.get(error.code) is not Meaning.TOKEN:
                raise
            # The old token dies the moment a new one is granted, perhaps to another process.
            log.warning("zalo refuses the access token", code=error.code)
            return await self._once(method, path, await self.tokens.instead_of(token), **what)

    async def _once(self, method: str, path: str, token: str, **what: Any) -> dict[str, Any]:
        answer = await self._calls.call(method, path, headers={"access_token": token}, **what)
        try:
            code = int(answer["error"])
        except (KeyError, TypeError, ValueError):
            raise Uncertain("Zalo's answer doesn't say how it went") from None
        if code != 0:
            raise ApiError(code, str(answer.get("message", "")).replace(token, "<token>"))
        data = answer.get("data")
        return data if isinstance(data, dict) else {}
