"""Stylesheets, scripts and icons, with a version in their address so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from markupsafe import Markup

STATIC = Path(__file__).resolve().parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}

router = APIRouter()


@cache
def version() -> str:
    """A short name for the present content of all static files."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def static(path: str) -> str:
    """The address of a static file; raises `FileNotFoundError` for one that doesn't exist."""
    if not (STATIC / path).is_file():
        raise FileNotFoundError(f"no static file {path}")
    return f"/static/{version()}/{path}"


@cache
def icon(name: str) -> Markup:
    """An icon as inline SVG in the colour of the text around it."""
    # Our own files alone, by our own names.
    return Markup((STATIC / "icons" / f"{name}.svg").read_text("utf-8").strip())  # noqa: S704


@router.get("/static/{asked}/{path:path}", include_in_schema=False)
async def static_file(asked: str, path: str) -> FileResponse:
    """A static file. One asked for under an older version is served too, but not to be kept."""
    target = (STATIC / path.replace("\0", "")).resolve()
    if not target.is_relative_to(STATIC) or not target.is_file() or target.suffix not in _TYPES:
        raise HTTPException(404)
    keep = "public, max-age=31536000, immutable" if asked == version() else "no-cache"
    return FileResponse(target, media_type=_TYPES[target.suffix], headers={"Cache-Control": keep})
