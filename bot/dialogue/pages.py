"""How an answer and a legal document look: words, legal basis, date of checking, and every mark that they need."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bot.clock import local_day, show_day
from bot.dialogue import buttons
from bot.dialogue.actions import GiveAnswer, GiveDocument
from bot.dialogue.context import Knowledge
from bot.dialogue.offers import which
from bot.faq import Entry, Wording
from bot.faq.schema import Basis, Document, DocumentStatus
from bot.messages import Button, OutgoingMessage, RichText, Span, join

Rows = tuple[tuple[Button, ...], ...]

#: Citations are kept in Vietnamese, where they can be looked up; these are their words in English.
_CITATION = (
    (re.compile(r"\bĐiều\b", re.IGNORECASE), "Article"),
    (re.compile(r"\bkhoản\b", re.IGNORECASE), "clause"),
    (re.compile(r"\bđiểm\b", re.IGNORECASE), "point"),
    (re.compile(r"\bPhụ lục\b", re.IGNORECASE), "Appendix"),
    (re.compile(r"\bChương\b", re.IGNORECASE), "Chapter"),
    (re.compile(r"\bMục\b", re.IGNORECASE), "Section"),
    (re.compile(r"\bQuy tắc\b", re.IGNORECASE), "Rule"),
    (re.compile(r"\bsửa bởi\b"), "amended by"),
    (re.compile(r"\bđã hết hiệu lực\b"), "no longer in force"),
    (re.compile(r"\bđến\b"), "to"),
    (re.compile(r"\bvà\b"), "and"),
)


def answer_page(
    action: GiveAnswer, entry: Entry, knowledge: Knowledge, words: Wording, now: dt.datetime
) -> OutgoingMessage:
    """An entry as a reply, with related questions, feedback and the way to an officer."""
    language = words.language
    title, said = entry.question.get(language), entry.answer.get(language)
    asks = entry.asks
    if asks is not None and action.choice is not None and (part := asks.choices[action.choice]).answer is not None:
        title, said = f"{title} · {part.label.get(language)}", part.answer.get(language)
    elif asks is not None:
        said = f"{said}\n\n{asks.question.get(language)}"
    text = join(
        [
            (Span(text=title, bold=True),),
            (Span(text=said),),
            join(tuple(_footer(entry, knowledge, words)), "\n"),
        ],
        "\n\n",
    )
    rows: list[tuple[Button, ...]] = [
        (Button(label=offer.label(language), data=offer.data),) for offer in which(action, knowledge, local_day(now))
    ]
    rows.append(
        (
            Button(label=words.line("button.helpful"), data=buttons.helpful(entry.id)),
            Button(label=words.line("button.unhelpful"), data=buttons.unhelpful(entry.id)),
        )
    )
    rows.append((Button(label=words.line("button.about"), data=buttons.about(entry.id)),))
    return OutgoingMessage(text=text, buttons=tuple(rows))


def document_page(
    action: GiveDocument, document: Document, knowledge: Knowledge, words: Wording, now: dt.datetime
) -> OutgoingMessage:
    """A document of the registry as a reply, with the entries that rest on it."""
    language = words.language
    lines = [
        words.say("document.title", number=_linked(document), title=document.title.get(language)),
        words.say("document.issuer", issuer=document.issuer),
    ]
    if document.issued is not None:
        lines.append(words.say("document.issued", day=show_day(document.issued)))
    if document.effective is not None:
        lines.append(words.say("document.effective", day=show_day(document.effective)))
    lines.append(words.say(f"document.status.{document.status.value}"))
    if document.amended_by:
        lines.append(words.say("document.amended_by", numbers=", ".join(document.amended_by)))
    if document.replaced_by is not None:
        lines.append(words.say("document.replaced_by", number=document.replaced_by))
    lines.append(words.say("answer.checked", day=show_day(document.checked)))
    offers = which(action, knowledge, local_day(now))
    if offers:
        lines.append(words.say("document.entries"))
    rows: list[tuple[Button, ...]] = [(Button(label=offer.label(language), data=offer.data),) for offer in offers]
    others = (*((document.replaced_by,) if document.replaced_by else ()), *document.amended_by)
    for number in others[:3]:
        data = buttons.document(number) if number in knowledge.snapshot.document_names else None
        if data is not None:
            rows.append((Button(label=words.line("button.document", number=number), data=data),))
    rows.append((Button(label=words.line("button.ask"), data=buttons.ASK),))
    return OutgoingMessage(text=join(lines, "\n"), buttons=tuple(rows))


def _footer(entry: Entry, knowledge: Knowledge, words: Wording) -> Iterator[RichText]:
    """Everything below the answer, a line each."""
    snapshot, language = knowledge.snapshot, words.language
    if entry.basis:
        yield words.say("answer.basis")
        yield from _basis(entry, knowledge, words)
    if entry.advice:
        yield words.say("answer.advice")
    for document in snapshot.replaced_documents(entry):
        if document.replaced_by is not None:
            # An entry that rests on the successor too was written with it in mind.
            known = any(b.document == document.replaced_by for b in entry.basis)
            yield words.say(
                "answer.replaced_known" if known else "answer.replaced", number=document.number, by=document.replaced_by
            )
        else:
            yield words.say("answer.expired", number=document.number)
    for document in _documents(entry, knowledge):
        if document.status is DocumentStatus.UNKNOWN:
            yield words.say("answer.status_unknown", number=document.number)
        elif document.status is DocumentStatus.NOT_YET:
            day = show_day(document.effective) if document.effective else "…"
            yield words.say("answer.not_yet", number=document.number, day=day)
    if entry.handler is not None:
        yield words.say("answer.handler", handler=entry.handler.get(language))
    if entry.verification.status == "secondary" and entry.verification.confirm is not None:
        department = snapshot.department_of(entry).name.get(language)
        yield words.say("answer.confirm", department=department, what=entry.verification.confirm.get(language))
    yield words.say("answer.checked", day=show_day(entry.verification.checked))
    if entry.approved is None:
        yield words.say("answer.trial")


def _documents(entry: Entry, knowledge: Knowledge) -> tuple[Document, ...]:
    names = knowledge.snapshot.document_names
    found = (names.get(basis.document) for basis in entry.basis if basis.document is not None)
    return tuple({d.number: d for d in found if d is not None}.values())


def _basis(entry: Entry, knowledge: Knowledge, words: Wording) -> Iterator[RichText]:
    """One line for each document or page: its title once, then all the articles."""
    grouped: dict[str, list[Basis]] = {}
    for basis in entry.basis:
        grouped.setdefault(basis.document or str(basis.url), []).append(basis)
    for name, group in grouped.items():
        articles = "; ".join(cite(basis.article, words.language) for basis in group if basis.article)
        tail = (Span(text=f": {articles}"),) if articles else ()
        document = knowledge.snapshot.document_names.get(name)
        if document is not None:
            title = (Span(text=f" – {document.title.get(words.language)}"),)
            yield join([(Span(text="• "),), (_linked(document)), title, tail])
        elif group[0].document is not None:
            yield join([(Span(text=f"• {name}"),), tail])
        else:
            page = group[0].title.get(words.language) if group[0].title is not None else name
            yield join([(Span(text="• "),), (Span(text=page, url=name),), tail])


def cite(article: str, language: str) -> str:
    """An article as it is cited in a language."""
    if language == "en":
        for pattern, english in _CITATION:
            article = pattern.sub(english, article)
    return article


def _linked(document: Document) -> RichText:
    return (Span(text=document.number, url=str(document.url) if document.url is not None else None),)
