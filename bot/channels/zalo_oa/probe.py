"""A look at the account from outside, for `doctor`: it reads what is stored and renews nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.channels.http_calls import HttpCalls, Timeouts
from bot.channels.zalo_oa.grant import Grant, seed_of
from bot.channels.zalo_oa.health import span
from bot.channels.zalo_oa.tokens import KEY
from bot.channels.zalo_oa.translate import CHANNEL
from bot.channels.zalo_oa.uncertain import FREE_FOR, OPEN_FOR
from bot.messages import ChannelState, SendError


@dataclass(frozen=True, slots=True)
class OaProbe:
    """What is known of the account; `ok` None: nothing can be said before the hotline has run once."""

    ok: bool | None
    text: str


async def check(
    refresh_token: str,
    state: ChannelState,
    *,
    api_url: str,
    now: dt.datetime,
    paid: bool,
    timeout: float = 5.0,  # noqa: ASYNC109 - handed to the client
) -> OaProbe:
    """Token age, window, and who the account is; never raises for what can go wrong over there."""
    grant = Grant.from_json(await state.load(CHANNEL, KEY))
    if grant is None or grant.seed != seed_of(refresh_token):
        return OaProbe(
            None, "not signed in yet: `haidang run` uses HAIDANG_ZALO_OA_REFRESH_TOKEN once, and keeps what follows"
        )
    if grant.dead is not None:
        return OaProbe(False, grant.dead)
    if not grant.usable(now):
        return OaProbe(None, f"token renewed {span(grant.renewed_at, now)} ago, expired: `haidang run` renews it")
    calls = HttpCalls(api_url, platform="Zalo", timeouts=Timeouts(timeout, timeout, timeout, timeout))
    try:
        answer = await calls.call("GET", "/v2.0/oa/getoa", headers={"access_token": grant.access_token})
    except SendError as error:
        return OaProbe(False, error.reason)
    finally:
        await calls.aclose()
    about = answer.get("data")
    if answer.get("error") not in (0, "0") or not isinstance(about, dict):
        return OaProbe(False, f"Zalo {answer.get('error')}: {str(answer.get('message'))[:200]}")
    hours, days = FREE_FOR // dt.timedelta(hours=1), OPEN_FOR.days
    window = f"free for {hours} h after a person's last word" + (f", at a price until {days} d" if paid else "")
    verified = "" if about.get("is_verified") else ", NOT verified"
    return OaProbe(
        True,
        f"{about.get('name')}{verified}, package {about.get('package_name') or '?'}; "
        f"token renewed {span(grant.renewed_at, now)} ago, good for {span(now, grant.expires_at or now)}; {window}",
    )
