"""Photos over HTTP: taken, refused with words, given back to their sender alone."""

from __future__ import annotations

import httpx
import pytest

from bot.messages import Media, MediaKind
from bot.web.security import PHOTO_LIMIT
from tests.support.pictures import heic, jpeg, png
from tests.web.house import House

VISITOR = {"Authorization": f"Bearer {'a' * 43}"}
STRANGER = {"Authorization": f"Bearer {'b' * 43}"}
ADDRESS = "/chat/api/photos/photo-0001"


async def send(http: httpx.AsyncClient, data: bytes, address: str = ADDRESS) -> httpx.Response:
    return await http.put(address, content=data, headers=VISITOR)


async def post(http: httpx.AsyncClient, caption: str = "") -> httpx.Response:
    return await http.post(
        "/chat/api/messages", json={"id": "photo-0001", "kind": "photo", "caption": caption}, headers=VISITOR
    )


async def test_a_photo_is_handed_over_posted_and_shown_to_its_sender(http: httpx.AsyncClient, site: House) -> None:
    data = png(4, 4, filler=2_000_000)  # more than any other body may have
    assert (await send(http, data)).status_code == 201
    assert (await post(http, "cái gì đây")).status_code == 202
    shown = await http.get(ADDRESS, headers=VISITOR)
    assert shown.content == data
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-disposition"] == 'inline; filename="anh.png"'
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"] == "no-store"
    assert "content-encoding" not in shown.headers
    (item,) = (await http.get("/chat/api/messages", headers=VISITOR)).json()["items"]
    assert (item["kind"], item["text"], item["id"]) == ("photo", "cái gì đây", "photo-0001")


async def test_nobody_else_sees_it(http: httpx.AsyncClient) -> None:
    await send(http, jpeg(4, 4))
    await post(http)
    assert (await http.get(ADDRESS, headers=STRANGER)).status_code == 404
    assert (await http.get(ADDRESS)).status_code == 401
    assert (await http.put(ADDRESS, content=jpeg(4, 4))).status_code == 401


async def test_what_browsers_do_not_show_is_only_saved(http: httpx.AsyncClient) -> None:
    assert (await send(http, heic())).status_code == 201
    shown = await http.get(ADDRESS, headers=VISITOR)
    assert shown.headers["content-disposition"] == 'attachment; filename="anh.heic"'


@pytest.mark.parametrize(
    "lie", [b"<!doctype html><script>alert(1)</script>", b"\xff\xd8\xff<script>", b"%PDF-1.7", b"", b"GIF89a"]
)
async def test_a_file_that_lies_about_its_type_is_refused_with_words(http: httpx.AsyncClient, lie: bytes) -> None:
    refused = await http.put(ADDRESS, content=lie, headers=VISITOR | {"Content-Type": "image/jpeg"})
    assert refused.status_code == 422
    assert refused.json()["error"] == "no_picture"
    assert "không phải ảnh" in refused.json()["text"]
    assert (await http.get(ADDRESS, headers=VISITOR)).status_code == 404


async def test_more_than_ten_megabytes_are_refused_with_words(http: httpx.AsyncClient) -> None:
    refused = await send(http, png(4, 4, filler=PHOTO_LIMIT))
    assert refused.status_code == 413
    assert "10 MB" in refused.json()["text"]


async def test_too_many_photos_wait_and_words_still_get_through(http: httpx.AsyncClient, site: House) -> None:
    for number in range(site.limits.photos_per_visitor):
        assert (await send(http, jpeg(4, 4), f"/chat/api/photos/photo-{number:04}")).status_code == 201
    refused = await send(http, jpeg(4, 4), "/chat/api/photos/photo-9999")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "600"
    assert "600" in refused.json()["text"]
    text = {"id": "message-1", "kind": "text", "text": "vẫn hỏi được"}
    assert (await http.post("/chat/api/messages", json=text, headers=VISITOR)).status_code == 202


async def test_a_photo_taken_back_is_gone_and_one_that_was_posted_stays(http: httpx.AsyncClient) -> None:
    await send(http, jpeg(4, 4))
    assert (await http.delete(ADDRESS, headers=STRANGER)).status_code == 204
    assert (await http.get(ADDRESS, headers=VISITOR)).status_code == 200
    assert (await http.delete(ADDRESS, headers=VISITOR)).status_code == 204
    refused = await post(http, "xem ảnh")
    assert (refused.status_code, refused.json()["error"]) == (422, "photo_gone")

    await send(http, jpeg(4, 4))
    await post(http)
    await http.delete(ADDRESS, headers=VISITOR)
    assert (await http.get(ADDRESS, headers=VISITOR)).status_code == 200


async def test_the_message_that_comes_of_it_holds_the_photo(http: httpx.AsyncClient, site: House) -> None:
    heard = []
    site.replies = lambda message: heard.append(message) or ()  # type: ignore[func-returns-value]
    await send(http, jpeg(4, 4))
    await post(http, "biển báo gì")
    (message,) = heard
    assert message.content == Media(media=MediaKind.PHOTO, caption="biển báo gì")
    assert message.message_id == "photo-0001"


async def test_one_visitor_cannot_hold_all_streams(http: httpx.AsyncClient, site: House) -> None:
    from bot.web import chat

    mine = site.chat.chat_id("a" * 43)
    site.app.state.streams |= {number: (mine, f"10.0.0.{number}") for number in range(chat.STREAMS_OF_A_CHAT)}
    assert (await http.get("/chat/api/events", headers=VISITOR)).status_code == 503
    async with http.stream("GET", "/chat/api/events", headers=STRANGER) as other:
        assert other.status_code == 200


async def test_a_flood_of_pulls_from_one_address_is_slowed(http: httpx.AsyncClient, site: House) -> None:
    from bot.throttle import Throttle

    site.app.state.pulls = Throttle(2)
    answers = [(await http.get("/chat/api/messages", headers=VISITOR)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
