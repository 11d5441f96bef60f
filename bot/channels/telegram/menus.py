"""Command menus for single chats: the officers' groups and officers' own chats see what they can do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import structlog
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.profile import Profile, digest_of
from bot.channels.telegram.translate import CHANNEL
from bot.messages import ChannelState

log = structlog.get_logger(__name__)

_STATE = "menus"


class Menus:
    """The menus that were set for single chats, remembered so that only what changed is set again."""

    def __init__(self, api: Api, profile: Profile, state: ChannelState | None) -> None:
        self._api = api
        self._profile = profile
        self._state = state
        self._set: dict[str, str] | None = None

    async def publish(self, *, desks: Collection[str], officers: Collection[str]) -> int:
        """Brings the menus of these chats up to date, and takes away those of others; returns how many changed.

        Chats that can't be reached are left for the next time; raises nothing.
        """
        known = await self._load()
        profile = self._profile
        wanted = dict.fromkeys(desks, ("desk", profile.desk_commands))
        wanted |= {chat: ("officer", profile.officer_commands) for chat in officers if chat not in wanted}
        changed = 0
        try:
            for chat, (kind, menu) in wanted.items():
                fingerprint = digest_of([kind, profile.digest])
                if known.get(chat) == fingerprint or not menu:
                    continue
                if await self._calls(list(profile.menu_calls(_scope(chat), menu))):
                    known[chat] = fingerprint
                    changed += 1
            for chat in [chat for chat in known if chat not in wanted]:
                await self._calls(list(profile.removal_calls(_scope(chat))))
                del known[chat]
                changed += 1
        except TelegramError as error:
            log.warning("command menus not published, tried again later", reason=self._api.redact(error.message))
        if changed and self._state is not None:
            await self._state.save(CHANNEL, _STATE, known)
        return changed

    async def _calls(self, calls: list[tuple[str, dict[str, Any]]]) -> bool:
        """Makes the calls for one chat; False when that chat refuses them. Raises what may pass."""
        for method, params in calls:
            try:
                await self._api.call(method, params)
            except (BadRequest, Forbidden) as error:
                log.info("no command menu for a chat", method=method, reason=self._api.redact(error.message))
                return False
        return True

    async def _load(self) -> dict[str, str]:
        if self._set is None:
            stored = await self._state.load(CHANNEL, _STATE) if self._state is not None else None
            self._set = dict(stored) if isinstance(stored, dict) else {}
        return self._set


def _scope(chat: str) -> dict[str, Any]:
    return {"type": "chat", "chat_id": int(chat)}
