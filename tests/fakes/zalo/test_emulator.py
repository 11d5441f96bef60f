"""The emulators themselves: they refuse what Zalo refuses, and do what it does to tokens, windows and deliveries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.telegram.server import HttpRequest, HttpResponse, HttpServer
from tests.fakes.zalo import BotEmulator, Code, CutOff, Half, OaEmulator
from tests.support.clock import FrozenClock

SEND = "/v3.0/oa/message/cs"


@pytest.fixture
async def zalo(clock: FrozenClock) -> AsyncIterator[OaEmulator]:
    async with OaEmulator(now=lambda: clock.now().timestamp()) as emulator:
        emulator.echoes = False
        yield emulator


@pytest.fixture
async def http(zalo: OaEmulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=zalo.url, trust_env=False) as client:
        yield client


async def grant(http: httpx.AsyncClient, zalo: OaEmulator, refresh_token: str) -> dict[str, Any]:
    form = {"refresh_token": refresh_token, "app_id": zalo.app_id, "grant_type": "refresh_token"}
    answer = await http.post("/v4/oa/access_token", data=form, headers={"secret_key": zalo.app_secret})
    found: dict[str, Any] = answer.json()
    return found


async def send(http: httpx.AsyncClient, token: str | None, message: Any, to: Any = "42") -> dict[str, Any]:
    headers = {"access_token": token} if token else {}
    body = {"recipient": {"user_id": to}, "message": message}
    answer = await http.post(SEND, json=body, headers=headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_refresh_token_works_once_and_the_old_access_token_dies(
    zalo: OaEmulator, http: httpx.AsyncClient, clock: FrozenClock
) -> None:
    zalo.user("42", wrote=True)
    first = await grant(http, zalo, "refresh-0")
    assert first["expires_in"] == "90000"
    assert (await send(http, first["access_token"], {"text": "x"}))["error"] == 0
    second = await grant(http, zalo, first["refresh_token"])
    assert (await send(http, first["access_token"], {"text": "x"}))["error"] == -216
    assert (await send(http, second["access_token"], {"text": "x"}))["error"] == 0
    assert "access_token" not in await grant(http, zalo, first["refresh_token"])
    assert zalo.oauth.reused == 1
    clock.advance(hours=26)
    assert (await send(http, second["access_token"], {"text": "x"}))["error"] == -220
    assert (await send(http, None, {"text": "x"}))["error"] == -216


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "x"}, 0),
        ({"text": "x" * 2001}, -210),
        ({"text": ""}, -201),
        ({}, -201),
        ([], -201),
        ({"text": "x", "colour": 1}, -201),
        ({"text": "x", "attachment": {"type": "hologram", "payload": {}}}, -233),
    ],
)
async def test_messages_are_checked(zalo: OaEmulator, http: httpx.AsyncClient, message: Any, error: int) -> None:
    zalo.user("42", wrote=True)
    token = (await grant(http, zalo, "refresh-0"))["access_token"]
    assert (await send(http, token, message))["error"] == error


@pytest.mark.parametrize(
    ("buttons", "error"),
    [
        ([{"title": "x", "type": "oa.query.hide", "payload": "y"}], 0),
        ([{"title": "x", "type": "oa.open.url", "payload": {"url": "https://x.example"}}], 0),
        ([{"title": "x", "type": "oa.open.url", "payload": {"url": "http://x.example"}}], -201),
        ([{"title": "x" * 101, "type": "oa.query.hide", "payload": "y"}], -201),
        ([{"title": "x", "type": "oa.query.hide", "payload": "y" * 1001}], -201),
        ([{"title": "x", "type": "oa.dream", "payload": "y"}], -233),
        ([{"title": "x", "type": "oa.query.hide", "payload": "y"}] * 6, -201),
        ([], -201),
    ],
)
async def test_buttons_are_checked(zalo: OaEmulator, http: httpx.AsyncClient, buttons: Any, error: int) -> None:
    zalo.user("42", wrote=True)
    token = (await grant(http, zalo, "refresh-0"))["access_token"]
    message = {"text": "x", "attachment": {"type": "template", "payload": {"buttons": buttons}}}
    assert (await send(http, token, message))["error"] == error


async def test_windows_quota_and_followers(zalo: OaEmulator, http: httpx.AsyncClient, clock: FrozenClock) -> None:
    person = zalo.user("42")
    token = (await grant(http, zalo, "refresh-0"))["access_token"]
    assert (await send(http, token, {"text": "x"}))["error"] == -230
    assert (await send(http, token, {"text": "x"}, "404"))["error"] == -201
    assert (await send(http, token, {"text": "x"}, 42))["error"] == -201, "ids are text"
    person.last_act = zalo.now()
    assert (await send(http, token, {"text": "x"}))["data"]["quota"] == {"quota_type": "reply"}
    person.last_act = zalo.now() - 49 * 3600
    zalo.package = 1
    assert (await send(http, token, {"text": "x"}))["data"]["quota"]["quota_type"] == "sub_quota"
    assert (await send(http, token, {"text": "x"}))["error"] == -211
    person.follows = False
    assert (await send(http, token, {"text": "x"}))["error"] == -213


async def test_faults_come_as_they_are_asked_for(zalo: OaEmulator, http: httpx.AsyncClient) -> None:
    zalo.user("42", wrote=True)
    token = (await grant(http, zalo, "refresh-0"))["access_token"]
    zalo.faults.add(SEND, Code(-32, "busy"))
    assert await send(http, token, {"text": "x"}) == {"error": -32, "message": "busy"}
    for fault in (CutOff(), Half()):
        zalo.faults.add(SEND, fault)
        with pytest.raises(httpx.TransportError):
            await send(http, token, {"text": str(fault)})
    assert [m.text for m in zalo.user("42").messages] == ["Half()"]


async def test_events_are_signed_and_delivered_again_until_they_are_taken(zalo: OaEmulator) -> None:
    seen: list[HttpRequest] = []

    async def handle(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse(500 if len(seen) < 3 else 200, {})

    server = HttpServer(handle)
    port = await server.start("127.0.0.1", 0)
    zalo.user("42").say("giữ lại")
    zalo.deliver_to(f"http://127.0.0.1:{port}/x")
    await zalo.wait_for(lambda: len(seen) == 3)
    assert {request.body for request in seen} == {seen[0].body}
    assert [request.headers.get("num_retry") for request in seen] == [None, "1", "2"]
    body = json.loads(seen[0].body)
    text = zalo.app_id.encode() + seen[0].body + body["timestamp"].encode() + zalo.secret_key.encode()
    assert seen[0].headers["x-zevent-signature"] == f"mac={hashlib.sha256(text).hexdigest()}"
    assert (body["event_name"], body["message"]["text"]) == ("user_send_text", "giữ lại")
    assert int(body["message"]["msg_id"]) > 2**53
    await server.stop()


async def test_the_bot_platform_gives_each_event_out_once() -> None:
    async with BotEmulator() as bot, httpx.AsyncClient(base_url=bot.url, trust_env=False) as http:

        async def call(method: str, token: str = bot.token, **body: Any) -> dict[str, Any]:
            found: dict[str, Any] = (await http.post(f"/bot{token}/{method}", json=body)).json()
            return found

        person = bot.user("bu-1")
        person.say("một")
        assert (await call("getUpdates", timeout="1"))["result"]["message"]["text"] == "một"
        assert (await call("getUpdates", timeout="1"))["error_code"] == 408
        assert (await call("getMe", token="wrong"))["error_code"] == 401
        assert (await call("sendMessage", chat_id="nobody", text="x"))["error_code"] == 404
        assert (await call("sendMessage", chat_id="bu-1", text="x" * 2001))["error_code"] == 400
        assert (await call("sendMessage", chat_id="bu-1", text="x", buttons=[]))["error_code"] == 400
        assert (await call("setWebhook", url="https://x.example", secret_token="short"))["error_code"] == 400
        bot.quota = 0
        assert (await call("sendMessage", chat_id="bu-1", text="x"))["error_code"] == 429
