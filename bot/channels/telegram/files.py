"""Files that people sent, fetched from Telegram piece by piece for an officer who looks at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from telegram.error import TelegramError

from bot.channels.telegram.api import Api

#: Bot API, getFile: bots can download files of up to 20 MB.
MOST_BYTES = 20 * 1024 * 1024
_PIECE = 64 * 1024


class FileGone(Exception):
    """Telegram doesn't give the file out (any more), or can't be reached."""


class FileTooBig(Exception):
    """The file is bigger than bots may download: it can be seen in the group only."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way: its size where Telegram tells it, and its pieces; more than the limit ends in `FileTooBig`."""

    size: int | None
    pieces: AsyncIterator[bytes]


async def download(api: Api, file_id: str, *, limit: int = MOST_BYTES) -> Download:
    """Starts to fetch a file; raises `FileGone` or `FileTooBig` before the first piece."""
    try:
        file = await api.call("getFile", {"file_id": file_id})
    except TelegramError as error:
        reason = api.redact(error.message)
        if "too big" in reason.lower():
            raise FileTooBig(reason) from error
        raise FileGone(reason) from error
    path, size = file.get("file_path"), file.get("file_size")
    if not isinstance(path, str) or not path:
        raise FileGone("Telegram tells no path for the file")
    if isinstance(size, int) and size > limit:
        raise FileTooBig(f"{size} bytes")
    client = httpx.AsyncClient(timeout=api.timeouts.read, follow_redirects=False)
    try:
        # The address holds the token: it goes to nobody, and into no log.
        response = await client.send(client.build_request("GET", api.file_url(path)), stream=True)
        if response.status_code != httpx.codes.OK:
            raise FileGone(f"HTTP {response.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        await client.aclose()
        raise FileGone(type(error).__name__) from error
    except FileGone:
        await client.aclose()
        raise
    return Download(size if isinstance(size, int) else None, _pieces(client, response, limit))


async def _pieces(client: httpx.AsyncClient, response: Any, limit: int) -> AsyncIterator[bytes]:
    total = 0
    try:
        async for piece in response.aiter_bytes(_PIECE):
            total += len(piece)
            if total > limit:
                raise FileTooBig(f"more than {limit} bytes")
            yield piece
    except httpx.HTTPError as error:
        raise FileGone(type(error).__name__) from error
    finally:
        await response.aclose()
        await client.aclose()
