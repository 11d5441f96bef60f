"""What is wrong with an entry or document that was written in the console, in words, beside the field where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.faq import Flaw
from bot.web.console.visits import Visit

_LANGUAGES = ("vi", "en")
#: Fields that are written in both languages, each in a box of its own.
_BILINGUAL = ("question", "answer", "title", "phrasings", "keywords", "handler", "confirm")


def field_of(flaw: Flaw) -> str:
    """The field of the form at which a flaw is shown."""
    steps = [str(step) for step in flaw.where]
    if not steps:
        return "basis"  # only one rule is about an entry as a whole: that it rests on something
    head, *rest = steps
    if head == "verification":
        # which claims are to be confirmed is what is missing when it is wrong as a whole
        head, *rest = rest or ["confirm"]
        head = "verification" if head == "status" else head
    if head == "valid":
        return f"valid_{rest[0] if rest else 'from'}"
    if head in _BILINGUAL:
        language = next((step for step in (*rest[:1], flaw.about) if step in _LANGUAGES), "vi")
        return f"{head}_{language}"
    return head


def label_of(visit: Visit, field: str) -> str:
    """The name of a field: the same on forms, beside differences, and in complaints."""
    base, _, language = field.rpartition("_")
    if base in _BILINGUAL and language in _LANGUAGES:
        return f"{visit.t(f'field.{base}')} ({visit.t(f'language.{language}')})"
    return visit.t(f"field.{field}")


def said(visit: Visit, flaw: Flaw) -> str:
    """A flaw in words that say what to do."""
    texts = visit.snapshot.wording[visit.language]
    if flaw.name == "form":
        # What pydantic says is for programmers: say what the field needs instead.
        field = field_of(flaw) if flaw.where else "root"
        base = field.rpartition("_")[0] if field.rpartition("_")[2] in _LANGUAGES else field
        key = f"flaw_form.{base}"
        return visit.t(key) if f"console.{key}" in texts else visit.t("flaw_form.other")
    key = f"flaw.{flaw.name}"
    return visit.t(key, about=flaw.about) if f"console.{key}" in texts else flaw.message


def by_field(visit: Visit, flaws: Iterable[Flaw]) -> Mapping[str, tuple[str, ...]]:
    """What is wrong, by the field beside which it is said; each thing once."""
    found: dict[str, dict[str, None]] = {}
    for flaw in flaws:
        found.setdefault(field_of(flaw), {})[said(visit, flaw)] = None
    return {field: tuple(texts) for field, texts in found.items()}


def listed(visit: Visit, flaws: Iterable[Flaw]) -> tuple[str, ...]:
    """The same as lines that name the field."""
    return tuple(
        f"{label_of(visit, field)}: {text}" for field, texts in by_field(visit, flaws).items() for text in texts
    )
