"""Where people fetch their own data: the address from the chat is the key, and lives for an hour."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from bot.web.templating import parts

router = APIRouter(include_in_schema=False)


@router.get("/du-lieu/{code}")
async def fetch_data(request: Request, code: str) -> Response:
    """The data as a file; 404 when the code is unknown or too old. Nobody may keep or index it."""
    exported = await parts(request).export(code)
    if exported is None:
        raise HTTPException(404)
    headers = {
        "Content-Disposition": f'attachment; filename="{exported.filename}"',
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
        "Referrer-Policy": "no-referrer",
    }
    return Response(exported.text, media_type="application/json", headers=headers)
