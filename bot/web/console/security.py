"""Who a browser is, and whether a form really came from our own page.

The session's cookie is SameSite=Lax, which keeps it out of most foreign posts; on top of that each form carries a token
that only this session's pages can know, and the browser's own word on where the post came from is believed.
OWASP Cross-Site Request Forgery Prevention Cheat Sheet: "HMAC based token pattern", "Fetch metadata headers".
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bot.people import SESSION_LIFE

SESSION_COOKIE = "haidang_session"
LANGUAGE_COOKIE = "haidang_lang"
#: The name of the token's field in every form.
FORM_TOKEN = "form_token"  # noqa: S105 - a field's name
_LANGUAGE_LIFE = 365 * 24 * 3600


def form_token(session_token: str) -> str:
    """The token that forms of this session carry; nobody can make it without the session's cookie."""
    return hmac.new(session_token.encode(), b"console form", hashlib.sha256).hexdigest()


def token_fits(session_token: str, given: str) -> bool:
    """Whether a form's token belongs to the session."""
    return hmac.compare_digest(form_token(session_token).encode(), given.encode())


def same_origin(request: Request, base_url: str) -> bool:
    """Whether a post came from our own pages, as far as the browser tells.

    `Sec-Fetch-Site` decides where it is sent (only to https and to the own machine); else `Origin` must name the host
    that was called or the public address. Without either (no browser of today) the form's token decides alone.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    # TLS may end at a proxy before us, so schemes aren't compared.
    return urlsplit(origin).netloc in {request.headers.get("host", ""), urlsplit(base_url).netloc} - {""}


def set_session(response: Response, token: str, *, secure: bool) -> None:
    """Gives the browser its session."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/console",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def drop_session(response: Response, *, secure: bool) -> None:
    """Takes the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, path="/console", httponly=True, samesite="lax", secure=secure)


def set_language(response: Response, language: str, *, secure: bool) -> None:
    """Remembers in which language this browser wants the console."""
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_LANGUAGE_LIFE, path="/console", samesite="lax", secure=secure
    )
