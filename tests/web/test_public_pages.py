"""The public pages without a browser: what they hold, how they answer, what robots and search engines get."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import httpx
import pytest

from bot.faq import Snapshot
from bot.faq.schema import Approval, Document, DocumentStatus
from bot.web.ports import PublicNotice
from tests.support.clock import FrozenClock
from tests.web.house import House

PAGES = ("/", "/hoi-dap", "/canh-bao", "/chat", "/chat/tra-cuu")


def words_of(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_every_page_stands_in_both_languages(http: httpx.AsyncClient, path: str, lang: str) -> None:
    page = await http.get(path, params={"lang": "en"} if lang == "en" else {})
    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert "tel:112" in page.text
    assert "set-cookie" not in page.headers
    assert ("chưa được cơ quan duyệt" if lang == "vi" else "not been approved") in page.text


@pytest.mark.parametrize("path", PAGES)
async def test_english_pages_lead_to_english_pages(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path, params={"lang": "en"})
    own = re.findall(r'<a [^>]*href="(/[^"]*)"', page.text)
    assert len(own) > 1
    to_vietnamese = [link for link in own if "lang=en" not in link]
    assert len(to_vietnamese) == 1, to_vietnamese  # the language switch


async def test_the_index_counts_what_it_leads_to(http: httpx.AsyncClient, shipped: Snapshot) -> None:
    index = await http.get("/hoi-dap")
    links = re.findall(r'href="/hoi-dap\?topic=([^"&]+)"', index.text)
    assert len(links) > 5
    field = links[0]
    page = await http.get("/hoi-dap", params={"topic": field.replace("%2F", "/")})
    expected = [e for e in shipped.entries.values() if e.topic.startswith(field)]
    assert page.text.count('href="/hoi-dap/') == len(expected) > 0
    assert (await http.get("/hoi-dap", params={"topic": "nowhere"})).status_code == 404


async def test_search_finds_and_says_when_it_does_not(http: httpx.AsyncClient) -> None:
    found = await http.get("/hoi-dap", params={"q": "  112 "})
    assert "/hoi-dap/number-112" in found.text
    nothing = await http.get("/hoi-dap", params={"q": "<script>alert(1)</script>"})
    assert nothing.status_code == 200
    assert "<script>alert" not in nothing.text
    assert "Hỏi trong khung chat" in nothing.text
    assert "/chat?q=%3Cscript%3E" in nothing.text
    assert (await http.get("/hoi-dap", params={"q": "x" * 5_000})).status_code == 200


async def test_every_entry_has_a_page_with_its_basis_and_marks(http: httpx.AsyncClient, shipped: Snapshot) -> None:
    assert len(shipped.entries) >= 40
    for entry in shipped.entries.values():
        page = await http.get(f"/hoi-dap/{entry.id}")
        assert page.status_code == 200, entry.id
        words = words_of(page)
        assert entry.question.vi in words
        assert "chưa được cơ quan duyệt" in words
        for basis in entry.basis:
            assert (basis.article or "") in words
        if entry.verification.confirm:
            assert entry.verification.confirm.vi in words
        block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
        assert block is not None
        data = json.loads(block[1])
        assert data["@type"] == "FAQPage"
        told = data["mainEntity"][0]["acceptedAnswer"]["text"]
        assert told.startswith(entry.answer.vi)
        # what stands behind the choices of an answer is part of it, on the page and for whoever reads the data
        assert all(text in told for text in entry.texts("vi"))


async def test_an_alias_moves_to_the_address_that_stays(http: httpx.AsyncClient, shipped: Snapshot) -> None:
    entry = next(e for e in shipped.entries.values() if e.aliases)
    moved = await http.get(f"/hoi-dap/{entry.aliases[0]}?lang=en")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/hoi-dap/{entry.id}?lang=en")


async def test_what_may_not_be_answered_has_no_page(site: House, http: httpx.AsyncClient, shipped: Snapshot) -> None:
    entry = next(iter(shipped.entries.values()))
    site.require_approval = True
    assert (await http.get(f"/hoi-dap/{entry.id}")).status_code == 404
    empty = await http.get("/hoi-dap")
    assert "Chưa có câu hỏi nào" in empty.text
    assert f"/hoi-dap/{entry.id}" not in (await http.get("/sitemap.xml")).text


async def test_marks_of_replaced_documents_reviews_and_approval(
    site: House, http: httpx.AsyncClient, shipped: Snapshot, clock: FrozenClock
) -> None:
    entry = next(e for e in shipped.entries.values() if e.basis and e.basis[0].document in shipped.documents)
    number = entry.basis[0].document
    assert number is not None
    gone = Document.model_validate(
        {**shipped.documents[number].model_dump(), "status": DocumentStatus.REPLACED, "replaced_by": "99/2026/NĐ-CP"}
    )
    signed = entry.model_copy(update={"approved": Approval(by="Trưởng phòng", on=dt.date(2026, 11, 20))})
    site.snapshot = replace(shipped, entries={entry.id: signed}, documents={**shipped.documents, number: gone})
    clock.set(dt.datetime(2027, 6, 1, tzinfo=dt.UTC))
    words = words_of(await http.get(f"/hoi-dap/{entry.id}"))
    assert f"{number} đã bị thay thế bởi 99/2026/NĐ-CP" in words
    assert "Đã quá ngày rà soát" in words
    assert "Được duyệt ngày 20/11/2026" in words
    assert "chưa được cơ quan duyệt" not in words


async def test_curated_text_cannot_break_out_of_the_page(
    site: House, http: httpx.AsyncClient, shipped: Snapshot
) -> None:
    entry = next(iter(shipped.entries.values()))
    nasty = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    bad = entry.model_copy(
        update={
            "question": entry.question.model_copy(update={"vi": nasty}),
            "answer": entry.answer.model_copy(update={"vi": f"- {nasty}\n{nasty}"}),
        }
    )
    site.snapshot = replace(shipped, entries={entry.id: bad})
    page = await http.get(f"/hoi-dap/{entry.id}")
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert block is not None
    assert json.loads(block[1])["mainEntity"][0]["name"] == nasty


async def test_notices_are_shown_and_their_absence_too(
    site: House, http: httpx.AsyncClient, clock: FrozenClock
) -> None:
    assert "Hiện không có cảnh báo nào" in (await http.get("/canh-bao")).text
    site.notices.append(
        PublicNotice(
            code="TB-1",
            kind="weather",
            severity="severe",
            title_vi="Áp thấp <b>nhiệt đới</b>",
            text_vi="Gió cấp 7.\n- Không ra khơi",
            published_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(days=1),
        )
    )
    for path in ("/", "/canh-bao", "/canh-bao?lang=en"):
        page = await http.get(path)
        assert "Áp thấp &lt;b&gt;nhiệt đới&lt;/b&gt;" in page.text
        assert "09:00 24/11/2026" in page.text
        assert "<li>Không ra khơi</li>" in page.text


@pytest.mark.parametrize("path", ["/khong-co", "/hoi-dap/khong-co", "/hoi-dap/..%2f.."])
async def test_an_unknown_address_is_answered_in_vietnamese(http: httpx.AsyncClient, path: str) -> None:
    page = await http.get(path)
    assert page.status_code == 404
    assert "Không có trang này" in page.text


async def test_a_failing_page_says_so_with_the_rescue_numbers(
    site: House, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.notices.append(None)  # type: ignore[arg-type]
    page = await http.get("/canh-bao")
    assert page.status_code == 500
    assert "Trang gặp lỗi" in page.text
    assert "tel:112" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_robots_and_sitemap(http: httpx.AsyncClient, shipped: Snapshot) -> None:
    robots = (await http.get("/robots.txt")).text
    assert "Disallow: /console" in robots
    assert "Sitemap: https://hoidap.example.vn/sitemap.xml" in robots
    tree = ElementTree.fromstring((await http.get("/sitemap.xml")).text)
    addresses = [e.text for e in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(addresses) == len(set(addresses)) == 2 * (4 + len(shipped.entries))
    assert "https://hoidap.example.vn/hoi-dap/number-112?lang=en" in addresses
