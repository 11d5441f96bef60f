"""The questions to measure with, read from JSON lines, and which half of them each belongs to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.faq import Snapshot

#: Kinds of questions that have an answer, in the order in which figures are shown.
KINDS = ("plain", "folded", "noisy", "story", "english")
HALVES = ("tuning", "held")


class NoQuestions(Exception):
    """There is nothing to measure with; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message as somebody typed it, with what is right: `expect` are the ids of entries, present names only."""

    id: str
    text: str
    cls: str
    kind: str
    expect: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        """The half that may be looked at while tuning, or the one that is held back."""
        return HALVES[int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2]


def read_questions(folder: Path, *, half: str | None = None) -> list[Question]:
    """All questions of a folder, or those of one half. Raises `NoQuestions`."""
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        raise NoQuestions(
            f"no questions in {folder}: give a folder of *.jsonl files with --questions (in `make eval`: QUESTIONS=…);"
            ' a line is {"id": …, "text": …, "class": …, "kind": …, "expect": […]}'
        )
    found = [_question(path, line) for path in files for line in path.read_text("utf-8").splitlines() if line.strip()]
    kept = [q for q in found if half is None or q.half == half]
    if not kept:
        raise NoQuestions(f"the files in {folder} hold no question of the half {half!r}")
    return kept


def _question(path: Path, line: str) -> Question:
    try:
        data = json.loads(line)
        return Question(data["id"], data["text"], data["class"], data.get("kind") or "", tuple(data.get("expect", ())))
    except (ValueError, KeyError, TypeError) as error:
        raise NoQuestions(f"{path.name}: a line is no question ({error!r})") from error


def against(questions: Sequence[Question], snapshot: Snapshot) -> list[Question]:
    """The questions as they stand to this knowledge.

    Aliases become the entries' present ids. A question none of whose entries exists is one out of scope, `near`.
    """
    return [_against(q, snapshot.aliases, snapshot.entries.keys()) for q in questions]


def _against(question: Question, aliases: Mapping[str, str], known: Collection[str]) -> Question:
    if question.cls != "answer":
        return question
    expect = tuple(dict.fromkeys(aliases.get(e, e) for e in question.expect))
    if not set(expect) & set(known):
        return replace(question, cls="out_of_scope", kind="near", expect=expect)
    return replace(question, expect=expect)
