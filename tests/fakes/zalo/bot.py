"""The Bot Platform: one bot, its people, webhook and polling."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.server import HttpRequest
from tests.fakes.zalo.base import Json, Server
from tests.fakes.zalo.faults import Code

_KNOWN = {
    "getMe": set(),
    "getUpdates": {"timeout"},
    "setWebhook": {"url", "secret_token"},
    "deleteWebhook": set(),
    "getWebhookInfo": set(),
    "sendMessage": {"chat_id", "text", "parse_mode", "text_styles"},
    "sendPhoto": {"chat_id", "photo", "caption"},
    "sendChatAction": {"chat_id", "action"},
}


class _Refused(Exception):
    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description}


@dataclass
class BotUser:
    """Somebody who writes to the bot."""

    zalo: BotEmulator
    id: str
    name: str
    messages: list[Json] = field(default_factory=list)
    typing: int = 0
    _seen: int = 0

    def say(self, text: str) -> str:
        """Writes words."""
        return self.send("text", text=text)

    def send(self, kind: str, **content: Any) -> str:
        """Sends `image`, `sticker`, `voice`, `unsupported`."""
        message_id = self.zalo.next_id()
        self.zalo.event(
            {
                "event_name": f"message.{kind}.received",
                "message": {
                    "message_id": message_id,
                    "date": 1_790_000_000_000,
                    "from": {"id": self.id, "display_name": self.name, "is_bot": False},
                    "chat": {"id": self.id, "chat_type": "PRIVATE"},
                    **content,
                },
            }
        )
        return message_id

    async def wait_message(self, containing: str = "", *, timeout: float = 5.0) -> str:
        """The next text, not looked at yet, that holds the words."""

        def fitting() -> Json | None:
            return next((m for m in self.messages[self._seen :] if containing in m.get("text", "")), None)

        texts = [m.get("text", "") for m in self.messages]
        found = await self.zalo.wait_for(fitting, timeout, f"a message containing {containing!r}; so far: {texts}")
        self._seen = self.messages.index(found) + 1
        return str(found.get("text", ""))


class BotEmulator(Server):
    """One bot; use it with `async with`."""

    def __init__(self, token: str = "bot-token:emulated") -> None:
        super().__init__()
        self.token = token
        self.people: dict[str, BotUser] = {}
        self.secret: str | None = None
        self.webhook: str | None = None
        self.events: asyncio.Queue[Json] = asyncio.Queue()
        #: Messages that are left this month, and people who are taken.
        self.quota = 3_000
        self.most_people = 50

    @property
    def environ(self) -> dict[str, str]:
        """The program's settings for this bot."""
        return {"HAIDANG_ZALO_BOT_TOKEN": self.token, "HAIDANG_ZALO_BOT_API_URL": self.url}

    def user(self, user_id: str = "bu-1", name: str = "Năm") -> BotUser:
        """The person with that id."""
        return self.people.setdefault(user_id, BotUser(self, user_id, name))

    def event(self, content: Json) -> None:
        """Delivers an event, or keeps it for whoever polls next; polled ones are given out once."""
        if self.webhook is None:
            self.events.put_nowait(content)
            return
        body = json.dumps({"ok": True, "result": content}).encode()
        self.deliver(body, {"X-Bot-Api-Secret-Token": self.secret or ""})

    def name_of(self, request: HttpRequest) -> str:
        """The method."""
        return request.path.rpartition("/")[2]

    def refusal(self, fault: Any) -> Json | None:
        """A refusal in the envelope."""
        if isinstance(fault, Code):
            return {"ok": False, "error_code": fault.error, "description": fault.message}
        return None

    async def answer(self, request: HttpRequest) -> Json:
        """The API."""
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", request.path)
        if found is None or found[1] != self.token:
            return {"ok": False, "error_code": 401, "description": "Unauthorized"}
        if found[2] not in _KNOWN or not request.fields.keys() <= _KNOWN[found[2]]:
            return {"ok": False, "error_code": 400, "description": f"Bad Request: {found[2]} {request.fields}"}
        try:
            return {"ok": True, "result": await self._result(found[2], request.fields)}
        except _Refused as refused:
            return refused.body

    async def _result(self, method: str, fields: Json) -> Any:
        match method:
            case "getMe":
                return {"id": "1", "account_name": "Bot Hải Đăng", "account_type": "BASIC", "can_join_groups": False}
            case "getUpdates":
                return await self._update(float(fields.get("timeout", 30)))
            case "setWebhook":
                return self._set_webhook(fields)
            case "deleteWebhook":
                self.webhook = None
                return {}
            case "getWebhookInfo":
                return {"url": self.webhook or "", "updated_at": 0}
            case "sendChatAction":
                self._person(fields).typing += 1
                return True
        return self._send(method, fields)

    async def _update(self, timeout: float) -> Json:
        if self.webhook is not None:
            raise _Refused(400, "Bad Request: webhook is set")
        try:
            return await asyncio.wait_for(self.events.get(), min(timeout, 0.2))
        except TimeoutError:
            raise _Refused(408, "Request timeout") from None

    def _set_webhook(self, fields: Json) -> Json:
        if not 8 <= len(fields.get("secret_token", "")) <= 256:
            raise _Refused(400, "Bad Request: secret_token")
        self.webhook, self.secret = fields["url"], fields["secret_token"]
        self.deliver_to(self.webhook)
        return {"url": self.webhook, "updated_at": 0, "verification": {"success": True}}

    def _person(self, fields: Json) -> BotUser:
        if fields.get("chat_id") not in self.people:
            raise _Refused(404, "Not Found: chat not found")
        return self.people[fields["chat_id"]]

    def _send(self, method: str, fields: Json) -> Json:
        person = self._person(fields)
        if self.quota <= 0:
            raise _Refused(429, "Quota exceeded")
        if method == "sendMessage" and not 1 <= len(fields.get("text", "").strip()) <= 2_000:
            raise _Refused(400, "Bad Request: text")
        self.quota -= 1
        person.messages.append(fields)
        return {"message_id": self.next_id(), "date": 0}
