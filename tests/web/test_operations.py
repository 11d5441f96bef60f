"""Health, figures and webhooks."""

from __future__ import annotations

import httpx
from prometheus_client import Counter

from bot.web.ports import Readiness
from tests.web.house import House


async def test_health_and_readiness_are_two_things(site: House, http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).text == "ok\n"
    assert (await http.get("/readyz")).json() == {"ok": True, "checks": {"database": "ok"}}
    site.readiness = Readiness(ok=False, checks={"database": "the disk is full"})
    unready = await http.get("/readyz")
    assert (unready.status_code, unready.json()["ok"]) == (503, False)
    assert (await http.get("/healthz")).status_code == 200


async def test_figures(site: House, http: httpx.AsyncClient) -> None:
    Counter("haidang_lights", "lights seen", registry=site.metrics).inc(3)
    answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "haidang_lights_total 3.0" in answer.text


async def test_webhooks_get_headers_and_raw_body(site: House, http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/webhooks/telegram", content=b'{"update_id": 1}', headers={"X-Telegram-Bot-Api-Secret-Token": "s"}
    )
    assert answer.status_code == 200
    assert site.posted == [("s", b'{"update_id": 1}')]
    assert (await http.post("/webhooks/other", content=b"{}")).status_code == 404
    huge = await http.post("/webhooks/telegram", content=b"x" * (1024 * 1024 + 1))
    assert huge.status_code == 413
    assert (await http.get("/webhooks/telegram")).status_code == 405


async def test_the_widget_names_the_operator_and_no_address(http: httpx.AsyncClient, site: House) -> None:
    widget = await http.get("/widget.js")
    assert widget.headers["content-type"].startswith("text/javascript")
    assert site.snapshot.organization.short_name.vi in widget.text
    assert "__" not in widget.text
    assert "Hỏi Cảng vụ" in widget.text
    assert "Ask the port authority" in widget.text  # the page around it decides
    assert "hoidap.example.vn" not in widget.text
