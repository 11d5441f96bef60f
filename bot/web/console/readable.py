"""An entry or document as a table of fields in the officer's language: what differences and pages are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from bot.clock import show_day
from bot.store.tables import SubjectKind
from bot.web.console.differences import Change, Value, changes
from bot.web.console.typing_in import dig, written
from bot.web.console.visits import Visit

_ENTRY_TEXTS = ("question", "answer", "phrasings", "keywords")


def values(visit: Visit, kind: SubjectKind, content: Mapping[str, Any] | None) -> dict[str, Value]:
    """The fields that hold something, by the names that labels are made of (`flaws.label_of`)."""
    if content is None:
        return {}
    rows = _entry(visit, content) if kind is SubjectKind.ENTRY else _document(visit, content)
    return {name: value for name, value in rows if value.text}


def compared(
    visit: Visit, kind: SubjectKind, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> list[Change]:
    """What differs between two contents."""
    return changes(values(visit, kind, old), values(visit, kind, new))


def _entry(visit: Visit, content: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    topic = visit.snapshot.topics.get(written(dig(content, "topic")))
    departments = {d.id: d.name.get(visit.language) for d in visit.snapshot.organization.departments}
    for name in _ENTRY_TEXTS:
        for language in ("vi", "en"):
            yield f"{name}_{language}", _value(dig(content, name, language))
    yield "asks", Value("\n".join(_asks(content)), lines=True)
    yield "topic", Value(topic.title.get(visit.language) if topic else written(dig(content, "topic")))
    yield "audience", _value([visit.name_of("audience", a) for a in dig(content, "audience") or ()])
    yield "basis", Value("\n".join(_basis(row) for row in dig(content, "basis") or ()), lines=True)
    yield "advice", Value(visit.t("field.is_so") if dig(content, "advice") else "")
    for language in ("vi", "en"):
        yield f"handler_{language}", _value(dig(content, "handler", language))
    department = written(dig(content, "department"))
    yield "department", Value(departments.get(department, department))
    status = written(dig(content, "verification", "status"))
    yield "verification", Value(visit.name_of("verification", status) if status else "")
    yield "checked", _day(dig(content, "verification", "checked"))
    for language in ("vi", "en"):
        yield f"confirm_{language}", _value(dig(content, "verification", "confirm", language))
    yield "valid_from", _day(dig(content, "valid", "from"))
    yield "valid_until", _day(dig(content, "valid", "until"))
    yield "review_by", _day(dig(content, "review_by"))
    yield "related", _value(dig(content, "related"))
    yield "aliases", _value(dig(content, "aliases"))


def _document(visit: Visit, content: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    yield "number", _value(dig(content, "number"))
    for language in ("vi", "en"):
        yield f"title_{language}", _value(dig(content, "title", language))
    yield "issuer", _value(dig(content, "issuer"))
    status = written(dig(content, "status"))
    yield "status", Value(visit.name_of("document_status", status) if status else "")
    yield "replaced_by", _value(dig(content, "replaced_by"))
    yield "amended_by", _value(dig(content, "amended_by"))
    yield "issued", _day(dig(content, "issued"))
    yield "effective", _day(dig(content, "effective"))
    yield "url", _value(dig(content, "url"))
    yield "note", _value(dig(content, "note"))
    yield "checked", _day(dig(content, "checked"))
    yield "aliases", _value(dig(content, "aliases"))


def _value(value: Any) -> Value:
    return Value(written(value), lines=isinstance(value, list | tuple))


def _day(value: Any) -> Value:
    text = written(value)
    try:
        return Value(show_day(dt.date.fromisoformat(text)))
    except ValueError:
        return Value(text)


def _basis(row: Mapping[str, Any]) -> str:
    parts = (dig(row, "document"), dig(row, "article"), dig(row, "title", "vi"), dig(row, "title", "en"))
    named = ", ".join(written(part) for part in parts if part)
    url = written(dig(row, "url"))
    return f"{named} <{url}>" if url else named


def _asks(content: Mapping[str, Any]) -> Iterable[str]:
    question = dig(content, "asks", "question")
    if question is None:
        return
    yield f"{dig(question, 'vi')} / {dig(question, 'en')}"
    for row in dig(content, "asks", "choices") or ():
        leads = [dig(row, "entry"), dig(row, "answer", "vi"), dig(row, "answer", "en")]
        ends = " / ".join(written(end).replace("\n", " ") for end in leads if end)
        yield f"{dig(row, 'label', 'vi')} / {dig(row, 'label', 'en')} → {ends}"
