"""The application: every router, the headers, and what people read when something goes wrong."""

from __future__ import annotations

import asyncio

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from bot.store import StoreUnavailable
from bot.throttle import Throttle
from bot.web import assets, chat, exported, faq_pages, operations, public
from bot.web.head import HeadAsGet
from bot.web.ports import WebParts
from bot.web.security import BodyLimit, SecurityHeaders, defaults
from bot.web.templating import Pages, pages

log = structlog.get_logger(__name__)

_KNOWN = {401: "forbidden", 403: "forbidden", 404: "not_found", 500: "server", 503: "unavailable"}


def create_app(parts: WebParts) -> FastAPI:
    """The web application over `parts`.

    It starts and ends nothing. `app.state.closing` (an `asyncio.Event`) ends the open event streams: set it before the
    server shuts down, or the server waits for them.
    """
    app = FastAPI(title="Hải Đăng", version=parts.version, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.parts = parts
    app.state.pages = Pages(parts)
    app.state.closing = asyncio.Event()
    app.state.streams = {}
    app.state.pulls = Throttle(chat.PULLS)
    app.state.uploads = asyncio.Semaphore(chat.UPLOADS)
    app.state.ticket_tries = Throttle(public.TICKET_TRIES)

    own = (assets.router, chat.router, exported.router, public.router, faq_pages.router, operations.router)
    for router in (*own, *parts.routers):
        app.include_router(router)

    app.add_middleware(BodyLimit)
    app.add_middleware(_Compression, minimum_size=800, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)

    app.add_exception_handler(StarletteHTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(StoreUnavailable, _store_away)
    app.add_exception_handler(Exception, _failed)
    return app


class _Compression(GZipMiddleware):
    """Compresses what gets smaller by it: a photo doesn't, and ten megabytes of it would hold everybody up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        is_photo = "/photos/" in scope.get("path", "")
        await (self.app if is_photo else super().__call__)(scope, receive, send)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    if 300 <= error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    return _error(request, error.status_code, dict(error.headers or {}))


async def _bad_request(request: Request, error: Exception) -> Response:
    return _error(request, 422)


async def _store_away(request: Request, error: Exception) -> Response:
    log.error("page can't be served", path=request.url.path, reason=str(error))
    return _error(request, 503, {"Retry-After": "10"})


async def _failed(request: Request, error: Exception) -> Response:
    log.error("page failed", path=request.url.path, exc_info=error)
    # Outside all middleware, so the headers are put on here.
    return _error(request, 500, defaults(request.url.path))


def _error(request: Request, status: int, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith(("/chat/api/", "/webhooks/")):
        return JSONResponse({"error": str(status)}, status_code=status, headers=headers)
    context = {"status": status, "kind": _KNOWN.get(status, "other")}
    return pages(request).render(request, "error.html", context, status_code=status, headers=headers)
