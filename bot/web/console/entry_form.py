"""What is typed into an entry's form, and the entry that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bot.faq.schema import Audience
from bot.text import fold
from bot.web.console.typing_in import Row, day_of, dig, lines_of, pair_of, rows_of, written
from bot.web.console.visits import Form

#: Where each box of the form stands in an entry.
PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id",),
        "topic": ("topic",),
        "question_vi": ("question", "vi"),
        "question_en": ("question", "en"),
        "answer_vi": ("answer", "vi"),
        "answer_en": ("answer", "en"),
        "phrasings_vi": ("phrasings", "vi"),
        "phrasings_en": ("phrasings", "en"),
        "keywords_vi": ("keywords", "vi"),
        "keywords_en": ("keywords", "en"),
        "asks_vi": ("asks", "question", "vi"),
        "asks_en": ("asks", "question", "en"),
        "handler_vi": ("handler", "vi"),
        "handler_en": ("handler", "en"),
        "department": ("department",),
        "verification": ("verification", "status"),
        "checked": ("verification", "checked"),
        "confirm_vi": ("verification", "confirm", "vi"),
        "confirm_en": ("verification", "confirm", "en"),
        "valid_from": ("valid", "from"),
        "valid_until": ("valid", "until"),
        "review_by": ("review_by",),
        "related": ("related",),
        "aliases": ("aliases",),
    }
)
BASIS = ("document", "article", "url", "title_vi", "title_en")
CHOICE = ("label_vi", "label_en", "entry", "answer_vi", "answer_en")
#: Rows that are always there to be filled in; a form without scripts can't add any.
SPARE_BASIS = 3
CHOICES = 6
_SMALL_WORDS = (
    *("a", "an", "and", "are", "at", "be", "can", "did", "do", "does", "for", "how", "i", "in", "is", "it", "must"),
    *("my", "of", "on", "or", "the", "to", "we", "what"),
)


@dataclass(frozen=True, slots=True)
class EntryTyped:
    """The fields as text, so that a refused form shows exactly what was typed."""

    texts: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(PLACES, ""))
    audience: tuple[str, ...] = ()
    basis: tuple[Row, ...] = ()
    choices: tuple[Row, ...] = ()
    advice: bool = False
    why: str = ""

    @classmethod
    def of_form(cls, form: Form) -> EntryTyped:
        """What came with the form."""
        return cls(
            texts={name: form(name) for name in PLACES},
            audience=tuple(a for a in form.all("audience") if a in tuple(Audience)),
            basis=rows_of(form, "basis", BASIS),
            choices=rows_of(form, "choice", CHOICE),
            advice=bool(form("advice")),
            why=form("why"),
        )

    @classmethod
    def of_content(cls, content: Mapping[str, Any], why: str = "") -> EntryTyped:
        """An entry that is there, for editing."""
        basis = [
            {
                **{name: written(dig(row, name)) for name in BASIS[:3]},
                **{f"title_{language}": written(dig(row, "title", language)) for language in ("vi", "en")},
            }
            for row in dig(content, "basis") or ()
        ]
        choices = [
            {
                "entry": written(dig(row, "entry")),
                **{f"{n}_{lang}": written(dig(row, n, lang)) for n in ("label", "answer") for lang in ("vi", "en")},
            }
            for row in dig(content, "asks", "choices") or ()
        ]
        return cls(
            texts={name: written(dig(content, *steps)) for name, steps in PLACES.items()},
            audience=tuple(dig(content, "audience") or ()),
            basis=tuple(basis),
            choices=tuple(choices),
            advice=bool(dig(content, "advice")),
            why=why,
        )

    def content(self) -> dict[str, Any]:
        """The entry as a revision keeps it; not approved by anybody, since nobody has read this text yet."""
        t = self.texts
        return {
            "id": t["id"] or slug_of(t["question_en"]),
            "aliases": lines_of(t["aliases"]),
            "topic": t["topic"],
            "audience": list(self.audience),
            "question": {"vi": t["question_vi"], "en": t["question_en"]},
            "phrasings": {language: lines_of(t[f"phrasings_{language}"]) for language in ("vi", "en")},
            "keywords": {language: lines_of(t[f"keywords_{language}"]) for language in ("vi", "en")},
            "answer": {"vi": t["answer_vi"], "en": t["answer_en"]},
            "asks": self._asks(),
            "basis": [_basis(row) for row in self.basis],
            "advice": self.advice,
            "handler": pair_of(t["handler_vi"], t["handler_en"]),
            "department": t["department"] or None,
            "verification": {
                "status": t["verification"],
                "checked": day_of(t["checked"]),
                "confirm": pair_of(t["confirm_vi"], t["confirm_en"]),
            },
            "approved": None,
            "valid": {"from": day_of(t["valid_from"]), "until": day_of(t["valid_until"])},
            "review_by": day_of(t["review_by"]),
            "related": lines_of(t["related"]),
        }

    def _asks(self) -> dict[str, Any] | None:
        question = pair_of(self.texts["asks_vi"], self.texts["asks_en"])
        if question is None and not self.choices:
            return None
        return {
            "question": question or {"vi": "", "en": ""},
            "choices": [
                {
                    "label": {"vi": row["label_vi"], "en": row["label_en"]},
                    "entry": row["entry"] or None,
                    "answer": pair_of(row["answer_vi"], row["answer_en"]),
                }
                for row in self.choices
            ],
        }

    @property
    def basis_rows(self) -> tuple[Row, ...]:
        """What was typed, and rows to be filled in."""
        return (*self.basis, *(dict.fromkeys(BASIS, "") for _ in range(SPARE_BASIS)))

    @property
    def choice_rows(self) -> tuple[Row, ...]:
        """The same for the choices of a question that is asked back."""
        return (*self.choices, *(dict.fromkeys(CHOICE, "") for _ in range(CHOICES - len(self.choices))))


def _basis(row: Row) -> dict[str, Any]:
    return {
        "document": row["document"] or None,
        "article": row["article"] or None,
        "url": row["url"] or None,
        "title": pair_of(row["title_vi"], row["title_en"]),
    }


def slug_of(question: str) -> str:
    """An id made of the words of an English question: `Do I need a licence?` → `need-licence`."""
    words = [w for w in re.findall(r"[a-z0-9]+", fold(question)) if w not in _SMALL_WORDS]
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > 48:
            break
        slug = longer
    return slug
