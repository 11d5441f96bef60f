"""Questions for a legal document itself: "nghị định 142/2017 còn hiệu lực không", "41/2026/NĐ-CP"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.faq.schema import Document, DocumentStatus
from bot.faq.snapshot import Snapshot
from bot.text import clean, fold

_NUMBER = re.compile(
    r"(?<![\w/])(\d{1,4})\s*/\s*((?:19|20)\d\d|vbhn)(?:\s*[/-]\s*([a-zđ0-9]+(?:-[a-zđ0-9]+)*))?", re.IGNORECASE
)
_KINDS = {
    **dict.fromkeys(("nghi dinh", "nd", "ndcp", "nd-cp", "decree"), "nd"),
    **dict.fromkeys(("thong tu", "tt", "circular"), "tt"),
    **dict.fromkeys(("quyet dinh", "qd", "decision"), "qd"),
    **dict.fromkeys(("luat", "bo luat", "law"), "qh"),
    "chi thi": "ct",
    "nghi quyet": "nq",
}
_KIND = rf"\b({'|'.join(sorted(_KINDS, key=len, reverse=True))})\s*(?:so\s*)?"
_TYPED = re.compile(_KIND + r"(\d{1,4})\b(?!\s*(?:m|met|trieu|ngay|thang|nam|cv|gt|nguoi)\b)")
_TYPED_BEFORE = re.compile(_KIND + "$")
_MENTIONED = re.compile(
    r"(?:\b(?:theo|tại|tai|under|per)\s+)?"
    r"(?:\b(?:nghị định|nghi dinh|nđ|nd|thông tư|thong tu|tt|quyết định|quyet dinh|qđ|qd|luật|luat"
    r"|decree|circular|decision|law)\s*(?:số|so|no\.?)?\s*)?" + _NUMBER.pattern,
    re.IGNORECASE,
)
#: What a document is called when it is asked for by name; decisions and directives have names like anything else.
_NAMED = re.compile(r"\b(luat|nghi dinh|thong tu|law|decree|circular)\b")
#: So much of a title's telling words must be said.
MOST_OF_A_TITLE = 0.6
_GONE = (DocumentStatus.REPLACED, DocumentStatus.EXPIRED)
_WORD = re.compile(r"[^\W_]+")
#: Words that ask for the document itself; whatever else remains makes it a question about something.
_ABOUT_ITSELF_TEXT = """
nghi dinh nd ndcp cp thong tu tt quyet luat bo chi thi so van ban phap document decree circular decision law la gi
ve noi quy con hieu luc khong ko k hong chua het hay da bi thay the boi cai nao nay moi nhat sua doi sung hanh ngay
nam thang khi cho em toi hoi xin xem coi tim tra cuu doc tai o dau dung ap co duoc xai nua gio hien vay a ha ad anh
oi is in force still of what about title status valid replaced amended by and when was it issued please find me text
full toan link file pdf gom nhung dieu chinh may
"""
_ABOUT_ITSELF = frozenset(_ABOUT_ITSELF_TEXT.split())


@dataclass(frozen=True, slots=True)
class Lookup:
    """A document that is asked for: the one meant, or None when the registry doesn't know it."""

    asked: str
    document: Document | None


def find_lookup(text: str, snapshot: Snapshot) -> Lookup | None:
    """The document that a message asks for; None if it asks for something else and perhaps only mentions a document."""
    line = fold(clean(text))
    full = _NUMBER.search(line)
    year: str | None = None
    kind: str | None
    if full is not None:
        before = _TYPED_BEFORE.search(line[: full.start()])
        number, year = full.group(1), full.group(2)
        kind = full.group(3) or (_KINDS[before.group(1)] if before else None)
    elif (full := _TYPED.search(line)) is not None:
        number, kind = full.group(2), _KINDS[full.group(1)]
    else:
        return _by_title(line, snapshot)
    rest = line[: full.start()] + " " + line[full.end() :]
    if any(w not in _ABOUT_ITSELF for w in _WORD.findall(rest)):
        return None
    found = [d for d in snapshot.documents.values() if _is(d, number, year, kind)]
    if year is None and len(found) != 1:
        return None
    found.sort(key=lambda d: (d.status in _GONE, -(d.issued or d.checked).toordinal()))
    return Lookup(full.group(0).strip(), found[0] if found else None)


def _by_title(line: str, snapshot: Snapshot) -> Lookup | None:
    """The document that is asked for by its name ("luật thủy sản còn hiệu lực không"); None unless just one fits."""
    if not _NAMED.search(line):
        return None
    wanted = {w for w in _WORD.findall(line) if w not in _ABOUT_ITSELF}
    if len(wanted) < 2:
        return None
    found = []
    for document in snapshot.documents.values():
        for name in (document.title.vi, document.title.en, *document.aliases):
            words = {w for w in _WORD.findall(fold(name)) if w not in _ABOUT_ITSELF}
            if wanted <= words and len(wanted) >= MOST_OF_A_TITLE * len(words):
                found.append((len(words) - len(wanted), document.status in _GONE, document.number, document))
                break
    found.sort(key=lambda f: f[:3])
    if not found or (len(found) > 1 and found[0][:2] == found[1][:2]):
        return None
    return Lookup(line, found[0][3])


def without_documents(text: str) -> str:
    """The message without numbers of documents: they say where a rule stands, not what is asked."""
    line = clean(text)
    return _MENTIONED.sub(" ", line) if _NUMBER.search(line) else line


def _is(document: Document, number: str, year: str | None, kind: str | None) -> bool:
    """Whether one of the document's names has that number, year and (as far as typed) kind."""
    for name in (document.number, *document.aliases):
        found = _NUMBER.match(fold(name))
        if found is None or found.group(1).lstrip("0") != number.lstrip("0"):
            continue
        if year is not None and found.group(2) != year:
            continue
        own = (found.group(3) or "").replace("-", "")
        if kind is None or own.startswith(kind.replace("-", "")[:2]) or not own:
            return True
    return False
