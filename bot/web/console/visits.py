"""One call of a console page: who calls, in which language, with which form; and the table line that leads to it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from bot.desk import TicketLine
from bot.faq import Snapshot
from bot.messages import Language
from bot.people import Permission, Refused, can
from bot.store.tables import Officer
from bot.web import templating
from bot.web.console.parts import ConsoleParts
from bot.web.console.security import FORM_TOKEN, LANGUAGE_COOKIE, form_token

#: The menu, in this order; an officer sees what they may open.
MENU: tuple[tuple[str, str, Permission | None], ...] = (
    ("queue", "/console", Permission.SEE_QUEUE),
    ("notices", "/console/notices", Permission.SEE_NOTICES),
    ("knowledge", "/console/knowledge", None),
    ("officers", "/console/officers", Permission.MANAGE_OFFICERS),
    ("system", "/console/system", Permission.SEE_AUDIT),
)


class Access(StrEnum):
    """Who may open a page that asks for no permission."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed; a field that is missing is empty, files are left out."""

    data: FormData = field(default_factory=FormData)

    def __call__(self, name: str) -> str:
        """One field, line ends as Unix has them, without blanks around it."""
        value = self.data.get(name)
        # PostgreSQL keeps no text with a NUL in it.
        return value.replace("\r\n", "\n").replace("\0", "").strip() if isinstance(value, str) else ""

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field (check boxes)."""
        return tuple(value for value in self.data.getlist(name) if isinstance(value, str))

    @property
    def written(self) -> str:
        """The longest text in the form: what would hurt to lose when the form can't be taken."""
        texts = [v for k, v in self.data.multi_items() if isinstance(v, str) and k not in (FORM_TOKEN, "once")]
        return max((text for text in texts if " " in text.strip()), key=len, default="")


@dataclass(frozen=True, slots=True)
class Visit:
    """One call by one person at one moment. `who` is None only on pages for anyone."""

    parts: ConsoleParts
    request: Request
    language: Language
    now: dt.datetime
    who: Officer | None = None
    token: str = ""
    form: Form = field(default_factory=Form)
    #: calls for help that nobody has taken yet: the head of every page shows them to those who may see the queue
    alerts: tuple[TicketLine, ...] = ()
    #: edits of the knowledge that wait for a second person: the menu counts them for those who may approve
    reviews: int = 0

    @property
    def officer(self) -> Officer:
        """The officer who calls."""
        assert self.who is not None, "a page for anyone has no officer"
        return self.who

    @property
    def snapshot(self) -> Snapshot:
        """The knowledge that is live."""
        return self.parts.snapshot()

    def can(self, permission: Permission) -> bool:
        """Whether the caller may do it."""
        return self.who is not None and can(self.who, permission)

    def t(self, key: str, /, **values: object) -> str:
        """A line of the console's own words (below `console.`)."""
        return self.snapshot.words(self.language).line(f"console.{key}", **values)

    def name_of(self, key: str, raw: str) -> str:
        """The console's word for something that others may add to (a channel, a reason), or its own name."""
        return self.snapshot.wording[self.language].get(f"console.{key}.{raw}", raw)

    def refusal(self, refused: Refused, states: str = "state") -> str:
        """What a service refused, in words that say what to do; `states` names the words for its states."""
        known = f"console.refused.{refused.key}" in self.snapshot.wording[self.language]
        values = {k: self.name_of(states, v) if k == "state" else v for k, v in refused.values.items()}
        return self.t(f"refused.{refused.key if known else 'other'}", **values)

    def path(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A parameter of the address; empty when it isn't there."""
        return self.request.query_params.get(name, "")

    def render(self, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> Response:
        """A page of `templates/console/`."""
        words = self.snapshot.words(self.language)
        values: dict[str, Any] = {
            "visit": self,
            "officer": self.who,
            "lang": self.language.value,
            "t": words.line,
            "c": self.t,
            "name_of": self.name_of,
            "can": self.can,
            "Permission": Permission,
            "menu": self.menu(),
            "form_token": form_token(self.token) if self.token else "",
            "once": secrets.token_urlsafe(12),
            "done": self._done(),
            "alerts": self.alerts,
            "href": lambda path, **query: path + (f"?{urlencode(query)}" if query else ""),
            "public_href": self._public,
            "languages": self._languages(),
            **(context or {}),
        }
        pages = templating.pages(self.request)
        # Our own forms must be able to say where they come from, whatever the other pages' policy is.
        headers = {"Referrer-Policy": "same-origin"}
        return pages.render(self.request, f"console/{template}", values, status_code=status, headers=headers)

    def menu(self) -> Sequence[tuple[str, str, bool, int]]:
        """What the caller may open: name, address, whether it is where they are, what waits for them there."""
        if self.who is None:
            return ()
        here = self.request.url.path
        lines: list[tuple[str, str, bool, int]] = []
        for name, address, needed in MENU:
            if needed is None or self.can(needed):
                at_queue = name == "queue" and (here == address or here.startswith("/console/tickets"))
                waiting = self.reviews if name == "knowledge" else 0
                lines.append((name, address, at_queue or (name != "queue" and here.startswith(address)), waiting))
        return lines

    def home(self) -> str:
        """The first page that the caller may open."""
        return next(address for _, address, needed in MENU if needed is None or self.can(needed))

    @staticmethod
    def address(path: str, query: Mapping[str, object]) -> str:
        """A page with what it is asked for; what is empty is left out."""
        pairs = [(name, value) for name, value in query.items() if value]
        return path + (f"?{urlencode(pairs)}" if pairs else "")

    def redirect(self, path: str, *, done: str = "") -> Response:
        """On to a page after a form was taken; `done` names what to say there (`console.done.<done>`)."""
        return RedirectResponse(path + (f"?{urlencode({'done': done})}" if done else ""), status_code=303)

    def _done(self) -> str:
        name = self.query("done")
        texts = self.snapshot.wording[self.language]
        return texts.get(f"console.done.{name}", "") if name else ""

    def _public(self, path: str) -> str:
        return path + ("?lang=en" if self.language is Language.EN else "")

    def _languages(self) -> Sequence[tuple[str, str, bool]]:
        kept = [(k, v) for k, v in self.request.query_params.multi_items() if k not in ("lang", "done")]
        # After a form was refused its page stands at an address that can't be called by a link.
        path = self.request.url.path if self.request.method == "GET" else (self.home() if self.who else "/console")
        return [
            (code.value, f"{path}?{urlencode([*kept, ('lang', code.value)])}", code is self.language)
            for code in Language
        ]


Handler = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the console's table: what is called, what it needs, who answers."""

    method: Literal["GET", "POST"]
    path: str
    needs: Permission | Access
    handler: Handler


def language_of(request: Request) -> Language:
    """`?lang=` of this call, else what the browser remembers, else Vietnamese."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in tuple(Language):
            return Language(wanted)
    return Language.VI
