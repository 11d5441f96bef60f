"""Display names of people, which events don't carry: asked for once, in the background, and remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping

import structlog

from bot.channels.zalo_oa.api import OaApi
from bot.channels.zalo_oa.errors import ApiError
from bot.messages import SendError

log = structlog.get_logger(__name__)

MOST = 5_000
MOST_AT_ONCE = 20


class Names(Mapping[str, str]):
    """Names by user id, as far as they are known; the first message of a newcomer comes without one."""

    def __init__(self, api: OaApi) -> None:
        self._api = api
        self._known: OrderedDict[str, str] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def __getitem__(self, user_id: str) -> str:
        return self._known[user_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def ask(self, user_id: str) -> None:
        """Asks for a name that isn't known yet; never in anybody's way."""
        if not user_id.isdigit() or user_id in self._known or len(self._tasks) >= MOST_AT_ONCE:
            return
        self._known[user_id] = ""
        task = asyncio.create_task(self._ask(user_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, user_id: str) -> None:
        try:
            detail = await self._api.get("/v3.0/oa/user/detail", {"user_id": user_id})
        except (ApiError, SendError) as error:
            log.info("zalo doesn't tell a name", reason=str(error)[:200])
            self._known.pop(user_id, None)
            return
        self._known[user_id] = str(detail.get("display_name", ""))[:200]
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    async def aclose(self) -> None:
        """Gives up what is still under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
