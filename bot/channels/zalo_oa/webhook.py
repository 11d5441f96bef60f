"""Events that Zalo delivers: checked, committed, and only then acknowledged. It also keeps the token fresh."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog

from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.errors import ApiError
from bot.channels.zalo_oa.health import OaHealth, span
from bot.channels.zalo_oa.names import Names
from bot.channels.zalo_oa.signature import is_signed
from bot.channels.zalo_oa.tokens import NeedsConsent
from bot.channels.zalo_oa.translate import Sort, account_of, sort_of, translate
from bot.channels.zalo_oa.uncertain import TIMESTAMP_HEADER
from bot.clock import Clock, SystemClock
from bot.errors import OperatorError
from bot.messages import Inbox, SendError

log = structlog.get_logger(__name__)

SIGNATURE_HEADER = "x-zevent-signature"
MAX_BODY = 1_000_000
#: Seconds between looks at the token; after trouble sooner.
LOOK_EVERY = 600.0
LOOK_AGAIN = 30.0


class OaWebhook:
    """The one that takes deliveries for one account of one app."""

    def __init__(
        self,
        channel: ZaloOaChannel,
        inbox: Inbox,
        *,
        app_id: str,
        secret_key: str,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._inbox = inbox
        self._app_id = app_id
        self._secret_key = secret_key
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._names = Names(channel.api)
        #: The account's own id, once it is known: an app may serve several, and each has tokens of its own.
        self._account: str | None = None
        self._account_name = ""
        self._error: str | None = None
        self._lasting = False
        self._last_event: dt.datetime | None = None
        #: Events by sort, and deliveries that were refused, since the start.
        self.counts: Counter[str] = Counter()

    @property
    def health(self) -> OaHealth:
        """Well when the token is; deliveries that fail to come can't be told from silence, so they are only noted."""
        now, grant = self._clock.now(), self._channel.api.tokens.grant
        renewed = grant.renewed_at if grant is not None else None
        note = (
            f"{self._account_name or 'account not asked yet'}, token renewed {span(renewed, now)} ago, "
            f"last event {span(self._last_event, now)} ago, {self._channel.charged} messages weren't free"
        )
        if refused := self.counts["refused"]:
            note += f", {refused} deliveries had no right signature (is HAIDANG_ZALO_OA_SECRET_KEY the webhook's key?)"
        usable = grant is not None and grant.usable(now)
        return OaHealth(ok=usable and not self._lasting, note=note, error=self._error)

    # --- deliveries --------------------------------------------------------------------------------------------------

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Takes one delivery (headers by lower-case names); returns the HTTP status. 2xx only after the commit."""
        if len(body) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            return HTTPStatus.BAD_REQUEST
        signature = headers.get(SIGNATURE_HEADER)
        if raw == {} and signature is None:
            return HTTPStatus.OK  # the probe when the address is saved in the developers' console: unsigned, empty
        if not isinstance(raw, dict):
            return HTTPStatus.BAD_REQUEST
        if not self._signed(signature, body, raw, headers):
            self.counts["refused"] += 1
            log.warning("zalo delivery without a right signature", count=self.counts["refused"])
            return HTTPStatus.UNAUTHORIZED if signature is None else HTTPStatus.FORBIDDEN
        return await self._take(raw, retry=headers.get("num_retry"))

    def _signed(self, signature: str | None, body: bytes, raw: dict[str, Any], headers: Mapping[str, str]) -> bool:
        own = raw.get("timestamp")
        known = (headers.get(TIMESTAMP_HEADER), str(own) if isinstance(own, (str, int)) else None)
        timestamps = tuple(t for t in known if t is not None) or ("",)
        return is_signed(signature, body, app_id=self._app_id, secret_key=self._secret_key, timestamps=timestamps)

    async def _take(self, raw: dict[str, Any], *, retry: str | None) -> int:
        self._last_event = self._clock.now()
        sort = sort_of(raw)
        self.counts[sort.name.lower()] += 1
        account = account_of(raw)
        if account is not None and self._account is not None and account != self._account:
            log.warning("zalo event of another account, not taken", kind=str(raw.get("event_name"))[:80])
            return HTTPStatus.OK
        if sort in (Sort.ECHO, Sort.RECEIPT):
            return HTTPStatus.OK  # our own words, and that they arrived: nobody has to do anything
        arrival = translate(raw, received=self._clock.now(), names=self._names)
        if sort is Sort.UNKNOWN:
            log.warning("zalo event of an unknown kind, kept", kind=str(raw.get("event_name"))[:80])
        elif sort is Sort.STAFF:
            log.info("somebody wrote in Zalo's own tool, kept", kind=str(raw.get("event_name"))[:80])
        try:
            new = await self._inbox.put([arrival])
        except Exception as error:  # Whatever keeps it from being stored: it must not be acknowledged.
            known = isinstance(error, OperatorError)
            log.critical("ZALO EVENT CAN'T BE STORED", reason=str(error), exc_info=not known)
            return HTTPStatus.SERVICE_UNAVAILABLE
        if retry is not None:
            log.info("zalo delivers again", try_=retry[:8], new=new)
        if arrival.message is not None:
            self._names.ask(arrival.message.sender.id)
        return HTTPStatus.OK

    # --- the token, and who this is ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Renews the token in time and learns the account's id, until it is cancelled."""
        try:
            while True:
                await self._sleep(await self.look())
        finally:
            await self._names.aclose()

    async def look(self) -> float:
        """One look at token and account; returns the seconds until the next."""
        try:
            await self._channel.api.tokens.keep_fresh()
            if self._account is None:
                about = await self._channel.api.get("/v2.0/oa/getoa")
                self._account = str(about["oa_id"]) if about.get("oa_id") else None
                self._account_name = str(about.get("name", ""))[:80]
                log.info("zalo account", name=self._account_name, package=about.get("package_name"))
        except NeedsConsent as error:
            self._error, self._lasting = error.reason, True
            return LOOK_EVERY
        except (SendError, ApiError) as error:
            self._error = str(error)
            log.warning("zalo account not asked", reason=self._error)
            return LOOK_AGAIN
        self._error, self._lasting = None, False
        return LOOK_EVERY
