"""The emulator: a bot's Bot API server and its users in one process, over a real socket."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from tests.fakes.telegram.api import BotApi
from tests.fakes.telegram.delivery import Webhook
from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.faults import CutOff, Fault, Faults, Flood, Hang, Page, Refuse
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.people import Group, Person, View
from tests.fakes.telegram.rates import Rates
from tests.fakes.telegram.server import HangUp, HttpRequest, HttpResponse, HttpServer
from tests.fakes.telegram.things import files
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.world import Chat, Json, Message, World, member

T = TypeVar("T")

_METHOD_NAMES = {name.lower(): name for name in METHODS}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the bot made, and the status that it got (None: no answer)."""

    method: str
    params: Json
    status: int | None


class TelegramEmulator:
    """One bot's Telegram; use it with `async with`, hand `url` and `token` to the program, act through people."""

    def __init__(
        self,
        token: str = "123456:emulated-token",
        username: str = "haidang_bot",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rates: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.calls: list[Call] = []
        #: What a file's path holds; tests may put something else there.
        self.contents: dict[str, bytes] = {}
        self.faults = Faults()
        self.rates = Rates() if rates else None
        bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Hải Đăng", "username": username}
        self.world = World(bot, now)
        self.updates = Updates(self._something_changed)
        self.webhook = Webhook(self.updates, self._something_changed, now)
        self.api = BotApi(self.world, self.updates, self.webhook, self.rates)
        self._views: dict[int, View] = {}
        self._number = 0
        self._host, self._port = host, port
        self._server = HttpServer(self._handle)
        self._released = asyncio.Event()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._port = await self._server.start(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.webhook.stop()
        await self._server.stop()

    @property
    def url(self) -> str:
        """What HAIDANG_TELEGRAM_API_URL is to be."""
        return f"http://{self._host}:{self._port}"

    # --- people -------------------------------------------------------------------------------------------------------

    def user(self, user_id: int, name: str = "An", *, language: str = "vi", started: bool = False) -> Person:
        """The person with this id; a bot can't write to one who hasn't `started`, that is, written first."""
        view = self._views.get(user_id)
        if not isinstance(view, Person):
            raw = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
            chat = Chat(user_id, "private", name, person=raw, started=started)
            self.world.chats[user_id] = chat
            view = self._views[user_id] = Person(self, chat)
        view.chat.started |= started
        return view

    def group(
        self,
        chat_id: int,
        title: str = "Trực ban",
        *,
        kind: str = "supergroup",
        bot: str = "administrator",
        forum: bool = False,
    ) -> Group:
        """The group, supergroup or channel with this (negative) id; a `forum` has topics."""
        view = self._views.get(chat_id)
        if not isinstance(view, Group):
            chat = Chat(chat_id, kind, title, bot=bot, forum=forum)
            self.world.chats[chat_id] = chat
            view = self._views[chat_id] = Group(self, chat)
        return view

    def channel(self, chat_id: int, title: str = "canhbao") -> Group:
        """A channel with this id, also known as @title."""
        return self.group(chat_id, title, kind="channel")

    # --- what people do (used by `people`) --------------------------------------------------------------------------

    def write(
        self, chat: Chat, person: Json | None, content: Json, reply_to: int | None, topic: int | None = None
    ) -> int:
        """Somebody's message, and its update if the bot gets to see it."""
        message = self.world.post(chat, person, content, reply_to=reply_to, topic=topic)
        for file in files(content):
            file_id, unique = file["file_id"], file["file_unique_id"]
            path = f"files/{unique}"
            self.api.files[file_id] = {
                "file_id": file_id,
                "file_unique_id": unique,
                "file_size": file["file_size"],
                "file_path": path,
            }
            self.contents.setdefault(path, b"\xff\xd8\xff" + file_id.encode().ljust(file["file_size"] - 3, b"."))
        chat.started = True
        if not chat.blocked and self._bot_sees(chat, message):
            self._update("channel_post" if chat.kind == "channel" else "message", message.raw)
        return message.id

    def rewrite(self, chat: Chat, message_id: int, content: Json) -> None:
        """Somebody edits a message."""
        message = chat.messages[message_id]
        message.raw = message.raw | content | {"edit_date": self.world.time}
        self._update("edited_message", message.raw)

    def press(self, person: Json, chat: Chat, data: str, message_id: int | None) -> str:
        """Somebody taps a button, or pretends to."""
        query_id = str(4_000_000_000_000_000 + self.next_number())
        query: Json = {"id": query_id, "from": person, "chat_instance": str(abs(chat.id) * 7919), "data": data}
        if message_id is not None:
            message = chat.messages.get(message_id)
            gone = {"chat": chat.raw, "message_id": message_id, "date": 0}
            query["message"] = message.raw if message and not message.deleted else gone
        chat.started = True
        self.api.presses[query_id] = False
        self._update("callback_query", query)
        return query_id

    def membership(self, chat: Chat, actor: Json, before: str, after: str) -> None:
        """The bot's place in a chat changes."""
        self._update(
            "my_chat_member",
            {
                "chat": chat.raw,
                "from": actor,
                "date": self.world.time,
                "old_chat_member": member(self.world.bot, before),
                "new_chat_member": member(self.world.bot, after),
            },
        )

    def upgrade(self, chat: Chat, new_id: int) -> Group:
        """A group becomes a supergroup."""
        group = self.group(new_id, chat.title, bot=chat.bot)
        actor = self.user(777_001, "Admin").raw
        old = self.world.post(chat, actor, {"migrate_to_chat_id": new_id})
        new = self.world.post(group.chat, actor, {"migrate_from_chat_id": chat.id})
        chat.moved_to = new_id
        self._update("message", old.raw)
        self._update("message", new.raw)
        return group

    def raw_update(self, content: Json) -> int:
        """An update that no person makes: malformed, of a new kind. Returns its id."""
        number = self.updates.add_raw(content)
        self.webhook.wake()
        return number

    def answered(self, query_id: str) -> bool:
        """Whether a press was answered."""
        return self.api.presses.get(query_id, False)

    def forget_presses(self) -> None:
        """From now on all presses so far are too old to be answered."""
        self.api.presses.clear()

    def next_number(self) -> int:
        """For ids."""
        self._number += 1
        return self._number

    def _bot_sees(self, chat: Chat, message: Message) -> bool:
        """Privacy mode: in a group a bot that is no administrator sees commands, replies to it and mentions."""
        if chat.is_private or chat.bot == "administrator":
            return True
        if chat.bot != "member":
            return False
        answered = message.raw.get("reply_to_message", {}).get("from", {}).get("id")
        mention = f"@{self.world.bot['username']}"
        return message.text.startswith("/") or answered == self.world.bot["id"] or mention in message.text

    def _update(self, kind: str, content: Json) -> None:
        self.updates.add(kind, content)
        self.webhook.wake()

    # --- waiting ------------------------------------------------------------------------------------------------------

    async def wait_for(
        self,
        predicate: Callable[[], T | None],
        timeout: float = 5.0,
        what: str = "what was expected",
        view: View | None = None,
    ) -> T:
        """The first truthy value of `predicate`, tried whenever something happens; `AssertionError` after `timeout`."""
        deadline = time.monotonic() + timeout
        while True:
            self._changed.clear()
            value = predicate()
            if value:
                return value
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not within {timeout} s: {what}\n{view.transcript if view else ''}")
            try:
                # Not for ever, for predicates about things that happen outside the emulator.
                await asyncio.wait_for(self._changed.wait(), min(left, 0.05))
            except TimeoutError:
                continue

    def made(self, method: str) -> list[Call]:
        """The bot's requests of one method."""
        return [call for call in self.calls if call.method == method]

    def _something_changed(self) -> None:
        self._changed.set()

    # --- requests -----------------------------------------------------------------------------------------------------

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/_control/"):
            from tests.fakes.telegram.control import control

            return control(self, request)
        if request.path.startswith("/file/"):
            return self._file(request.path)
        match = re.fullmatch(r"/bot([^/]*)/(\w+)", request.path)
        name = _METHOD_NAMES.get(match[2].lower()) if match else None
        if not match or not re.fullmatch(r"\d+:[\w-]+", match[1]):
            return HttpResponse(404, ApiError(404, "Not Found").body)
        if match[1] != self.token:
            return HttpResponse(401, ApiError(401, "Unauthorized").body)
        if name is None:
            return HttpResponse(404, ApiError(404, "Not Found: method not found").body)
        try:
            response = await self._answer(name, request.fields)
        except HangUp:
            self._note(name, request.fields, None)
            raise
        self._note(name, request.fields, response.status)
        return response

    def _file(self, path: str) -> HttpResponse:
        """A download. Telegram gives every file out as a heap of bytes, whatever it is."""
        match = re.fullmatch(r"/file/bot([^/]*)/(.+)", path)
        if not match or match[1] != self.token:
            return HttpResponse(401, ApiError(401, "Unauthorized").body)
        content = self.contents.get(match[2])
        if content is None:
            return HttpResponse(404, ApiError(404, "Not Found").body)
        return HttpResponse(200, content, "application/octet-stream")

    def _note(self, method: str, params: Json, status: int | None) -> None:
        self.calls.append(Call(method, params, status))
        self._something_changed()

    async def _answer(self, method: str, params: Json) -> HttpResponse:
        fault = self.faults.take(method)
        match fault:
            case Flood(seconds):
                error = ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
                return HttpResponse(429, error.body)
            case Refuse(code, description, parameters):
                return HttpResponse(code, ApiError(code, description, **parameters).body)
            case Page(status, body):
                return HttpResponse(status, body.encode())
            case Hang(after=False) | CutOff(after=False):
                return await self._vanish(fault)
        try:
            response = HttpResponse(200, {"ok": True, "result": await self.api.call(method, params)})
        except ApiError as error:
            response = HttpResponse(error.code, error.body)
        return await self._vanish(fault) if fault else response

    async def _vanish(self, fault: Fault) -> HttpResponse:
        if isinstance(fault, Hang):
            self._something_changed()
            await self._released.wait()
        raise HangUp

    def release(self) -> None:
        """Ends all hanging requests."""
        self._released.set()
        self._released = asyncio.Event()
