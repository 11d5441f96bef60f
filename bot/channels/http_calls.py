"""HTTP calls to a platform that answers in JSON: whether a request was written, and whether the platform answered."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.messages import NotSent, RetryLater, Uncertain

#: Failures before the request was written: nothing has happened over there.
_NOT_WRITTEN = (
    httpx.PoolTimeout,
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
#: A 429 that doesn't say for how long, in seconds.
DEFAULT_WAIT = 5.0
_LONGEST_WAIT = 3600.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds; `pool` is long, because to wait for a free connection is better than to fail."""

    connect: float = 10.0
    read: float = 20.0
    write: float = 20.0
    pool: float = 30.0

    def as_httpx(self, read: float | None = None) -> httpx.Timeout:
        """For the client; `read` in place of the usual patience."""
        return httpx.Timeout(connect=self.connect, read=read or self.read, write=self.write, pool=self.pool)


class HttpCalls:
    """One platform's server: a pool of connections, JSON in and out, `SendError`s for trouble on the way."""

    def __init__(self, base_url: str, *, platform: str, timeouts: Timeouts | None = None) -> None:
        # httpx logs every URL at INFO, and a URL may hold a token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._waits = timeouts or Timeouts()
        self._platform = platform
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            timeout=self._waits.as_httpx(),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        read_timeout: float | None = None,
    ) -> dict[str, Any]:
        """The JSON object of the answer, whatever it says; raises `NotSent`, `RetryLater` or `Uncertain` without one.

        The reasons name neither the address nor what was sent.
        """
        options: dict[str, Any] = {}
        if read_timeout is not None:
            options["timeout"] = self._waits.as_httpx(read_timeout)
        try:
            response = await self._client.request(
                method, path, headers=headers, params=params, json=json, data=form, files=files, **options
            )
        except _NOT_WRITTEN as error:
            raise NotSent(f"{self._platform} can't be reached: {type(error).__name__}") from None
        except httpx.InvalidURL:
            raise NotSent(f"the address set for {self._platform} can't be used") from None
        except httpx.HTTPError as error:
            raise Uncertain(f"no answer from {self._platform}: {type(error).__name__}") from None
        return self._read(response)

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        try:
            body = response.json()
        except (ValueError, RecursionError):
            body = None
        if response.status_code == 429 and not (isinstance(body, dict) and "error_code" in body):
            raise RetryLater(f"{self._platform} asks to wait (HTTP 429)", _wait(response))
        if response.status_code >= 500:
            raise Uncertain(f"{self._platform} failed (HTTP {response.status_code})")
        if not isinstance(body, dict):
            if response.status_code >= 300:
                raise NotSent(
                    f"something between here and {self._platform} answered (HTTP {response.status_code}, no JSON)"
                )
            raise Uncertain(f"{self._platform}'s answer can't be read (HTTP {response.status_code})")
        return body

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()


def _wait(response: httpx.Response) -> float:
    try:
        return min(max(float(response.headers["retry-after"]), 1.0), _LONGEST_WAIT)
    except (KeyError, ValueError):
        return DEFAULT_WAIT
