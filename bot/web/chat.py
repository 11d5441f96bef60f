"""The chat page and what its script talks to: posting, pulling, and the bell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from bot.store import StoreUnavailable
from bot.throttle import Throttle, address_key
from bot.web.conversation import messages_after
from bot.web.pictures import picture_response
from bot.web.ports import ListenerLike
from bot.web.richtext import tel
from bot.web.security import PHOTO_LIMIT, policy
from bot.web.structured import data_block
from bot.web.templating import is_embedded, language_of, pages, parts

log = structlog.get_logger(__name__)

BODY_LIMIT = 16 * 1024
#: A stream says something at least so often, so that proxies keep it and dead ones are noticed, in seconds.
HEARTBEAT = 20.0
#: Open streams of one process; a page that gets none polls.
STREAMS = 2_000
#: … of one visitor (tabs, sites with the widget) and of one address (a harbour behind one mobile network).
STREAMS_OF_A_CHAT = 12
STREAMS_OF_AN_ADDRESS = 400
#: Pulls a minute of one address: a page pulls every 3 to 15 seconds.
PULLS = 2_400
#: Photos that are taken in at the same time by one process, whole in memory, and how long one may take, in seconds.
UPLOADS = 8
UPLOAD_TIME = 300.0
TEXT_LIMIT = 5_000

router = APIRouter(include_in_schema=False)
Authorization = Annotated[str, Header()]


@router.get("/chat")
async def chat_page(request: Request) -> HTMLResponse:
    """The chat page; `?embed=1` for a frame on another site, `?q=` a question to begin with."""
    lang = language_of(request).value
    snapshot = parts(request).knowledge().snapshot
    config = {
        "lang": lang,
        "limit": TEXT_LIMIT,
        "photoLimit": PHOTO_LIMIT,
        "texts": _script_texts(snapshot.wording[lang]),
        # in the words of the house they become links: in danger a number is tapped, not copied
        "phones": {c.value: tel(c.value) for c in snapshot.organization.rescue if c.kind == "phone"},
    }
    ancestors = parts(request).frame_ancestors if is_embedded(request) else "'none'"
    context = {
        "question": request.query_params.get("q", "")[:TEXT_LIMIT],
        "config": data_block(config),
    }
    headers = {"Content-Security-Policy": policy(ancestors=ancestors, own_pictures=True)}
    return pages(request).render(request, "chat/chat.html", context, headers=headers)


@router.post("/chat/api/messages")
async def post_message(request: Request, authorization: Authorization = "") -> Response:
    """Takes what the visitor wrote: 202 when it is committed, 4xx with words when it can't be, 503 to try again."""
    chat = parts(request).chat
    chat_id = chat.chat_id(authorization.removeprefix("Bearer "))
    if chat_id is None:
        return _refused(request, 401, "no_token")
    body = await read_body(request, BODY_LIMIT)
    if body is None:
        return _refused(request, 413, "too_big")
    try:
        payload: object = json.loads(body)
    except (ValueError, RecursionError):
        return _refused(request, 400, "unreadable")
    try:
        receipt = await chat.receive(chat_id, payload, peer=_peer(request))
    except StoreUnavailable as error:
        log.error("post can't be stored", reason=str(error))
        return _refused(request, 503, "unavailable", retry_after=3)
    if receipt.refusal is None:
        return JSONResponse({"ok": True}, status_code=202)
    if receipt.retry_after:
        return _refused(request, 429, receipt.refusal, retry_after=receipt.retry_after)
    return _refused(request, 422, receipt.refusal)


@router.get("/chat/api/messages")
async def get_messages(request: Request, cursor: str | None = None, authorization: Authorization = "") -> Response:
    """The conversation after `cursor`; without one, its latest part."""
    the = parts(request)
    chat_id = the.chat.chat_id(authorization.removeprefix("Bearer "))
    if chat_id is None:
        return _refused(request, 401, "no_token")
    pulls: Throttle = request.app.state.pulls
    now, address = the.clock.now(), address_key(_peer(request))
    if wait := pulls.wait_for(address, now):
        return _refused(request, 429, "too_many", retry_after=wait)
    pulls.count(address, now)
    page = await messages_after(the.store, the.chat, chat_id, cursor)
    return JSONResponse({"items": [item.as_json() for item in page.items], "cursor": page.cursor})


@router.put("/chat/api/photos/{post_id}")
async def put_photo(request: Request, post_id: str, authorization: Authorization = "") -> Response:
    """Takes a photo for the post with the same id, which follows: 201 when it is committed, 4xx with words when not."""
    chat = parts(request).chat
    chat_id = chat.chat_id(authorization.removeprefix("Bearer "))
    if chat_id is None:
        return _refused(request, 401, "no_token")
    if int(request.headers.get("content-length") or 0) > PHOTO_LIMIT:
        return _refused(request, 413, "photo_too_big")
    peer = _peer(request)
    receipt = chat.may_send_photo(chat_id, peer=peer)
    if receipt.refusal is not None:
        async for _ in request.stream():  # a browser that is still sending doesn't hear what is said before the end
            pass
        return _refused(request, 429, receipt.refusal, retry_after=receipt.retry_after)
    uploads: asyncio.Semaphore = request.app.state.uploads
    if uploads.locked():
        return _refused(request, 503, "unavailable", retry_after=10)
    async with uploads:
        try:
            async with asyncio.timeout(UPLOAD_TIME):
                data = await read_body(request, PHOTO_LIMIT)
            if data is None:
                return _refused(request, 413, "photo_too_big")
            receipt = await chat.receive_photo(chat_id, post_id, data, peer=peer)
        except TimeoutError:
            return _refused(request, 408, "photo_slow")
        except StoreUnavailable as error:
            log.error("photo can't be stored", reason=str(error))
            return _refused(request, 503, "unavailable", retry_after=10)
    if receipt.refusal is None:
        return JSONResponse({"ok": True}, status_code=201)
    return _refused(request, 422, receipt.refusal)


@router.delete("/chat/api/photos/{post_id}")
async def drop_photo(request: Request, post_id: str, authorization: Authorization = "") -> Response:
    """Takes back a photo that wasn't posted; one that was stays."""
    chat = parts(request).chat
    chat_id = chat.chat_id(authorization.removeprefix("Bearer "))
    if chat_id is None:
        return _refused(request, 401, "no_token")
    await chat.drop_photo(chat_id, post_id)
    return Response(status_code=204)


@router.get("/chat/api/photos/{post_id}")
async def get_photo(request: Request, post_id: str, authorization: Authorization = "") -> Response:
    """A photo to whoever sent it, and to nobody else: it may tell where it was taken."""
    chat = parts(request).chat
    chat_id = chat.chat_id(authorization.removeprefix("Bearer "))
    if chat_id is None:
        return _refused(request, 401, "no_token")
    file = await chat.photo(chat_id, post_id)
    if file is None:
        return _refused(request, 404, "photo_gone")
    return picture_response(file, name="anh")


@router.get("/chat/api/events")
async def events(request: Request, authorization: Authorization = "") -> Response:
    """Server-sent events that say only "there is something": the page then pulls.

    Read with `fetch`, not `EventSource`, which could carry the visitor's token only in the address, that is in logs.
    """
    the = parts(request)
    chat_id = the.chat.chat_id(authorization.removeprefix("Bearer "))
    if chat_id is None:
        return _refused(request, 401, "no_token")
    streams: dict[object, tuple[str, str]] = request.app.state.streams
    closing: asyncio.Event = request.app.state.closing
    address = address_key(_peer(request))
    crowded = (
        len(streams) >= STREAMS
        or sum(chat == chat_id for chat, _ in streams.values()) >= STREAMS_OF_A_CHAT
        or sum(peer == address for _, peer in streams.values()) >= STREAMS_OF_AN_ADDRESS
    )
    if crowded or closing.is_set():
        return _refused(request, 503, "unavailable", retry_after=30)

    async def stream() -> AsyncIterator[str]:
        mark = object()
        streams[mark] = (chat_id, address)
        try:
            with the.chat.listen(chat_id) as listener:
                yield "retry: 3000\n: open\n\n"
                while not closing.is_set():
                    yield "data: new\n\n" if await _rung(listener, closing) else ": still here\n\n"
        finally:
            streams.pop(mark, None)

    return StreamingResponse(
        stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


async def _rung(listener: ListenerLike, closing: asyncio.Event) -> bool:
    """Whether the chat was rung before the next heartbeat is due; returns at once when the server closes."""
    bell = asyncio.create_task(listener.wait(HEARTBEAT))
    end = asyncio.create_task(closing.wait())
    try:
        await asyncio.wait({bell, end}, return_when=asyncio.FIRST_COMPLETED)
        return bell.done() and bell.result()
    finally:
        bell.cancel()
        end.cancel()


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body, or None when it is larger than `limit` bytes: it is not read to its end then."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return body


def _refused(request: Request, status: int, reason: str, *, retry_after: int = 0) -> JSONResponse:
    words = parts(request).knowledge().snapshot.words(language_of(request))
    text = words.template(f"web.chat.error.{reason}").replace("{seconds}", str(retry_after))
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    content = {"error": reason, "text": text, "retry_after": retry_after}
    return JSONResponse(content, status_code=status, headers=headers)


def _script_texts(wording: Mapping[str, str]) -> dict[str, str]:
    prefixes = ("web.chat.ui.", "web.chat.error.")
    return {key.removeprefix("web.chat."): text for key, text in wording.items() if key.startswith(prefixes)}
