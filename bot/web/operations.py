"""For machines: whether the process is up and well, its figures, and what the platforms post."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.web.templating import parts

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> PlainTextResponse:
    """The process is up and its loop runs."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Whether database, knowledge and pollers are well: 200 or 503, with what each says."""
    readiness = await parts(request).ready()
    content = {"ok": readiness.ok, "checks": dict(readiness.checks)}
    return JSONResponse(content, status_code=200 if readiness.ok else 503)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The figures for Prometheus."""
    return Response(generate_latest(parts(request).metrics), media_type=CONTENT_TYPE_LATEST)


@router.post("/webhooks/{name}")
async def webhook(request: Request, name: str) -> Response:
    """Hands a platform's post to its channel; the status is the channel's word."""
    handle = parts(request).webhooks.get(name)
    if handle is None:
        raise HTTPException(404)
    return Response(status_code=await handle(dict(request.headers), await request.body()))
