"""A tiny control API for runs by hand: `curl -d user=1 -d text='…' localhost:8081/_control/say`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.faults import CutOff, Flood, Hang, Refuse
from tests.fakes.telegram.server import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from tests.fakes.telegram.emulator import TelegramEmulator


def control(emulator: TelegramEmulator, request: HttpRequest) -> HttpResponse:
    """Carries out one control request; its fields come from query, form or JSON."""
    action = _ACTIONS.get(request.path.removeprefix("/_control/"))
    if action is None:
        return HttpResponse(404, {"error": f"known: {', '.join(_ACTIONS)}"})
    try:
        return HttpResponse(200, action(emulator, request.fields))
    except (KeyError, ValueError, TypeError, AssertionError) as problem:
        return HttpResponse(400, {"error": f"{type(problem).__name__}: {problem}"})


def _speaker(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    """A person in their own chat, or with `group` a member there."""
    user, name = int(fields.get("user", 1)), fields.get("name", "An")
    if "group" in fields:
        return emulator.group(int(fields["group"]), fields.get("title", "Trực ban")).member(user, name)
    return emulator.user(user, name)


def _say(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    reply_to = int(fields["reply_to"]) if "reply_to" in fields else None
    return {"message_id": _speaker(emulator, fields).say(fields["text"], reply_to)}


def _press(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    message = int(fields["message"]) if "message" in fields else None
    return {"query_id": _speaker(emulator, fields).press(fields["button"], message)}


def _location(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    person = emulator.user(int(fields.get("user", 1)), fields.get("name", "An"))
    return {"message_id": person.share_location(float(fields["lat"]), float(fields["lon"]))}


def _send(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    return {"message_id": _speaker(emulator, fields).send(fields["kind"], fields.get("caption", ""))}


def _block(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    person = emulator.user(int(fields.get("user", 1)))
    (person.unblock if fields.get("undo") else person.block)()
    return {"blocked": person.chat.blocked}


def _messages(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    chats = [emulator.world.chats[int(fields["chat"])]] if "chat" in fields else list(emulator.world)
    return [
        message.raw | {"_by_bot": message.by_bot, "_silent": message.silent, "_keyboard": message.keyboard}
        for chat in chats
        for message in chat.messages.values()
        if not message.deleted
    ]


def _fault(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    kinds: dict[str, Callable[[], Any]] = {
        "flood": lambda: Flood(int(fields.get("seconds", 3))),
        "refuse": lambda: Refuse(int(fields["code"]), fields.get("description", "refused")),
        "hang": Hang,
        "cut_off": CutOff,
    }
    emulator.faults.add(fields.get("method", "*"), kinds[fields["kind"]](), int(fields.get("times", 1)))
    return {"ok": True}


def _calls(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    return [{"method": call.method, "params": call.params, "status": call.status} for call in emulator.calls]


def _transcript(emulator: TelegramEmulator, fields: dict[str, Any]) -> Any:
    return emulator.user(int(fields.get("user", 1))).transcript.splitlines()


_ACTIONS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "say": _say,
    "press": _press,
    "location": _location,
    "send": _send,
    "block": _block,
    "messages": _messages,
    "fault": _fault,
    "calls": _calls,
    "transcript": _transcript,
}
