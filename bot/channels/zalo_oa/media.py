"""A file passed on to a chat of the account: fetched from the platform's own hosts, uploaded, and sent by its token."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from bot.channels.zalo_oa.uncertain import MEDIA_HOSTS
from bot.messages import NotSent, Rejected

#: Limits of uploads: images up to 1 MB, files up to 5 MB (`/v2.0/oa/upload/…`); what is uploaded dies after 7 days.
MAX_IMAGE = 1 << 20
MAX_FILE = 5 << 20
IMAGE_PATH = "/v2.0/oa/upload/image"
FILE_PATH = "/v2.0/oa/upload/file"

#: What a file begins with tells what it is, not what its name says.
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image.jpg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image.png", "image/png"),
    (b"%PDF-", "file.pdf", "application/pdf"),
    (b"\xd0\xcf\x11\xe0", "file.doc", "application/msword"),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload: where, under what name, of what type."""

    path: str
    name: str
    kind: str
    content: bytes


def file_of(content: bytes) -> File | None:
    """What can be uploaded of it; None for types and sizes that the platform doesn't take."""
    for beginning, name, kind in _BEGINNINGS:
        if content.startswith(beginning):
            image = kind.startswith("image/")
            if len(content) > (MAX_IMAGE if image else MAX_FILE):
                return None
            return File(IMAGE_PATH if image else FILE_PATH, name, kind, content)
    return None


def may_be_fetched(url: str, hosts: tuple[str, ...] = MEDIA_HOSTS) -> bool:
    """Whether an address lies on the platform's own hosts: it came in a message, and could lead anywhere."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and any(host == known or host.endswith(f".{known}") for known in hosts)


async def fetch(url: str, hosts: tuple[str, ...] = MEDIA_HOSTS) -> bytes:
    """The file behind an address, up to `MAX_FILE` bytes; raises `Rejected` or `NotSent`."""
    if not may_be_fetched(url, hosts):
        raise Rejected("a file isn't fetched from elsewhere than Zalo's own hosts")
    content = bytearray()
    try:
        async with (
            httpx.AsyncClient(timeout=20, follow_redirects=False) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != 200:
                raise Rejected(f"the file is gone (HTTP {response.status_code}); such addresses live for a while only")
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_FILE:
                    raise Rejected("the file is larger than 5 MB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(f"a file can't be fetched: {type(error).__name__}") from None
    return bytes(content)
