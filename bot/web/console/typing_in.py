"""What the forms of entries and documents share: lines, days, pairs of languages; typed text as content and back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.web.console.visits import Form

Row = Mapping[str, str]
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def lines_of(text: str) -> list[str]:
    """One thing a line, without blank lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def day_of(text: str) -> str | None:
    """A day as `2026-11-24` or `24/11/2026`; what is neither goes on as it is, and is refused there."""
    if not text:
        return None
    if found := _DAY.fullmatch(text):
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return f"? {text}"  # pydantic takes some figures for a time in seconds: not for a day here


def pair_of(vi: str, en: str) -> dict[str, str] | None:
    """A text in two languages, or none; half of it is refused where it is read."""
    return {"vi": vi, "en": en} if vi or en else None


def rows_of(form: Form, name: str, fields: Sequence[str]) -> tuple[Row, ...]:
    """The rows of a table in the form (`basis-0-article`) that hold something, in their order."""
    numbers = sorted({int(m[1]) for key in form.data if (m := re.fullmatch(rf"{name}-(\d{{1,3}})-\w+", key))})
    rows = ({field: form(f"{name}-{number}-{field}") for field in fields} for number in numbers)
    return tuple(row for row in rows if any(row.values()))


def written(value: Any) -> str:
    """A value of a content as a field shows it."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    return str(value)


def dig(content: Mapping[str, Any], *steps: str) -> Any:
    """A value inside a content; None where there is nothing. An old content may lack what is needed today."""
    value: Any = content
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
