"""The other public pages: the front page, notices, looking up an officer's answer, the widget, what robots read."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any
from xml.sax.saxutils import escape

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from bot.clock import local_day
from bot.faq import Snapshot
from bot.messages import Language
from bot.throttle import Throttle, address_key
from bot.web.assets import STATIC
from bot.web.faq_pages import branches, live_entries
from bot.web.richtext import tel
from bot.web.templating import language_of, pages, parts

router = APIRouter(include_in_schema=False)

#: Tries a minute to look up a ticket: from one address, and for one code from anywhere.
TICKET_TRIES = 10


@router.get("/")
async def home(request: Request) -> HTMLResponse:
    """What this is, and the ways into it."""
    the = parts(request)
    context = {
        "branches": branches(the.knowledge(), local_day(the.clock.now())),
        "notices": (await the.public_notices())[:3],
    }
    return pages(request).render(request, "public/home.html", context)


@router.get("/canh-bao")
async def notices(request: Request) -> HTMLResponse:
    """The notices that are in force."""
    return pages(request).render(request, "public/notices.html", {"notices": await parts(request).public_notices()})


@router.get("/chat/tra-cuu")
async def ticket_form(request: Request) -> HTMLResponse:
    """The form that finds an officer's answer again; `?code=` fills in the code, never the secret."""
    return _ticket_page(request, code=request.query_params.get("code", "")[:40])


@router.post("/chat/tra-cuu")
async def ticket_answer(
    request: Request, code: Annotated[str, Form()] = "", secret: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """The officer's answer. A wrong code and a wrong secret look the same, so that codes can't be tried out."""
    the = parts(request)
    lang = language_of(request)
    words = the.knowledge().snapshot.words(lang)
    code, secret = code.strip()[:40], secret.strip()[:80]
    if not code or not secret:
        return _ticket_page(request, code=code, error=words.line("web.ticket.missing"), status=422)
    tries: Throttle = request.app.state.ticket_tries
    now = the.clock.now()
    keys = (f"address {address_key(request.client.host if request.client else '')}", f"code {code.upper()}")
    wait = max(tries.wait_for(key, now) for key in keys)
    if wait:
        return _ticket_page(request, code=code, error=words.line("web.ticket.too_many", seconds=wait), status=429)
    for key in keys:
        tries.count(key, now)
    ticket = await the.find_ticket(code, secret)
    if ticket is None:
        return _ticket_page(request, code=code, error=words.line("web.ticket.wrong"), status=404)
    return _ticket_page(request, code=code, ticket=ticket)


def _ticket_page(request: Request, *, status: int = 200, **values: Any) -> HTMLResponse:
    context = {"code": "", "ticket": None, "error": None, **values}
    headers = {"Referrer-Policy": "no-referrer"}
    return pages(request).render(request, "chat/ticket.html", context, status_code=status, headers=headers)


@router.get("/widget.js")
async def widget(request: Request) -> Response:
    """The small script that puts the chat onto a page of any site; it brings its words in both languages."""
    snapshot = parts(request).knowledge().snapshot
    numbers = [c.value for c in snapshot.organization.rescue if c.kind == "phone"]
    config = {
        "words": {lang.value: _widget_words(snapshot, lang.value) for lang in Language},
        # where the chat can't be opened, somebody in danger still finds whom to call
        "phones": [{"number": number, "href": tel(number)} for number in numbers],
    }
    script = (STATIC / "widget.js").read_text("utf-8")
    text = json.dumps(json.dumps(config, ensure_ascii=False), ensure_ascii=False)[1:-1].replace("<", "\\u003c")
    return Response(
        script.replace("__CONFIG__", text),
        media_type="text/javascript",
        headers={"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"},
    )


def _widget_words(snapshot: Snapshot, lang: str) -> dict[str, str]:
    prefix = "web.widget."
    name = snapshot.organization.short_name.get(lang)
    found = {key.removeprefix(prefix): text for key, text in snapshot.wording[lang].items() if key.startswith(prefix)}
    return {key: text.replace("{org}", name) for key, text in found.items()}


@router.get("/robots.txt")
async def robots(request: Request) -> PlainTextResponse:
    """What search engines may read."""
    closed = ("/console", "/chat/", "/webhooks", "/metrics", "/healthz", "/readyz")
    rules = "\n".join(f"Disallow: {path}" for path in closed)
    return PlainTextResponse(f"User-agent: *\n{rules}\n\nSitemap: {parts(request).base_url}/sitemap.xml\n")


@router.get("/sitemap.xml")
async def sitemap(request: Request) -> Response:
    """Every public page, with its translation."""
    the = parts(request)
    entries = live_entries(the.knowledge(), local_day(the.clock.now()))
    paths: list[tuple[str, dt.date | None]] = [("/", None), ("/hoi-dap", None), ("/canh-bao", None), ("/chat", None)]
    paths += [(f"/hoi-dap/{e.id}", e.verification.checked) for e in entries]
    urls = []
    for path, changed in paths:
        address = escape(the.base_url + path)
        stamp = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{lang}" href="{address}{suffix}"/>'
            for lang, suffix in (("vi", ""), ("en", "?lang=en"))
        )
        urls += [f"<url><loc>{address}{suffix}</loc>{stamp}{links}</url>" for suffix in ("", "?lang=en")]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "\n".join(urls)
        + "\n</urlset>\n"
    )
    return Response(text, media_type="application/xml")
