"""The access token, renewed with a refresh token that works once and comes back as another one.

The order is everything: one renewal at a time over all processes (a lock from outside), the intent written down, the
platform asked, the new pair committed, and only then used. A crash between the answer and the commit loses the grant;
then a person has to consent again, and is told so. What is set as HAIDANG_ZALO_OA_REFRESH_TOKEN only begins the chain:
another value begins a new one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import structlog

from bot.channels.http_calls import HttpCalls
from bot.channels.zalo_oa.grant import OLD, Grant, seed_of
from bot.channels.zalo_oa.translate import CHANNEL
from bot.channels.zalo_oa.uncertain import REFRESH_MAY_BE_TRIED_AGAIN
from bot.clock import Clock
from bot.errors import OperatorError
from bot.messages import ChannelState, NotSent, RetryLater, SendError, Uncertain

log = structlog.get_logger(__name__)

KEY = "grant"
TOKEN_PATH = "/v4/oa/access_token"  # noqa: S105 - a path
#: A token that is refused so soon after it was granted isn't renewed again: something else is wrong.
YOUNG = dt.timedelta(minutes=1)

#: Holds off all other processes within the block.
Lock = Callable[[], AbstractAsyncContextManager[None]]


class NeedsConsent(NotSent):
    """The grant is gone: an administrator of the account has to consent again."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The app, and the refresh token with which the chain begins."""

    app_id: str
    app_secret: str
    refresh_token: str


class Tokens:
    """The one that knows the access token."""

    def __init__(
        self, oauth: HttpCalls, credentials: Credentials, state: ChannelState, lock: Lock, clock: Clock
    ) -> None:
        self._oauth = oauth
        self._credentials = credentials
        self._seed = seed_of(credentials.refresh_token)
        self._state = state
        self._lock = lock
        self._clock = clock
        self._grant: Grant | None = None
        #: A pair that was granted and could not be written down yet: kept, and not used before it is.
        self._unsaved: Grant | None = None
        self._renewal: asyncio.Task[Grant | SendError] | None = None

    @property
    def grant(self) -> Grant | None:
        """The pair that is in use, as far as this process knows."""
        return self._grant

    async def access(self) -> str:
        """A token that may be used; raises `NeedsConsent`, or `NotSent` when it can't be had now."""
        if self._grant is None or not self._grant.usable(self._clock.now()):
            return (await self._renewed(refused=None)).access_token
        return self._grant.access_token

    async def instead_of(self, refused: str) -> str:
        """Another token than the one that the platform refused: another process's, or a new one."""
        return (await self._renewed(refused=refused)).access_token

    async def keep_fresh(self) -> Grant:
        """Renews early, so that no message ever waits for it; raises as `access`."""
        grant = self._grant
        if grant is None or grant.due(self._clock.now()):
            grant = await self._renewed(refused=None, early=True)
        if grant.renewed_at is not None and self._clock.now() - grant.renewed_at > OLD:
            log.critical("ZALO TOKEN OLD: it dies after three months without renewal", renewed_at=str(grant.renewed_at))
        return grant

    async def settle(self) -> None:
        """Waits for a renewal under way: it must not end between the platform's answer and the commit."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal}, timeout=30)

    async def _renewed(self, *, refused: str | None, early: bool = False) -> Grant:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._locked(refused, early=early))
        # Shielded: a send that is given up must not take the new pair with it.
        outcome = await asyncio.shield(self._renewal)
        if isinstance(outcome, SendError):
            raise outcome
        if outcome.access_token == refused:
            raise NotSent("set-up: Zalo refuses a token that it has just granted")
        return outcome

    async def _locked(self, refused: str | None, *, early: bool) -> Grant | SendError:
        """Nothing is raised in here: a lock on PostgreSQL would wrap it up."""
        outcome: Grant | SendError = NotSent("the renewal did not come to an end")
        try:
            async with self._lock():
                outcome = await self._look_and_renew(refused, early=early)
        except* OperatorError as away:
            log.error("zalo token not renewed, the database is away", reason=str(away.exceptions[0]))
            outcome = NotSent("Zalo's token can't be renewed while the database is away")
        if isinstance(outcome, Grant):
            self._grant = outcome
        return outcome

    async def _look_and_renew(self, refused: str | None, *, early: bool) -> Grant | SendError:
        now = self._clock.now()
        if self._unsaved is not None:
            return await self._commit(self._unsaved)
        stored = Grant.from_json(await self._state.load(CHANNEL, KEY))
        if stored is not None and stored.seed == self._seed:
            if stored.dead is not None:
                return NeedsConsent(stored.dead)
            good = stored.usable(now) and stored.access_token != refused
            if good and not (early and stored.due(now)):
                return stored
            if stored.access_token == refused and stored.renewed_at is not None and now - stored.renewed_at < YOUNG:
                return stored
        else:
            stored = Grant(self._seed, refresh_token=self._credentials.refresh_token)
        interrupted = stored.asking_since
        await self._state.save(CHANNEL, KEY, replace(stored, asking_since=now).to_json())
        outcome = await self._ask(stored, interrupted)
        if isinstance(outcome, NeedsConsent):
            log.critical("ZALO: CONSENT NEEDED AGAIN", reason=outcome.reason)
            await self._state.save(CHANNEL, KEY, replace(stored, dead=outcome.reason).to_json())
        elif isinstance(outcome, Grant):
            self._unsaved = outcome
            return await self._commit(outcome)
        elif not isinstance(outcome, Uncertain):
            # Certainly not asked: the refresh token is as good as before.
            await self._state.save(CHANNEL, KEY, replace(stored, asking_since=interrupted).to_json())
        if not isinstance(outcome, NeedsConsent) and stored.usable(now) and stored.access_token != refused:
            log.warning("zalo token not renewed, the old one goes on", reason=outcome.reason)
            return stored
        return outcome if isinstance(outcome, NotSent) else NotSent(outcome.reason)

    async def _commit(self, grant: Grant) -> Grant | SendError:
        try:
            await self._state.save(CHANNEL, KEY, grant.to_json())
        except OperatorError as error:
            log.critical("A NEW ZALO TOKEN PAIR CAN'T BE STORED: don't end the program", reason=str(error))
            return NotSent("Zalo's new token can't be written down yet")
        self._unsaved = None
        log.info("zalo token renewed", expires_at=str(grant.expires_at))
        return grant

    async def _ask(self, stored: Grant, interrupted: dt.datetime | None) -> Grant | SendError:
        form = {
            "refresh_token": stored.refresh_token,
            "app_id": self._credentials.app_id,
            "grant_type": "refresh_token",
        }
        try:
            answer = await self._oauth.call(
                "POST", TOKEN_PATH, headers={"secret_key": self._credentials.app_secret}, form=form
            )
        except SendError as error:
            return error if isinstance(error, (NotSent, Uncertain)) else RetryLater(error.reason, 60)
        try:
            return Grant.granted(self._seed, answer, self._clock.now())
        except (KeyError, TypeError):
            pass
        code = answer.get("error")
        said = str(answer.get("error_name") or answer.get("message") or answer.get("error_description") or "")[:200]
        if code in REFRESH_MAY_BE_TRIED_AGAIN:
            return NotSent(f"Zalo is busy: {code} {said}")
        told = f"Zalo refuses to renew the token: {code} {said}"
        if interrupted is not None:
            told += f"; the program ended at {interrupted:%Y-%m-%d %H:%M} UTC while it was being renewed"
        advice = "an administrator of the account has to consent again; then set HAIDANG_ZALO_OA_REFRESH_TOKEN"
        return NeedsConsent(f"set-up: {told}: {advice}")
