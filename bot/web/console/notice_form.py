"""What is typed into a notice's form, and what it means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from bot.clock import LOCAL_ZONE, local
from bot.store.tables import Notice, NoticeKind, ProfileRole, Severity, VesselClass
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
    audience: dict[str, Any]


class Unreadable(Exception):
    """A field that can't be taken; `problem` names the complaint (`console.notice_form.bad_<problem>`)."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


#: What can be ticked to narrow the recipients.
TICKED = ("role", "area", "vessel")


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
    role: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    vessel: tuple[str, ...] = ()

    @classmethod
    def of_form(cls, form: Form) -> Typed:
        """What came with the form."""
        lines: dict[str, Any] = {name: form(name) for name in cls.__slots__ if name not in TICKED}
        return cls(**lines, role=form.all("role"), area=form.all("area"), vessel=form.all("vessel"))

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
            **{name: tuple(notice.audience.get(name, ())) for name in TICKED},
        )

    def values(self, areas: Collection[str], before: Mapping[str, Any]) -> Values:
        """The fields for the service; raises `Unreadable`.

        `before` is the audience that the notice has: what this form doesn't show of it stays.
        """
        known = {"role": tuple(ProfileRole), "area": areas, "vessel": tuple(VesselClass)}
        ticked = {name: list(getattr(self, name)) for name in TICKED}
        if any(value not in known[name] for name in TICKED for value in ticked[name]):
            raise Unreadable("audience")
        kept = {name: value for name, value in before.items() if name not in TICKED}
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
            audience=kept | {name: values for name, values in ticked.items() if values},
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
