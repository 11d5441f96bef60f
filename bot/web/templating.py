"""Pages from templates: one environment, and what every page can use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.clock import show_day, show_time
from bot.faq import Snapshot
from bot.messages import Language
from bot.web import assets, richtext
from bot.web.ports import WebParts
from bot.web.security import policy

TEMPLATES = Path(__file__).resolve().parent / "templates"


def language_of(request: Request) -> Language:
    """The page's language: `?lang=en`, else Vietnamese. No cookie, no guess: an address always shows the same page."""
    return Language.EN if request.query_params.get("lang") == "en" else Language.VI


def is_embedded(request: Request) -> bool:
    """Whether the page was asked for as one that stands in another site's frame (`?embed=1`).

    Only chat and FAQ have such a form. Nothing that is done there rests on a cookie, so a frame gives a foreign site no
    power over anybody.
    """
    path = request.url.path
    can_be = path in ("/chat", "/hoi-dap") or path.startswith("/hoi-dap/")
    return can_be and request.query_params.get("embed") == "1"


def is_trial(snapshot: Snapshot) -> bool:
    """Whether anything that can be answered still waits for the authority's approval."""
    return any(entry.approved is None for entry in snapshot.entries.values())


class Pages:
    """Renders the templates of `bot/web/templates/`."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            static=assets.static,
            icon=assets.icon,
            say=richtext.say,
            lines=richtext.lines,
            tel=richtext.tel,
            show_day=show_day,
            show_time=show_time,
        )

    def render(
        self,
        request: Request,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """A page in the request's language. Raises what Jinja2 raises for a name that the template doesn't get."""
        lang = language_of(request)
        embedded = is_embedded(request)
        snapshot = self._parts.knowledge().snapshot
        values = {
            "request": request,
            "lang": lang.value,
            "t": snapshot.words(lang).line,
            "org": snapshot.organization,
            "trial": is_trial(snapshot),
            "base_url": self._parts.base_url,
            "path": request.url.path,
            "embed": embedded,
            "href": _href(lang, embedded=embedded),
            "other_language": _switched(request, lang),
            **(context or {}),
        }
        text = self._environment.get_template(template).render(values)
        sent = dict(headers or {})
        if embedded:
            sent.setdefault("Content-Security-Policy", policy(ancestors=self._parts.frame_ancestors))
        return HTMLResponse(text, status_code=status_code, headers=sent)


def pages(request: Request) -> Pages:
    """The pages of the application that handles the request."""
    found: Pages = request.app.state.pages
    return found


def parts(request: Request) -> WebParts:
    """What the application that handles the request is wired to."""
    found: WebParts = request.app.state.parts
    return found


def _href(lang: Language, *, embedded: bool = False) -> Callable[..., str]:
    def href(path: str, **query: str) -> str:
        """An address on this site that stays in the page's language, and within a frame when the page stands in one."""
        split = urlsplit(path)
        pairs = [*parse_qsl(split.query), *((k, v) for k, v in query.items() if v)]
        if lang is Language.EN:
            pairs.append(("lang", "en"))
        if embedded:
            pairs.append(("embed", "1"))
        text = split.path + (f"?{urlencode(pairs)}" if pairs else "")
        return text + (f"#{split.fragment}" if split.fragment else "")

    return href


def _switched(request: Request, lang: Language) -> str:
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    if lang is Language.VI:
        pairs.append(("lang", "en"))
    return request.url.path + (f"?{urlencode(pairs)}" if pairs else "")
