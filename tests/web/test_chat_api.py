"""What the chat page's script talks to, over a real socket."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bot.messages import Button, OutgoingMessage, rich
from tests.web.house import House

TOKEN = {"Authorization": "Bearer " + "A" * 43}


def text(words: str, number: int = 1) -> dict[str, Any]:
    return {"id": f"message-{number:04}", "kind": "text", "text": words}


async def test_a_question_goes_in_and_its_answer_is_pulled(site: House, http: httpx.AsyncClient) -> None:
    reply = OutgoingMessage(
        text=rich("**Có**, {name}", name="<b>anh</b>"),
        buttons=((Button(label="Thêm", data="m:1"), Button(label="Luật", url="https://example.vn/")),),
        request_location="Gửi vị trí",
    )
    site.replies = lambda message: [reply]
    posted = await http.post("/chat/api/messages", json=text("hỏi"), headers=TOKEN)
    assert (posted.status_code, posted.json()) == (202, {"ok": True})
    pulled = (await http.get("/chat/api/messages", headers=TOKEN)).json()
    asked, answered = pulled["items"]
    assert (asked["from"], asked["id"], asked["text"]) == ("you", "message-0001", "hỏi")
    assert answered["spans"] == [{"text": "Có", "bold": True}, {"text": ", <b>anh</b>"}]
    assert answered["buttons"] == [
        [
            {"label": "Thêm", "data": "m:1", "style": "plain"},
            {"label": "Luật", "url": "https://example.vn/", "style": "plain"},
        ]
    ]
    assert answered["location"] == "Gửi vị trí"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b'{"id": "message-1", "kind": "text", "text": " "}', 422, "empty"),
        (b"not json", 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (b"[]", 422, "unreadable"),
        (b'{"id": "message-1", "kind": "text", "text": "' + b"x" * 20_000 + b'"}', 413, "too_big"),
        (b'{"id": "message-1", "kind": "text", "text": "' + b"x" * 6_000 + b'"}', 422, "too_long"),
    ],
    ids=["empty", "no-json", "no-utf8", "list", "too-big", "too-long"],
)
async def test_bad_posts_are_refused_with_words(http: httpx.AsyncClient, body: bytes, status: int, error: str) -> None:
    answer = await http.post("/chat/api/messages", content=body, headers=TOKEN)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert len(answer.json()["text"]) > 10


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer short"}, {"Authorization": "Basic " + "A" * 43}])
@pytest.mark.parametrize(("method", "path"), [("POST", "messages"), ("GET", "messages"), ("GET", "events")])
async def test_without_a_token_nothing(
    http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = await http.request(method, f"/chat/api/{path}", headers=headers)
    assert answer.status_code == 401


async def test_five_thousand_vietnamese_letters_fit(site: House, http: httpx.AsyncClient) -> None:
    raw = ('{"id":"message-0001","kind":"text","lang":"vi","text":"' + "ệ" * 5_000 + '"}').encode()
    answer = await http.post("/chat/api/messages", content=raw, headers=TOKEN)
    assert answer.status_code == 202


async def test_over_the_limit_the_visitor_is_told_how_long_to_wait(http: httpx.AsyncClient) -> None:
    statuses = [
        (await http.post("/chat/api/messages", json=text("hỏi", n), headers=TOKEN)).status_code for n in range(20)
    ]
    assert set(statuses) == {202}
    refused = await http.post("/chat/api/messages?lang=en", json=text("hỏi", 21), headers=TOKEN)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "60 seconds" in refused.json()["text"]
    urgent = await http.post("/chat/api/messages", json=text("cứu với", 22), headers=TOKEN)
    assert urgent.status_code == 202


async def test_what_cannot_be_stored_is_to_be_tried_again(site: House, http: httpx.AsyncClient) -> None:
    site.store_away = True
    refused = await http.post("/chat/api/messages", json=text("hỏi"), headers=TOKEN)
    assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    site.store_away = False
    taken = await http.post("/chat/api/messages", json=text("hỏi"), headers=TOKEN)
    assert taken.status_code == 202


async def test_the_stream_rings_when_there_is_something(site: House, http: httpx.AsyncClient) -> None:
    chat_id = site.chat.chat_id("A" * 43)
    assert chat_id is not None
    async with asyncio.timeout(10), http.stream("GET", "/chat/api/events", headers=TOKEN) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 3000"
        await site.say(chat_id, OutgoingMessage(text=rich("mới")))
        async for line in lines:
            if line.startswith("data:"):
                break
    assert site.channel.recent(chat_id)


async def test_streams_end_when_the_server_closes(site: House, http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10), http.stream("GET", "/chat/api/events", headers=TOKEN) as stream:
        lines = stream.aiter_lines()
        await anext(lines)
        site.app.state.closing.set()
        rest = [line async for line in lines]
    assert not any(line.startswith("data:") for line in rest)
    refused = await http.get("/chat/api/events", headers=TOKEN)
    assert refused.status_code == 503
