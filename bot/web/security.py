"""What holds for every page: what a browser may load, embed and keep, and how much anybody may send."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing but this site's own files; no inline script or style anywhere. JSON in a `<script>` is data, not script.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{pictures}; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
#: The largest body that is read: platforms and forms send far less, and a form is read into memory whole.
BODY_LIMIT = 1024 * 1024
#: A photo of the chat, which checks more before it reads so much.
PHOTO_LIMIT = 10 * 1024 * 1024
_PHOTOS = "/chat/api/photos/"
_PRIVATE = ("/console", "/chat/api", "/chat/tra-cuu", "/webhooks", "/metrics", "/readyz", "/healthz")


def policy(*, ancestors: str = "'none'", own_pictures: bool = False) -> str:
    """The Content-Security-Policy: who may frame the page, and whether it may show pictures that it made or fetched."""
    return CONTENT_SECURITY_POLICY.format(ancestors=ancestors, pictures=" blob:" if own_pictures else "")


def defaults(path: str) -> dict[str, str]:
    """The headers of a response to `path`, where its route says nothing else."""
    headers = {
        "Content-Security-Policy": policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if any(path == private or path.startswith(f"{private}/") for private in _PRIVATE):
        headers["Cache-Control"] = "no-store"
    return headers


class SecurityHeaders:
    """Adds the headers that a route didn't set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in defaults(scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """Refuses with 413 what is larger than `BODY_LIMIT` (`PHOTO_LIMIT` for a photo), as soon as that is known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        limit = PHOTO_LIMIT if scope["method"] == "PUT" and scope["path"].startswith(_PHOTOS) else BODY_LIMIT

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
