"""The curated knowledge: its schema, reading it from YAML, linting its form, the snapshot that all else reads.

In: the files of `knowledge/`. Out: a `Snapshot`, or a `KnowledgeError` that names every problem with file and line. It
knows nothing of matching, people or time.
"""

from bot.faq.lint import Flaw, check, document_flaws, entry_flaws, inspect
from bot.faq.loading import KnowledgeError, load
from bot.faq.schema import Document, Entry
from bot.faq.snapshot import Snapshot
from bot.faq.wording import UnknownWording, Wording
from bot.faq.yaml_source import Problem

__all__ = [
    "Document",
    "Entry",
    "Flaw",
    "KnowledgeError",
    "Problem",
    "Snapshot",
    "UnknownWording",
    "Wording",
    "check",
    "document_flaws",
    "entry_flaws",
    "inspect",
    "load",
]
