"""What is typed into a notice's form, and what it means."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypedDict

from bot.clock import LOCAL_ZONE, local
from bot.store.tables import Notice, NoticeKind, Severity
from bot.web.console.visits import Form


class Values(TypedDict):
    """A notice's fields as the service takes them."""

    kind: NoticeKind
    severity: Severity
    title_vi: str
    text_vi: str
    title_en: str
    text_en: str
    send_at: dt.datetime | None
    expires_at: dt.datetime | None


class Unreadable(Exception):
    """A field that can't be taken; `problem` names the complaint (`console.notice_form.bad_<problem>`)."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as text, so that a refused form shows exactly what was typed."""

    kind: str = NoticeKind.WEATHER.value
    severity: str = Severity.MODERATE.value
    title_vi: str = ""
    text_vi: str = ""
    title_en: str = ""
    text_en: str = ""
    send_at: str = ""
    expires_at: str = ""

    @classmethod
    def of_form(cls, form: Form) -> Typed:
        """What came with the form."""
        return cls(**{name: form(name) for name in cls.__slots__})

    @classmethod
    def of_notice(cls, notice: Notice) -> Typed:
        """A notice that is there, for editing."""
        return cls(
            kind=notice.kind.value,
            severity=notice.severity.value,
            title_vi=notice.title_vi,
            text_vi=notice.text_vi,
            title_en=notice.title_en,
            text_en=notice.text_en,
            send_at=_written(notice.send_at),
            expires_at=_written(notice.expires_at),
        )

    def values(self) -> Values:
        """The fields for the service; raises `Unreadable`."""
        if self.kind not in tuple(NoticeKind) or self.severity not in tuple(Severity):
            raise Unreadable("choice")
        return Values(
            kind=NoticeKind(self.kind),
            severity=Severity(self.severity),
            title_vi=self.title_vi,
            text_vi=self.text_vi,
            title_en=self.title_en,
            text_en=self.text_en,
            send_at=_moment(self.send_at, "send_at"),
            expires_at=_moment(self.expires_at, "expires_at"),
        )


def _written(moment: dt.datetime | None) -> str:
    # As <input type="datetime-local"> has it.
    return f"{local(moment):%Y-%m-%dT%H:%M}" if moment else ""


def _moment(text: str, name: str) -> dt.datetime | None:
    """A local time of the form; the form has no zone, so it is the operator's."""
    if not text:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Unreadable(name) from None
