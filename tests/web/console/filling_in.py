"""Fills in a form as a browser without scripts does: what the page holds, with a few fields typed over."""

from __future__ import annotations

from html.parser import HTMLParser

from httpx import Response

from tests.web.console.desk_house import Browser, DeskHouse

Fields = dict[str, list[str]]


class _Forms(HTMLParser):
    """Every form of a page: its address and what it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Fields] = {}
        self._fields: Fields | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = self.forms.setdefault(given["action"], {})
        if self._fields is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self._fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self._fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self._fields or "selected" in given):
            self._fields[self._select] = [given["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area][-1] += data


def fields_of(page: str, action: str) -> Fields:
    """What the form with that address would send."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms[action]


async def fill(browser: Browser, address: str, **typed: str | list[str]) -> Response:
    """Opens a form, types over some of its fields, sends it to its own address."""
    page = (await browser.get(address)).text
    fields: Fields = fields_of(page, address.split("?")[0])
    return await send(browser, address.split("?")[0], fields, **typed)


async def send(browser: Browser, action: str, fields: Fields, **typed: str | list[str]) -> Response:
    """Sends what a form held, with some fields typed over (`basis_0_article` for `basis-0-article`)."""
    data: dict[str, object] = dict(fields)
    for name, value in typed.items():
        key = name.replace("_", "-", 2) if name.startswith(("basis_", "choice_")) else name
        data[key] = value
    return await browser.post(action, data)


async def edit_of(browser: Browser, address: str, **typed: str | list[str]) -> str:
    """Saves an edit; returns the address of its page."""
    response = await fill(browser, address, **typed)
    assert response.status_code == 303, response.text
    return response.headers["location"].split("?")[0]


async def approve(browser: Browser, edit: str, **more: str) -> Response:
    """Approves what the page shows."""
    return await send(browser, f"{edit}/approve", fields_of((await browser.get(edit)).text, f"{edit}/approve"), **more)


async def made_live(house: DeskHouse, writer: Browser, other: Browser, edit: str) -> None:
    """Submits an edit, lets another person approve it, and waits until it answers."""
    assert (await writer.post(f"{edit}/submit")).status_code == 303
    response = await approve(other, edit)
    assert response.status_code == 303, response.text
    await house.look()
