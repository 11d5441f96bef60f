"""An Official Account's API and its sign-in at one address, with the people who write to it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.server import HttpRequest
from tests.fakes.zalo.base import Json, Server
from tests.fakes.zalo.check import Refused, check_message
from tests.fakes.zalo.faults import Code
from tests.fakes.zalo.oauth import OAuth
from tests.fakes.zalo.people import Follower, Shown

HOUR = 3600.0


class OaEmulator(Server):
    """One account of one app; use it with `async with`."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.now = now
        self.app_id, self.app_secret, self.secret_key = "4031234567890123456", "app-secret", "oa-secret-key"
        self.oa_id = "3145678901234567890"
        self.oauth = OAuth(self.app_id, self.app_secret, now)
        self.people: dict[str, Follower] = {}
        self.groups: dict[str, list[Shown]] = {}
        #: Messages that are left in the package once a window's free part is over.
        self.package = 10
        self.uploads: dict[str, bytes] = {}
        #: Repeat every message of the account's as an event, as a real account does.
        self.echoes = True
        self._order = 0

    @property
    def environ(self) -> dict[str, str]:
        """The program's settings for this account."""
        return {
            "HAIDANG_ZALO_OA_APP_ID": self.app_id,
            "HAIDANG_ZALO_OA_APP_SECRET": self.app_secret,
            "HAIDANG_ZALO_OA_SECRET_KEY": self.secret_key,
            "HAIDANG_ZALO_OA_REFRESH_TOKEN": self.oauth.refresh_token or "",
            "HAIDANG_ZALO_OA_API_URL": self.url,
            "HAIDANG_ZALO_OA_OAUTH_URL": self.url,
        }

    def user(self, user_id: str = "2512523625412515", name: str = "Tư", *, wrote: bool = False) -> Follower:
        """The person with that id; `wrote`: the window is open."""
        person = self.people.setdefault(user_id, Follower(self, user_id, name))
        if wrote:
            person.last_act = self.now()
        return person

    def next_order(self) -> int:
        """For transcripts."""
        self._order += 1
        return self._order

    # --- events ------------------------------------------------------------------------------------------------------

    def event(self, content: Json) -> bytes:
        """Signs an event and delivers it; returns the body."""
        body = self.body_of(content)
        self.deliver(body, {"X-ZEvent-Signature": self.signature(body)})
        return body

    def body_of(self, content: Json) -> bytes:
        """An event as it is sent: with app and time, not in the way that Python writes JSON."""
        whole = {"app_id": self.app_id, **content, "timestamp": str(int(self.now() * 1000))}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    def signature(self, body: bytes, *, key: str | None = None) -> str:
        """The header of a body."""
        stamp = json.loads(body)["timestamp"]
        text = self.app_id.encode() + body + str(stamp).encode() + (key or self.secret_key).encode()
        return "mac=" + hashlib.sha256(text).hexdigest()

    # --- requests ----------------------------------------------------------------------------------------------------

    def refusal(self, fault: Any) -> Json | None:
        """An error inside HTTP 200."""
        return {"error": fault.error, "message": fault.message} if isinstance(fault, Code) else None

    async def answer(self, request: HttpRequest) -> Json:
        """The API."""
        if request.path == "/v4/oa/access_token":
            return self.oauth.grant(request)
        if (complaint := self.oauth.complaint(request.headers.get("access_token"))) is not None:
            return complaint
        try:
            data = self._data(request)
        except Refused as refused:
            return refused.body
        return {"error": 0, "message": "Success", "data": data}

    def _data(self, request: HttpRequest) -> Json:
        match request.path:
            case "/v3.0/oa/message/cs":
                return self._to_person(request.fields)
            case "/v3.0/oa/group/message":
                group = str(request.fields["recipient"]["group_id"])
                return self._shown(self.groups.setdefault(group, []), request.fields, group)
            case "/v2.0/oa/getoa":
                return {"oa_id": self.oa_id, "name": "Cảng vụ", "is_verified": True, "package_name": "Nâng cao"}
            case "/v3.0/oa/user/detail":
                wanted = json.loads(request.fields["data"])["user_id"]
                return {"user_id": wanted, "display_name": self._known(wanted).name, "user_is_follower": True}
            case "/v2.0/oa/upload/image" | "/v2.0/oa/upload/file":
                name = self.next_id()
                self.uploads[name] = request.fields["file"]
                return {"attachment_id" if request.path.endswith("image") else "token": name}
        raise Refused(-201, f"no such path: {request.path}")

    def _known(self, user_id: str) -> Follower:
        if user_id not in self.people:
            raise Refused(-201, "user_id is invalid")
        return self.people[user_id]

    def _to_person(self, fields: Json) -> Json:
        recipient = fields.get("recipient")
        if not isinstance(recipient, dict) or not isinstance(recipient.get("user_id"), str):
            raise Refused(-201, "recipient is invalid")
        person = self._known(recipient["user_id"])
        if not person.follows:
            raise Refused(-213, "User has not followed OA")
        silent = self.now() - person.last_act if person.last_act is not None else None
        if silent is None or silent > 7 * 24 * HOUR:
            raise Refused(-230, "User has not interacted with the OA in the past 7 days")
        quota: Json = {"quota_type": "reply"}
        message = check_message(fields.get("message"))
        if silent > 48 * HOUR:
            if self.package <= 0:
                raise Refused(-211, "Out of quota")
            self.package -= 1
            quota = {"quota_type": "sub_quota", "remain": str(self.package)}
        sent = self._shown(person.messages, {"message": message}, person.id)
        if self.echoes:
            echo = {"event_name": "oa_send_text", "sender": {"id": self.oa_id}, "recipient": {"id": person.id}}
            self.event(echo | {"message": {"msg_id": sent["message_id"], "text": message.get("text", "")}})
        return sent | {"quota": quota}

    def _shown(self, messages: list[Shown], fields: Json, to: str) -> Json:
        shown = Shown(self.next_id(), check_message(fields["message"]), self.next_order())
        messages.append(shown)
        return {"message_id": shown.id, "user_id": to, "sent_time": str(int(self.now() * 1000))}
