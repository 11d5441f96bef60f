"""Whether a request is one that the Bot API would take: names, types, lengths, nested objects."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram.errors import bad
from tests.fakes.telegram.methods import METHODS, OBJECTS
from tests.fakes.telegram.table import Field

#: Exactly one of these makes an inline button do something (Bot API, InlineKeyboardButton).
_ACTIONS = OBJECTS["InlineKeyboardButton"].keys() - {"text", "style", "icon_custom_emoji_id"}
_STYLES = {"danger", "success", "primary"}
#: A shape that tells which object stands where several may (Bot API, reply_markup).
_MARKUPS = {
    "inline_keyboard": "InlineKeyboardMarkup",
    "keyboard": "ReplyKeyboardMarkup",
    "remove_keyboard": "ReplyKeyboardRemove",
    "force_reply": "ForceReply",
}


def check(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The request's fields, typed; raises a 400 for whatever the table doesn't allow."""
    return _object(given, METHODS[method], method, strings=True)


def _object(
    given: Mapping[str, Any], fields: Mapping[str, Field], where: str, *, strings: bool = False
) -> dict[str, Any]:
    unknown = given.keys() - fields.keys()
    if unknown:
        raise bad(f"{where} has no field {', '.join(sorted(unknown))}")
    result: dict[str, Any] = {}
    for field in fields.values():
        if field.name not in given:
            if field.required:
                raise bad(_MISSING.get(field.name, f'field "{field.name}" of {where} is required'))
            continue
        value = _value(given[field.name], field, f"{where}.{field.name}", strings=strings)
        _limits(value, field, where)
        result[field.name] = value
    return result


#: How Telegram itself complains of these.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
}


def _value(value: Any, field: Field, where: str, *, strings: bool) -> Any:
    """The value as one of the field's types; at the top, forms send everything as text, objects as JSON."""
    for kind in field.types:
        try:
            return _as(value, kind, where, strings=strings)
        except TypeError:
            continue
    raise bad(f"{where} must be {' or '.join(field.types)}, not {value!r}")


def _as(value: Any, kind: str, where: str, *, strings: bool) -> Any:
    match kind:
        case "String":
            if isinstance(value, str):
                return value
        case "InputFile":
            if isinstance(value, bytes):
                return value
        case "Integer":
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            if strings and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
                return int(value)
        case "Float":
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return float(value)
            if strings and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
                return float(value)
        case "Boolean":
            if isinstance(value, bool):
                return value
            if strings and isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
        case "InputFile":
            if isinstance(value, bytes):
                return value
        case _:
            return _structure(_parsed(value, where) if strings else value, kind, where)
    raise TypeError


def _parsed(value: Any, where: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {where}: it is no JSON") from None


def _structure(value: Any, kind: str, where: str) -> Any:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            raise TypeError
        return [_as(item, kind.removeprefix("Array of "), where, strings=False) for item in value]
    if not isinstance(value, dict):
        raise TypeError
    if kind in _MARKUPS.values():
        shape = next((name for key, name in _MARKUPS.items() if key in value), None)
        if shape != kind:
            raise TypeError
    if kind not in OBJECTS:
        return value
    result = _object(value, OBJECTS[kind], kind)
    if kind == "InlineKeyboardButton":
        _button(result)
    return result


def _button(button: dict[str, Any]) -> None:
    if len(button.keys() & _ACTIONS) != 1:
        raise bad("can't parse inline keyboard button: exactly one action is needed")
    if button.get("style", "danger") not in _STYLES:
        raise bad(f"can't parse inline keyboard button: unknown style {button['style']!r}")
    if not button["text"].strip():
        raise bad("can't parse inline keyboard button: text is empty")
    if "url" in button:
        url = urlsplit(button["url"])
        if url.scheme not in ("http", "https", "tg") or (url.scheme != "tg" and "." not in (url.hostname or "")):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _limits(value: Any, field: Field, where: str) -> None:
    if field.high is None or field.low is None:
        return
    if field.unit == "value":
        size = value
    elif field.unit == "bytes":
        size = len(value.encode())
    elif field.name in ("text", "caption") and where in ("sendMessage", "editMessageText", "copyMessage"):
        return  # Counted after the mark-up is parsed.
    else:
        size = len(value)
    if not field.low <= size <= field.high:
        if field.name == "callback_data":
            raise bad("BUTTON_DATA_INVALID")
        raise bad(f"{where}.{field.name} must have {field.low}-{field.high} {field.unit}, not {size}")
