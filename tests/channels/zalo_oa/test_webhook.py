"""Deliveries: only signed ones count, each once, and none is acknowledged before it is committed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.zalo_oa import OaWebhook
from bot.channels.zalo_oa.signature import is_signed, mac_of
from tests.channels.telegram.conftest import MemoryInbox
from tests.fakes.telegram.server import HttpRequest, HttpResponse, HttpServer
from tests.fakes.zalo import Code, OaEmulator

SEEN_TEXT = {"event_name": "user_send_text", "sender": {"id": "42"}, "message": {"msg_id": "m1", "text": "chào"}}


def signed(zalo: OaEmulator, content: dict[str, Any] = SEEN_TEXT, **fields: Any) -> tuple[dict[str, str], bytes]:
    body = zalo.body_of({"recipient": {"id": zalo.oa_id}} | content | fields)
    return {"x-zevent-signature": zalo.signature(body)}, body


def test_the_signature_is_a_plain_hash_over_app_body_time_and_key() -> None:
    body = b'{"event_name":"user_send_text","timestamp":"1751100041636"}'
    # printf '123%s1751100041636key' "$body" | sha256sum
    assert mac_of("123", body, "1751100041636", "key") == (
        "e25677bb243d358ee7a59539fe871bde3dc2161f5c821f3fc9a7b5dfaf90582b"
    )


@pytest.mark.parametrize(
    ("change", "right"),
    [
        (lambda mac: f"mac={mac}", True),
        (lambda mac: mac, True),
        (lambda mac: mac.upper(), True),
        (lambda mac: f" mac={mac} ", True),
        (lambda mac: mac[:-1] + ("0" if mac[-1] != "0" else "1"), False),
        (lambda mac: mac[:-1], False),
        (lambda mac: mac + "0", False),
        (lambda mac: "", False),
        (lambda mac: "mac=", False),
        (lambda mac: "mật mã", False),
        (lambda mac: None, False),
    ],
)
def test_which_headers_count(change: Any, right: bool) -> None:
    header = change(mac_of("1", b"{}", "5", "k"))
    assert is_signed(header, b"{}", app_id="1", secret_key="k", timestamps=("5",)) is right


async def test_forgeries_are_refused_and_leave_nothing(
    webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    headers, body = signed(zalo)
    forged = [
        ({}, body, 401),
        ({"x-zevent-signature": ""}, body, 403),
        ({"x-zevent-signature": zalo.signature(body, key="another key")}, body, 403),
        (headers, body.replace("chào".encode(), "cháo".encode()), 403),
        (headers, body.replace(b'"timestamp":"1', b'"timestamp":"2'), 403),
        (headers, json.dumps(json.loads(body)).encode(), 403),
        (headers, b" " + body, 403),
        ({"x-zevent-signature": zalo.signature(body, key=zalo.app_secret)}, body, 403),
    ]
    for given, content, status in forged:
        assert await webhook.receive(given, content) == status
    assert inbox.puts == 0
    assert await webhook.receive(headers, body) == 200
    assert inbox.texts == ["chào"]
    assert f"{len(forged)} deliveries" in webhook.health.note


async def test_a_mac_over_the_headers_own_time_counts_too(webhook: OaWebhook, zalo: OaEmulator) -> None:
    _, body = signed(zalo)
    mac = mac_of(zalo.app_id, body, "77", zalo.secret_key)
    assert await webhook.receive({"x-zevent-signature": mac, "x-zevent-timestamp": "77"}, body) == 200
    assert await webhook.receive({"x-zevent-signature": mac, "x-zevent-timestamp": "78"}, body) == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{}", 200),
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'"' + b"x" * 1_000_001 + b'"', 413),
        (b'{"event_name": "user_send_text"}', 401),
    ],
)
async def test_unsigned_bodies(webhook: OaWebhook, inbox: MemoryInbox, body: bytes, status: int) -> None:
    assert await webhook.receive({}, body) == status
    assert inbox.puts == 0


async def test_a_replay_changes_nothing(webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator) -> None:
    headers, body = signed(zalo)
    other = signed(zalo, {"event_name": "follow", "oa_id": zalo.oa_id, "follower": {"id": "43"}})
    for number in range(3):
        assert await webhook.receive(headers | {"num_retry": str(number)}, body) == 200
        assert await webhook.receive(*other) == 200
    assert len(inbox.arrivals) == 2


async def test_nothing_is_acknowledged_that_is_not_committed(
    webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    """SAFETY: an event that could not be stored is never answered with 200."""
    inbox.failures.append(OSError("database is locked"))
    assert await webhook.receive(*signed(zalo)) == 503
    assert inbox.arrivals == {}
    assert await webhook.receive(*signed(zalo)) == 200
    assert inbox.texts == ["chào"]


async def test_our_own_words_come_back_and_start_nothing(
    webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    echo = {"event_name": "oa_send_text", "sender": {"id": zalo.oa_id}, "message": {"msg_id": "m9", "text": "/sos"}}
    assert await webhook.receive(*signed(zalo, echo, recipient={"id": "42"})) == 200
    assert await webhook.receive(*signed(zalo, {"event_name": "user_seen_message", "sender": {"id": "42"}})) == 200
    assert inbox.puts == 0
    staff = echo | {"sender": {"id": zalo.oa_id, "admin_id": "7"}}
    assert await webhook.receive(*signed(zalo, staff, recipient={"id": "42"})) == 200
    assert await webhook.receive(*signed(zalo, {"event_name": "a_kind_to_come"})) == 200
    assert [arrival.message for arrival in inbox.arrivals.values()] == [None, None]
    assert (webhook.counts["echo"], webhook.counts["staff"], webhook.counts["unknown"]) == (1, 1, 1)


async def test_an_unreadable_event_is_kept_and_acknowledged(
    webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    assert await webhook.receive(*signed(zalo, {"event_name": "user_send_text", "sender": {"id": "42"}})) == 200
    assert inbox.errors == ["field 'message' is missing"]


async def test_another_account_of_the_app_is_not_ours_to_answer(
    webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    assert await webhook.look() > 60
    assert webhook.health.ok
    assert await webhook.receive(*signed(zalo, recipient={"id": "999"})) == 200
    assert inbox.puts == 0
    assert await webhook.receive(*signed(zalo)) == 200
    assert inbox.texts == ["chào"]


async def test_names_are_asked_for_once_and_stand_on_later_messages(
    webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    zalo.user("42", "Nguyễn Tư")
    for number in range(3):
        await webhook.receive(*signed(zalo, message={"msg_id": f"m{number}", "text": "chào"}))
        await zalo.wait_for(lambda: zalo.made("/v3.0/oa/user/detail"))
    await zalo.wait_for(lambda: webhook._names["42"])
    await webhook.receive(*signed(zalo, message={"msg_id": "m9", "text": "chào"}))
    last = list(inbox.arrivals.values())[-1].message
    assert last is not None
    assert last.sender.name == "Nguyễn Tư"
    assert len(zalo.made("/v3.0/oa/user/detail")) == 1


@pytest.fixture
async def site(webhook: OaWebhook) -> AsyncIterator[str]:
    """A web server in front of the intake, as `web` is in the program: raw body, headers by lower-case names."""

    async def handle(request: HttpRequest) -> HttpResponse:
        return HttpResponse(await webhook.receive(request.headers, request.body), {})

    server = HttpServer(handle)
    port = await server.start("127.0.0.1", 0)
    yield f"http://127.0.0.1:{port}/webhooks/zalo-oa"
    await server.stop()


async def test_what_failed_is_delivered_again_and_taken_once(
    site: str, webhook: OaWebhook, inbox: MemoryInbox, zalo: OaEmulator
) -> None:
    inbox.failures += [OSError("database is locked")] * 2
    zalo.deliver_to(site)
    zalo.user("42").say("cứu với")
    await zalo.wait_for(lambda: zalo.deliveries[-1:] == [200])
    assert zalo.deliveries == [503, 503, 200]
    assert inbox.texts == ["cứu với"]


async def test_a_lost_grant_shows_in_the_health_with_what_to_do(webhook: OaWebhook, zalo: OaEmulator) -> None:
    zalo.oauth.refresh_token = None
    await webhook.look()
    assert not webhook.health.ok
    assert "HAIDANG_ZALO_OA_REFRESH_TOKEN" in (webhook.health.error or "")


async def test_passing_trouble_shows_and_goes(webhook: OaWebhook, zalo: OaEmulator) -> None:
    zalo.faults.add("/v2.0/oa/getoa", Code(-32, "rate limit"))
    assert await webhook.look() < 60
    assert webhook.health.error
    assert await webhook.look() > 60
    assert webhook.health.ok
    assert webhook.health.error is None
