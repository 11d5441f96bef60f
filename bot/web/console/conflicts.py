"""Edits of the console whose files have changed too, and such as no longer fit: a curator decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response

from bot import curation
from bot.curation import ChangedMeanwhile, Overlaid, Standing
from bot.people import NotAllowed, Permission, Refused
from bot.store.tables import RevisionState
from bot.web.console import flaws, readable, subjects
from bot.web.console.differences import Change
from bot.web.console.edit_forms import number_of
from bot.web.console.visits import Access, Page, Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A conflict with both versions; `seen` names the pair that is shown."""

    id: int
    key: str
    title: str
    address: str
    standing: str
    changes: Sequence[Change]
    in_files: bool
    flaws: tuple[str, ...]
    seen: str


async def show_conflicts(visit: Visit) -> Response:
    """Everything that waits for a decision."""
    return await _page(visit)


async def _page(visit: Visit, *, complaint: str = "", status: int = 200) -> Response:
    async with visit.parts.store.read() as session:
        edits = len(await curation.open_edits(session))
    context = {
        "tabs": subjects.tabs(visit, "conflicts", edits),
        "rows": [_row(visit, one) for one in subjects.conflicts(visit)],
        "label_of": lambda field: flaws.label_of(visit, field),
        "may_decide": visit.can(Permission.APPROVE_KNOWLEDGE),
        "may_edit": visit.can(Permission.EDIT_KNOWLEDGE),
        "complaint": complaint,
    }
    return visit.render("conflicts.html", context, status=status)


def _row(visit: Visit, one: Overlaid) -> Row:
    kind, key = one.edit.subject
    there = curation.thing_in(visit.parts.files(), kind, key)
    return Row(
        id=one.edit.id,
        key=key,
        title=subjects.title_of(visit, kind, one.edit.content) or key,
        address=subjects.address_of(kind, key),
        standing=one.standing.value,
        changes=readable.compared(visit, kind, curation.content_of(there) if there else None, one.edit.content),
        in_files=there is not None,
        flaws=flaws.listed(visit, one.flaws),
        seen=_seen(visit, one),
    )


def _seen(visit: Visit, one: Overlaid) -> str:
    there = curation.thing_in(visit.parts.files(), *one.edit.subject)
    return f"{one.standing.value}-{curation.fingerprint_of(there) or 'none'}"


async def keep(visit: Visit) -> Response:
    """Decides for the console's version."""
    return await _decide(visit, keep_edit=True)


async def take(visit: Visit) -> Response:
    """Decides for the file's version."""
    return await _decide(visit, keep_edit=False)


async def _decide(visit: Visit, *, keep_edit: bool) -> Response:
    number = number_of(visit.path("edit"))
    one = next((each for each in subjects.conflicts(visit) if each.edit.id == number), None)
    try:
        if one is None or visit.form("seen") != _seen(visit, one) or (keep_edit and one.standing is Standing.BROKEN):
            raise ChangedMeanwhile("the conflict is not what was looked at any more")
        kind, key = one.edit.subject
        async with visit.parts.store.write() as session:
            revision = await curation.get(session, number)
            if revision.state is not RevisionState.LIVE:
                raise ChangedMeanwhile(f"{key} was decided meanwhile", key=key)
            if keep_edit:
                files = visit.parts.files()
                await curation.keep_edit(session, kind, key, visit.officer, files=files, now=visit.now)
            else:
                await curation.take_file(session, kind, key, visit.officer, now=visit.now)
    except NotAllowed:
        raise
    except Refused:
        return await _page(visit, complaint=visit.t("conflict.changed"), status=409)
    visit.parts.wake_knowledge()
    return visit.redirect("/console/knowledge/conflicts", done="kept_edit" if keep_edit else "took_file")


PAGES: tuple[Page, ...] = (
    Page("GET", "/knowledge/conflicts", Access.SIGNED_IN, show_conflicts),
    Page("POST", "/knowledge/conflicts/{edit}/keep", Permission.APPROVE_KNOWLEDGE, keep),
    Page("POST", "/knowledge/conflicts/{edit}/take", Permission.APPROVE_KNOWLEDGE, take),
)
