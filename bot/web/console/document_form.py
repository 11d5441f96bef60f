"""What is typed into a document's form, and the document that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bot.web.console.typing_in import day_of, dig, lines_of, written
from bot.web.console.visits import Form

#: Where each box of the form stands in a document.
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "number": ("number",),
        "title_vi": ("title", "vi"),
        "title_en": ("title", "en"),
        "issuer": ("issuer",),
        "issued": ("issued",),
        "effective": ("effective",),
        "status": ("status",),
        "replaced_by": ("replaced_by",),
        "amended_by": ("amended_by",),
        "aliases": ("aliases",),
        "url": ("url",),
        "note": ("note",),
        "checked": ("checked",),
    }
)


@dataclass(frozen=True, slots=True)
class DocumentTyped:
    """The fields as text, so that a refused form shows exactly what was typed."""

    texts: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(PLACES, ""))
    why: str = ""

    @classmethod
    def of_form(cls, form: Form) -> DocumentTyped:
        """What came with the form."""
        return cls({name: form(name) for name in PLACES}, form("why"))

    @classmethod
    def of_content(cls, content: Mapping[str, Any], why: str = "") -> DocumentTyped:
        """A document that is there, for editing."""
        return cls({name: written(dig(content, *steps)) for name, steps in PLACES.items()}, why)

    def content(self) -> dict[str, Any]:
        """The document as a revision keeps it."""
        t = self.texts
        return {
            "number": t["number"],
            "aliases": lines_of(t["aliases"]),
            "title": {"vi": t["title_vi"], "en": t["title_en"]},
            "issuer": t["issuer"],
            "issued": day_of(t["issued"]),
            "effective": day_of(t["effective"]),
            "status": t["status"],
            "amended_by": lines_of(t["amended_by"]),
            "replaced_by": t["replaced_by"] or None,
            "url": t["url"] or None,
            "note": t["note"] or None,
            "checked": day_of(t["checked"]),
        }
