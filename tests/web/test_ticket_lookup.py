"""An officer's answer found again with code and secret, after the page was closed."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from bot.web.ports import TicketAnswer, TicketView
from tests.support.clock import FrozenClock
from tests.web.house import House


@pytest.fixture
def ticket(site: House, clock: FrozenClock) -> TicketView:
    view = TicketView(
        code="HD-7K2M",
        state="answered",
        subject="Tàu <của tôi> đăng kiểm ở đâu?",
        opened_at=clock.now(),
        due_at=clock.now() + dt.timedelta(hours=8),
        answers=(TicketAnswer(clock.now() + dt.timedelta(hours=1), "Tại Rạch Giá.\n- Mang theo sổ"),),
    )
    site.tickets["HD-7K2M", "s3cret"] = view
    return view


async def look(http: httpx.AsyncClient, code: str, secret: str, lang: str = "") -> httpx.Response:
    return await http.post(f"/chat/tra-cuu{lang}", data={"code": code, "secret": secret})


@pytest.mark.usefixtures("ticket")
async def test_code_and_secret_show_the_answer(http: httpx.AsyncClient) -> None:
    page = await look(http, " hd-7k2m ", " s3cret ")
    assert page.status_code == 200
    assert "Tàu &lt;của tôi&gt; đăng kiểm" in page.text
    assert "<li>Mang theo sổ</li>" in page.text
    assert "10:00 24/11/2026" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


@pytest.mark.usefixtures("ticket")
async def test_a_wrong_code_and_a_wrong_secret_look_the_same(http: httpx.AsyncClient) -> None:
    wrong_secret = await look(http, "HD-7K2M", "x")
    wrong_code = await look(http, "HD-0000", "s3cret")
    assert wrong_secret.status_code == wrong_code.status_code == 404
    assert wrong_secret.text.replace("HD-7K2M", "") == wrong_code.text.replace("HD-0000", "")


@pytest.mark.parametrize(("code", "secret"), [("", ""), ("HD-7K2M", ""), (" ", "x")])
async def test_both_are_asked_for(http: httpx.AsyncClient, code: str, secret: str) -> None:
    page = await look(http, code, secret)
    assert page.status_code == 422
    assert "cả hai mã" in page.text


@pytest.mark.usefixtures("ticket")
async def test_trying_out_secrets_is_stopped(http: httpx.AsyncClient, clock: FrozenClock) -> None:
    statuses = [(await look(http, "HD-7K2M", f"guess{n}")).status_code for n in range(11)]
    assert statuses == [404] * 10 + [429]
    assert (await look(http, "HD-7K2M", "s3cret")).status_code == 429
    clock.advance(seconds=61)
    assert (await look(http, "HD-7K2M", "s3cret", "?lang=en")).status_code == 200
