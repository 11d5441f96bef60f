"""What a browser is told it may load, embed and keep."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.web.assets import STATIC


@pytest.mark.parametrize("path", ["/", "/hoi-dap", "/chat", "/chat?embed=1", "/khong-co", "/hoi-dap/number-112"])
async def test_no_page_has_or_allows_inline_code(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path)
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    scripts = re.findall(r"<script\b([^>]*)>", page.text)
    assert all("src=" in attributes or 'json"' in attributes for attributes in scripts)
    assert not re.search(r"<[^>]+\s(on\w+|style)=", page.text)
    foreign = re.findall(r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(https?:)?//', page.text)
    assert [f for f in foreign if "hoidap.example.vn" not in f] in ([], ["https:"] * len(foreign))


async def test_only_the_embedded_chat_may_stand_in_a_frame(http: httpx.AsyncClient) -> None:
    framed = (await http.get("/chat?embed=1")).headers["content-security-policy"]
    assert "frame-ancestors *" in framed
    for path in ("/", "/chat", "/chat/tra-cuu", "/chat?embed=2", "/hoi-dap?embed=1"):
        assert "frame-ancestors 'none'" in (await http.get(path)).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/webhooks/telegram", "/chat/tra-cuu", "/chat/api/messages"])
async def test_nobody_fills_the_memory_with_an_endless_body(http: httpx.AsyncClient, path: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {'a' * 43}"}
    assert (await http.post(path, content=endless(), headers=headers)).status_code == 413


async def test_static_files_are_kept_for_good_under_their_version(http: httpx.AsyncClient) -> None:
    page = (await http.get("/chat")).text
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        answer = await http.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    old = await http.get(re.sub(r"/static/\w+/", "/static/older/", addresses[0]))
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "icons", "", "site.css%00.py"])
async def test_nothing_but_static_files_is_served_there(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"/static/x/{path}")).status_code == 404


async def test_text_is_compressed(http: httpx.AsyncClient) -> None:
    page = await http.get("/hoi-dap", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"


async def test_what_is_somebodys_own_is_not_kept(http: httpx.AsyncClient) -> None:
    for path in ("/chat/api/messages", "/chat/tra-cuu", "/readyz", "/metrics"):
        assert (await http.get(path)).headers["cache-control"] == "no-store"


def test_nothing_is_loaded_from_elsewhere() -> None:
    files = [p for p in STATIC.rglob("*") if p.suffix in (".css", ".js")]
    assert len(files) > 6
    for path in files:
        text = path.read_text("utf-8")
        assert not re.search(
            r"@import|url\(\s*['\"]?(?:https?:)?//|innerHTML|insertAdjacentHTML|document\.write|eval\(", text
        ), path


async def test_head_is_answered_like_get_without_the_body(http: httpx.AsyncClient) -> None:
    for path in ("/", "/hoi-dap", "/healthz"):
        asked, headed = await http.get(path), await http.head(path)
        assert headed.status_code == asked.status_code == 200
        assert headed.headers["content-type"] == asked.headers["content-type"]
        assert headed.content == b""
    assert (await http.head("/nowhere")).status_code == 404
