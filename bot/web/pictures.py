"""How a file that somebody sent is handed to a browser: as a picture or to be saved, never as a page."""

from __future__ import annotations

from fastapi.responses import Response

from bot.messages import FileRef, StoredFile

#: What every browser shows; HEIC it only saves.
SHOWN = ("image/jpeg", "image/png", "image/webp")
#: Opened by itself it may do nothing at all, whatever else its bytes could be read as.
_POLICY = "default-src 'none'; img-src 'self'; style-src 'none'; sandbox; frame-ancestors 'none'"


def picture_response(file: StoredFile, *, name: str) -> Response:
    """The bytes as they were sent; `name` without its suffix, ASCII, for who saves it."""
    size = len(file.content)
    ref = FileRef(channel="", chat_id="", message_id="", content_type=file.content_type, size=size)
    kind = "inline" if file.content_type in SHOWN else "attachment"
    return Response(
        file.content,
        media_type=file.content_type,
        headers={
            "Content-Disposition": f'{kind}; filename="{name}{ref.suffix}"',
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        },
    )
