"""The way of a form into a draft, the same for entries and documents: what was typed is kept, and nobody's is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot import curation
from bot.curation import BadRevision, ChangedMeanwhile, UnknownRevision
from bot.faq import Flaw
from bot.store.tables import KnowledgeRevision, RevisionState, SubjectKind
from bot.web.console import flaws as flaws_view
from bot.web.console.subjects import address_of, conflicts, title_of
from bot.web.console.visits import Visit

#: Revisions are numbered; more figures than this is no number of ours.
_FIGURES = 12
KEY_LIMIT = 64


class Typed(Protocol):
    """The fields of a form as text."""

    @property
    def why(self) -> str:
        """Why it is changed."""
        ...

    def content(self) -> dict[str, Any]:
        """What it means, as a revision keeps it."""
        ...


@dataclass(frozen=True)
class FormOf:
    """A kind of form: whose fields it holds, how they are read, which page shows them with which choices."""

    kind: SubjectKind
    of_form: Callable[[Visit], Typed]
    of_content: Callable[[Mapping[str, Any], str], Typed]
    template: str
    choices: Callable[[Visit], Mapping[str, Any]]
    #: the name of the field that can't be changed later
    key: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What a form stands on: the draft that was open when it was filled, and what was live then.

    `seen` and `based` are fingerprints, empty where there was nothing; the form carries them back.
    """

    seen: str
    based: str
    open_id: int | None = None
    author: str = ""
    in_review: bool = False


def number_of(text: str) -> int:
    """The number of a revision in an address; raises `UnknownRevision`."""
    if not (text.isascii() and text.isdigit() and len(text) <= _FIGURES):
        raise UnknownRevision(f"no revision {text[:32]!r}")
    return int(text)


async def show_edit(visit: Visit, form: FormOf, key: str) -> Response:
    """The form with the edit under way in it, or the revision of `?from=`, or what is live."""
    async with visit.parts.store.read() as session:
        opened = await curation.open_edit(session, form.kind, key)
        chosen = await _revision(session, visit, form.kind, key)
        ground = await _ground(session, visit, form.kind, key, opened)
    there = curation.thing_in(visit.snapshot, form.kind, key)
    if chosen is not None:
        typed = form.of_content(chosen.content, visit.t("edit.reuse_why", n=chosen.id))
    elif opened is not None:
        typed = form.of_content(opened.content, opened.why)
    elif there is not None:
        typed = form.of_content(curation.content_of(there), "")
    else:
        raise UnknownRevision(f"no {form.kind.value} {key!r}")
    return render(visit, form, typed, ground, key=key)


async def save(visit: Visit, form: FormOf, key: str) -> Response:
    """Keeps what was typed as the draft of a thing that is there, or under way."""
    typed = form.of_form(visit)
    content = {**typed.content(), form.key: key}
    async with visit.parts.store.read() as session:
        if not await _known(session, visit, form.kind, key):
            raise UnknownRevision(f"no {form.kind.value} {key!r}")
    there = curation.fingerprint_of(curation.thing_in(visit.snapshot, form.kind, key))
    try:
        if visit.form("based") != (there or ""):
            raise ChangedMeanwhile(f"{key} has another version now", key=key)
        return await keep(visit, form, content, typed.why)
    except BadRevision as bad:
        ground = Ground(visit.form("seen"), visit.form("based"))
        return render(visit, form, typed, ground, key=key, flaws=bad.flaws, status=422)
    except ChangedMeanwhile:
        async with visit.parts.store.read() as session:
            opened = await curation.open_edit(session, form.kind, key)
            ground = await _ground(session, visit, form.kind, key, opened)
        said = "edit.changed_draft" if opened is not None else "edit.changed_live"
        complaint = visit.t(said, who=ground.author)
        return render(visit, form, typed, ground, key=key, complaint=complaint, status=409)


async def create(visit: Visit, form: FormOf) -> Response:
    """Keeps a new thing as a draft; one that is there already is not overwritten."""
    typed = form.of_form(visit)
    content = typed.content()
    key = str(content[form.key])
    try:
        async with visit.parts.store.read() as session:
            taken = await _taken(session, visit, form.kind, key)
        if taken is not None:
            raise BadRevision("taken", [Flaw(f"{key} is taken", (form.key,), name="name_taken", about=taken)])
        if len(key) > KEY_LIMIT:
            raise BadRevision("too long", [Flaw(f"{key} is too long", (form.key,), name="form")])
        return await keep(visit, form, content, typed.why)
    except BadRevision as bad:
        return render(visit, form, typed, Ground("", ""), flaws=bad.flaws, status=422)
    except ChangedMeanwhile:  # somebody began the same at this moment
        flaw = Flaw(f"{key} is taken", (form.key,), name="name_taken", about=key)
        return render(visit, form, typed, Ground("", ""), flaws=[flaw], status=409)


async def keep(visit: Visit, form: FormOf, content: Mapping[str, Any], why: str) -> Response:
    """Writes the draft and shows it beside what is live."""
    async with visit.parts.store.write() as session:
        revision = await curation.save_draft(
            session,
            form.kind,
            content,
            live=visit.snapshot,
            files=visit.parts.files(),
            why=why,
            by=visit.officer,
            now=visit.now,
            seen=visit.form("seen") or None,
            ticket=visit.form("ticket") or None,
        )
        number = revision.id
    return visit.redirect(f"/console/knowledge/edits/{number}", done="edit_saved")


def render(
    visit: Visit,
    form: FormOf,
    typed: Typed,
    ground: Ground,
    *,
    key: str = "",
    flaws: Sequence[Flaw] = (),
    complaint: str = "",
    ticket: str = "",
    status: int = 200,
) -> Response:
    """The form; with flaws, each stands beside its field, and all of them on top."""
    there = curation.thing_in(visit.snapshot, form.kind, key) if key else None
    context = {
        **form.choices(visit),
        "typed": typed,
        "key": key,
        "title": title_of(visit, form.kind, curation.content_of(there)) if there else key,
        "back": address_of(form.kind, key) if key else "",
        "ground": ground,
        "flaws": flaws_view.by_field(visit, flaws),
        "label_of": lambda field: flaws_view.label_of(visit, field),
        "complaint": complaint,
        "ticket": ticket or visit.form("ticket"),
    }
    return visit.render(form.template, context, status=status)


async def _revision(session: AsyncSession, visit: Visit, kind: SubjectKind, key: str) -> KnowledgeRevision | None:
    if not visit.query("from"):
        return None
    found = await curation.get(session, number_of(visit.query("from")))
    if (found.kind, found.key) != (kind, key):
        raise UnknownRevision(f"revision {found.id} is of {found.key!r}")
    return found


async def _ground(
    session: AsyncSession, visit: Visit, kind: SubjectKind, key: str, opened: KnowledgeRevision | None
) -> Ground:
    based = curation.fingerprint_of(curation.thing_in(visit.snapshot, kind, key)) or ""
    if opened is None:
        return Ground("", based)
    lines = await curation.history(session, kind, key)
    author = next((line.author for line in lines if line.id == opened.id), "")
    return Ground(
        seen=curation.fingerprint(opened),
        based=based,
        open_id=opened.id,
        author=author,
        in_review=opened.state is RevisionState.REVIEW,
    )


async def _known(session: AsyncSession, visit: Visit, kind: SubjectKind, key: str) -> bool:
    if curation.thing_in(visit.snapshot, kind, key) is not None:
        return True
    return bool(await curation.history(session, kind, key))


async def _taken(session: AsyncSession, visit: Visit, kind: SubjectKind, key: str) -> str | None:
    """What a new name means already; an edit of the console that the files don't let through has its name too."""
    names: Mapping[str, Any] = (
        visit.snapshot.aliases if kind is SubjectKind.ENTRY else {n: d.number for n, d in _numbers(visit).items()}
    )
    if key in names:
        return str(names[key])
    broken = any(one.edit.subject == (kind, key) for one in conflicts(visit))
    return key if broken or (key and await curation.open_edit(session, kind, key)) else None


def _numbers(visit: Visit) -> Mapping[str, Any]:
    return visit.snapshot.document_names
