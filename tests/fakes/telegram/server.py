"""HTTP/1.1 over a real socket, close enough to it to hang up or stay silent on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

_SECRET = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request with its fields, from wherever they came: query, form, multipart or JSON; `secret` is a webhook's.

    `headers` by lower-case names and `body` are as they were sent.
    """

    method: str
    path: str
    fields: dict[str, Any]
    secret: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer; `body` is sent as JSON unless it is bytes. `half`: the connection breaks in the middle of it."""

    status: int
    body: Any
    kind: str = "application/json"
    half: bool = False

    @property
    def content(self) -> bytes:
        """The bytes to send."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body, ensure_ascii=False).encode()


class HangUp(Exception):
    """Raised by the handler: close the connection without an answer."""


Handler = Callable[[HttpRequest], Awaitable[HttpResponse]]


class HttpServer:
    """A small server for one handler."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listens; returns the port."""
        self._server = await asyncio.start_server(self._accept, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Closes everything, hanging requests too."""
        if self._server:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (HangUp, ConnectionError, h11.ProtocolError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        while True:
            head: h11.Request | None = None
            body = b""
            while True:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(65536))
                elif isinstance(event, h11.Request):
                    head = event
                elif isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    break
                else:  # The other side has gone.
                    return
            assert head
            response = await self._handler(_request(head, body))
            content = response.content
            headers = [("Content-Type", response.kind), ("Content-Length", str(len(content)))]
            if response.half:
                headers_only = h11.Response(status_code=response.status, headers=headers)
                writer.write((connection.send(headers_only) or b"") + content[: len(content) // 2])
                await writer.drain()
                return
            for part in (
                h11.Response(status_code=response.status, headers=headers),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                writer.write(connection.send(part) or b"")
            await writer.drain()
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()


def _request(head: h11.Request, body: bytes) -> HttpRequest:
    url = urlsplit(head.target.decode())
    kind = next((value.decode() for name, value in head.headers if name == b"content-type"), "")
    fields: dict[str, Any] = dict(parse_qsl(url.query, keep_blank_values=True))
    if kind.startswith("application/json") and body:
        with contextlib.suppress(ValueError):
            fields |= json.loads(body)
    elif kind.startswith("multipart/form-data"):
        fields |= _multipart(kind, body)
    else:
        fields |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    headers = {name.decode().lower(): value.decode() for name, value in head.headers}
    return HttpRequest(
        method=head.method.decode(),
        path=unquote(url.path),
        fields=fields,
        secret=headers.get(_SECRET),
        headers=headers,
        body=body,
    )


def _multipart(kind: str, body: bytes) -> dict[str, Any]:
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    fields: dict[str, Any] = {}
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        fields[str(name)] = content if part.get_filename() else content.decode()
    return fields
