"""Data blocks in pages: JSON that nothing in it can break out of, and what search engines read."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from bot.faq import Entry

#: `<` could end the block, `&` could be read as an entity by XML tools, the separators end a line in old JavaScript.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def data_block(data: Any) -> Markup:
    """JSON for inside a `<script type="application/…json">`."""
    return Markup(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S704 - escaped the line above


def _whole(entry: Entry, lang: str) -> str:
    """The answer with the parts that are shown behind its choices."""
    choices = entry.asks.choices if entry.asks is not None else ()
    parts = (f"{c.label.get(lang)}: {c.answer.get(lang)}" for c in choices if c.answer is not None)
    return "\n\n".join((entry.answer.get(lang), *parts))


def faq_page(entry: Entry, *, lang: str, url: str) -> Markup:
    """The entry as schema.org's FAQPage (https://schema.org/FAQPage)."""
    return data_block(
        {
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "inLanguage": lang,
            "url": url,
            "dateModified": entry.verification.checked.isoformat(),
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": entry.question.get(lang),
                    "acceptedAnswer": {"@type": "Answer", "text": _whole(entry, lang)},
                }
            ],
        }
    )
