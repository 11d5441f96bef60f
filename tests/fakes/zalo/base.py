"""What both emulators share: a server with faults, a book of calls, deliveries that are tried again, waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx

from tests.fakes.telegram.faults import CutOff, Faults, Hang, Page
from tests.fakes.telegram.server import HangUp, HttpRequest, HttpResponse, HttpServer
from tests.fakes.zalo.faults import Half, TooMany

T = TypeVar("T")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the program made, and what it was answered (None: nothing)."""

    path: str
    body: Json
    answer: Any


class Server:
    """An HTTP server of one platform; subclasses answer requests."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults = Faults()
        #: How the deliveries went: status, None for no answer.
        self.deliveries: list[int | None] = []
        #: The bodies and headers that were delivered.
        self.delivered: list[tuple[bytes, dict[str, str]]] = []
        self.pauses = (0.05, 0.1, 0.2, 0.4, 0.8)
        self._address: str | None = None
        self._waiting: list[tuple[bytes, dict[str, str]]] = []
        self._http = HttpServer(self._handle)
        self._port = 0
        self._changed = asyncio.Event()
        self._released = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: asyncio.Task[None] | None = None
        self._number = 0

    async def __aenter__(self) -> Self:
        self._port = await self._http.start("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.stop()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._port}"

    def next_id(self) -> str:
        """An id as Zalo's are: text, of more digits than a float holds."""
        self._number += 1
        return f"9007199254740993{self._number:06d}"

    # --- requests ----------------------------------------------------------------------------------------------------

    async def answer(self, request: HttpRequest) -> Json:
        """What a proper request is answered."""
        raise NotImplementedError

    def refusal(self, fault: Any) -> Json | None:
        """The platform's JSON for a fault of its own kind."""
        return None

    def name_of(self, request: HttpRequest) -> str:
        """What faults and calls are known by."""
        return request.path

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        name = self.name_of(request)
        fault = self.faults.take(name)
        match fault:
            case TooMany(seconds):
                return self._noted(name, request, HttpResponse(429, {"seconds": seconds}))
            case Page(status, body):
                return self._noted(name, request, HttpResponse(status, body.encode()))
            case Hang(after=False) | CutOff(after=False):
                return await self._vanish(name, request, fault)
        refused = self.refusal(fault)
        response = HttpResponse(200, refused if refused is not None else await self.answer(request))
        if isinstance(fault, (Hang, CutOff)):
            return await self._vanish(name, request, fault)
        if isinstance(fault, Half):
            response = HttpResponse(200, response.body, half=True)
        return self._noted(name, request, response)

    def _noted(self, name: str, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        self.calls.append(Call(name, request.fields, response.body))
        self.changed()
        return response

    async def _vanish(self, name: str, request: HttpRequest, fault: Hang | CutOff) -> HttpResponse:
        self.calls.append(Call(name, request.fields, None))
        self.changed()
        if isinstance(fault, Hang):
            await self._released.wait()
        raise HangUp

    def made(self, name: str) -> list[Call]:
        """The requests of one path or method."""
        return [call for call in self.calls if call.path == name]

    # --- deliveries --------------------------------------------------------------------------------------------------

    def deliver_to(self, address: str | None) -> None:
        """Where events go from now on; what has waited goes now."""
        self._address = address
        if address is not None:
            waiting, self._waiting = self._waiting, []
            for body, headers in waiting:
                self.deliver(body, headers)

    def deliver(self, body: bytes, headers: dict[str, str]) -> None:
        """Delivers a body, again and again until it is taken; one after the other."""
        if self._address is None:
            self._waiting.append((body, headers))
            return
        task = asyncio.create_task(self._deliver(self._last, body, headers))
        self._last = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, before: asyncio.Task[None] | None, body: bytes, headers: dict[str, str]) -> None:
        if before is not None:
            await asyncio.wait({before})
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            for number, pause in enumerate((*self.pauses, None)):
                retry = {"num_retry": str(number)} if number else {}
                status = await self.post_once(client, body, headers | retry)
                if status == 200 or pause is None:
                    return
                await asyncio.sleep(pause)

    async def post_once(self, client: httpx.AsyncClient, body: bytes, headers: dict[str, str]) -> int | None:
        """One delivery; the status, None for no answer."""
        assert self._address is not None
        status: int | None = None
        try:
            response = await client.post(
                self._address, content=body, headers={"Content-Type": "application/json"} | headers
            )
            status = response.status_code
        except httpx.HTTPError:
            pass
        self.deliveries.append(status)
        self.delivered.append((body, headers))
        self.changed()
        return status

    # --- waiting -----------------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Something happened."""
        self._changed.set()

    async def wait_for(
        self, predicate: Callable[[], T | None], timeout: float = 5.0, what: str = "what was expected"
    ) -> T:
        """The first truthy value of `predicate`; `AssertionError` after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            self._changed.clear()
            value = predicate()
            if value:
                return value
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not within {timeout} s: {what}")
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 0.05))
            except TimeoutError:
                continue
