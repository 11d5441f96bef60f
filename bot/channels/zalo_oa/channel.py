"""The Official Account as the courier sees it."""

from __future__ import annotations

from typing import Any

import structlog

from bot.channels.http_calls import HttpCalls, Timeouts
from bot.channels.in_parts import InParts
from bot.channels.zalo_oa.api import OaApi
from bot.channels.zalo_oa.errors import MEANS, ApiError, send_error
from bot.channels.zalo_oa.media import IMAGE_PATH, fetch, file_of
from bot.channels.zalo_oa.render import MAX_BUTTONS, MAX_TEXT, TO_PERSON, Call, render
from bot.channels.zalo_oa.tokens import Credentials, Lock, Tokens
from bot.channels.zalo_oa.translate import CHANNEL
from bot.channels.zalo_oa.uncertain import BUTTONS_REFUSED, FREE_FOR, MEDIA_HOSTS, OPEN_FOR, PER_SECOND
from bot.clock import Clock, SystemClock
from bot.messages import Capabilities, ChannelState, OutgoingMessage, Rejected, Sent, Window

log = structlog.get_logger(__name__)

API_URL = "https://openapi.zalo.me"
OAUTH_URL = "https://oauth.zaloapp.com"
#: The store's limit for a platform's own id.
_LONGEST_ID = 64


class ZaloOaChannel:
    """Sends to followers, and to whoever wrote, within the platform's window; raises `SendError`s."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        state: ChannelState,
        lock: Lock,
        api_url: str = API_URL,
        oauth_url: str = OAUTH_URL,
        paid: bool = False,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        media_hosts: tuple[str, ...] = MEDIA_HOSTS,
    ) -> None:
        self._clock = clock or SystemClock()
        self._paid = paid
        self._media_hosts = media_hosts
        self._http = HttpCalls(api_url, platform="Zalo", timeouts=timeouts)
        self._oauth = HttpCalls(oauth_url, platform="Zalo's sign-in", timeouts=timeouts)
        self.api = OaApi(self._http, Tokens(self._oauth, credentials, state, lock, self._clock))
        self._parts: InParts[Call] = InParts(self._perform, self._clock)
        #: Messages that used up the package's quota or cost money, since the start.
        self.charged = 0

    @property
    def name(self) -> str:
        """The name under which its messages are stored."""
        return CHANNEL

    @property
    def capabilities(self) -> Capabilities:
        """Buttons up to five, no edits, the position by the app's own menu; free for 48 hours after the last word."""
        return Capabilities(
            buttons=True,
            max_buttons=MAX_BUTTONS,
            edit=False,
            location_request=False,
            location_menu=True,
            relay=False,
            max_text=MAX_TEXT,
            window=Window(FREE_FOR, OPEN_FOR, paid=self._paid, means=MEANS),
            per_second=PER_SECOND,
            reserved=10.0,
            per_chat_seconds=0.2,
        )

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Sends one message, in one or more calls; `Sent.message_id` is the one with the buttons."""
        return await self._parts.send((chat_id, message.model_dump_json()), render(chat_id, message))

    async def aclose(self) -> None:
        """Lets a renewal of the token come to its end, and closes the connections."""
        await self.api.tokens.settle()
        await self._http.aclose()
        await self._oauth.aclose()

    async def _perform(self, call: Call) -> str | None:
        try:
            body = await self._body(call)
            data = await self.api.post(call.path, body)
        except ApiError as error:
            if call.buttons and error.code in BUTTONS_REFUSED:
                log.error("zalo refuses the buttons, sent without them", code=error.code, reason=error.message)
                return await self._perform(call.without_buttons())
            raise send_error(error, self._clock.now()) from error
        if call.path == TO_PERSON:
            self._count(data)
        message_id = data.get("message_id")
        fits = isinstance(message_id, (str, int)) and len(str(message_id)) <= _LONGEST_ID
        return str(message_id) if fits else None

    async def _body(self, call: Call) -> dict[str, Any]:
        if call.relay is None:
            return call.body
        file = file_of(await fetch(call.relay, self._media_hosts))
        if file is None:
            raise Rejected("Zalo takes jpg and png up to 1 MB, pdf and doc up to 5 MB")
        stored = await self.api.upload(file.path, file.name, file.content, file.kind)
        body = call.body
        if file.path == IMAGE_PATH:
            element = {"media_type": "image", "attachment_id": stored.get("attachment_id")}
            payload = {"template_type": "media", "elements": [element]}
            body["message"]["attachment"] = {"type": "template", "payload": payload}
        else:
            body["message"]["attachment"] = {"type": "file", "payload": {"token": stored.get("token")}}
        return body

    def _count(self, data: dict[str, Any]) -> None:
        """The answer names the quota that a message was taken from; free replies are `reply`, nothing means charged."""
        quota = data.get("quota")
        kind = quota.get("quota_type") if isinstance(quota, dict) else None
        if kind in ("reply", "welcome_msg"):
            return
        self.charged += 1
        log.info("zalo message wasn't free", quota=str(kind), charged=self.charged)
