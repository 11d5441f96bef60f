"""A forum topic for each matter: made when it is first written to, named and closed as the matter goes on.

What a group doesn't allow (no topics, no right to manage them, a topic that somebody deleted) never keeps a message
from being sent: it goes to the General topic, with a word on what to mend.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.errors import Complaint, complaint, from_bot_api, topics_refused
from bot.channels.telegram.markup import units
from bot.channels.telegram.translate import CHANNEL
from bot.clock import Clock
from bot.messages import ChannelState, RichText, Topic, TopicColour

log = structlog.get_logger(__name__)

#: Bot API, createForumTopic: topic name 1-128 characters, and the icon colours that there are.
NAME_LIMIT = 128
_COLOURS = {TopicColour.PLAIN: 0x6FB9F0, TopicColour.DANGER: 0xFB6F5F}
#: A group that refused topics is asked again after so long: somebody may have given the right meanwhile.
ASK_AGAIN = dt.timedelta(minutes=10)
#: Topics remembered in memory; the others are looked up where the channel keeps its state.
_REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class TopicHints:
    """What the officers are told when a matter has no topic: the group refuses topics, or somebody deleted this one."""

    refused: RichText = ()
    deleted: RichText = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: a thread, or the whole group with what is to be said about it; `cost` in messages."""

    thread: int | None = None
    hint: RichText = ()
    cost: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """A topic as the group shows it now; a `gone` one was deleted by somebody."""

    thread: int
    name: str
    closed: bool = False
    gone: bool = False


@dataclass
class Topics:
    """The bot's topics in all groups."""

    api: Api
    state: ChannelState | None
    clock: Clock
    hints: TopicHints = field(default_factory=TopicHints)
    _known: OrderedDict[tuple[str, str], _Known] = field(default_factory=OrderedDict)
    _refused: dict[str, dt.datetime] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def place(self, chat_id: str, topic: Topic, *, make: bool = True) -> Place:
        """The thread of a topic, made or opened again if need be; raises `TelegramError` for what may pass.

        Without `make` an unknown topic stays unknown: an edit is shown where the message is.
        """
        # Distress overtakes what else is being sent to the group: both must not make the same topic.
        async with self._locks.setdefault(chat_id, asyncio.Lock()):
            known = await self._recall(chat_id, topic.key)
            if known is not None:
                if known.gone:
                    return Place()
                if known.closed and not topic.closed:
                    return await self._reopen(chat_id, topic, known)
                return Place(known.thread)
            if not make or self._just_refused(chat_id):
                return Place()
            return await self._make(chat_id, topic)

    async def settle(self, chat_id: str, topic: Topic) -> int:
        """Gives a topic its present name and closes it if the matter is over; returns the cost in messages."""
        async with self._locks.setdefault(chat_id, asyncio.Lock()):
            known = await self._recall(chat_id, topic.key)
            if known is None or known.gone:
                return 0
            cost = 0
            name = fitting(topic.name)
            if name != known.name:
                where = _where(chat_id, known.thread)
                cost += await self._change(chat_id, topic, "editForumTopic", where | {"name": name}, name=name)
            known = await self._recall(chat_id, topic.key)
            if topic.closed and known is not None and not known.closed and not known.gone:
                cost += await self._change(
                    chat_id, topic, "closeForumTopic", _where(chat_id, known.thread), closed=True
                )
            return cost

    async def lost(self, chat_id: str, topic: Topic) -> Place:
        """A topic that was known isn't there: somebody deleted it. Its matter goes on in the whole group."""
        known = await self._recall(chat_id, topic.key)
        if known is None or known.gone:
            return Place()
        log.warning("a ticket's topic was deleted, the ticket goes on in General", chat=chat_id, topic=topic.key)
        await self._remember(chat_id, topic.key, replace(known, gone=True))
        return Place(hint=self.hints.deleted)

    async def shut(self, chat_id: str, topic: Topic) -> None:
        """Somebody closed the topic by hand: remembered, so that it is opened again before the next message."""
        known = await self._recall(chat_id, topic.key)
        if known is not None:
            await self._remember(chat_id, topic.key, replace(known, closed=True))

    def _just_refused(self, chat_id: str) -> bool:
        at = self._refused.get(chat_id)
        return at is not None and self.clock.now() - at < ASK_AGAIN

    async def _make(self, chat_id: str, topic: Topic) -> Place:
        name = fitting(topic.name)
        params = {"chat_id": int(chat_id), "name": name, "icon_color": _COLOURS[topic.colour]}
        try:
            made = await self.api.call("createForumTopic", params)
        except TelegramError as error:
            if not (isinstance(error, BadRequest) and from_bot_api(error)):
                raise
            self._refused[chat_id] = self.clock.now()
            reason = self.api.redact(error.message)
            report = log.warning if topics_refused(error) else log.error
            report("the group takes no topics, tickets go to General", chat=chat_id, reason=reason)
            return Place(hint=self.hints.refused)
        self._refused.pop(chat_id, None)
        thread = int(made["message_thread_id"])
        await self._remember(chat_id, topic.key, _Known(thread, name))
        return Place(thread, cost=1)

    async def _reopen(self, chat_id: str, topic: Topic, known: _Known) -> Place:
        cost = await self._change(chat_id, topic, "reopenForumTopic", _where(chat_id, known.thread), closed=False)
        now = await self._recall(chat_id, topic.key)
        gone = now is None or now.gone
        return Place(None if gone else known.thread, self.hints.deleted if gone else (), cost)

    async def _change(self, chat_id: str, topic: Topic, method: str, params: dict[str, Any], **changes: Any) -> int:
        """One change to a topic. A refusal is remembered as done: a name that can't be changed must stop no message."""
        known = await self._recall(chat_id, topic.key)
        assert known is not None
        cost = 1
        try:
            await self.api.call(method, params)
        except TelegramError as error:
            if not (isinstance(error, BadRequest) and from_bot_api(error)):
                raise
            cost = 0
            if complaint(error) is Complaint.NO_THREAD:
                changes["gone"] = True
            elif "not_modified" not in error.message.lower():
                log.warning("topic not changed", method=method, chat=chat_id, reason=self.api.redact(error.message))
        await self._remember(chat_id, topic.key, replace(known, **changes))
        return cost

    async def _recall(self, chat_id: str, key: str) -> _Known | None:
        known = self._known.get((chat_id, key))
        if known is None and self.state is not None:
            stored = await self.state.load(CHANNEL, _state_key(chat_id, key))
            if isinstance(stored, dict) and isinstance(stored.get("thread"), int):
                known = _Known(
                    stored["thread"], str(stored.get("name", "")), bool(stored.get("closed")), bool(stored.get("gone"))
                )
                self._keep(chat_id, key, known)
        return known

    async def _remember(self, chat_id: str, key: str, known: _Known) -> None:
        self._keep(chat_id, key, known)
        if self.state is not None:
            value = {"thread": known.thread, "name": known.name, "closed": known.closed, "gone": known.gone}
            await self.state.save(CHANNEL, _state_key(chat_id, key), value)

    def _keep(self, chat_id: str, key: str, known: _Known) -> None:
        self._known[chat_id, key] = known
        self._known.move_to_end((chat_id, key))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def fitting(name: str) -> str:
    """A topic's name within Telegram's limit."""
    name = " ".join(name.split())
    if units(name) <= NAME_LIMIT:
        return name
    while units(name) >= NAME_LIMIT:
        name = name[:-1]
    return name.rstrip() + "…"


def _where(chat_id: str, thread: int) -> dict[str, Any]:
    return {"chat_id": int(chat_id), "message_thread_id": thread}


def _state_key(chat_id: str, key: str) -> str:
    return f"topic:{chat_id}:{key}"
