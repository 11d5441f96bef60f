"""Knowledge becomes live only as a whole: a snapshot of all files, or an error that names every problem."""

from __future__ import annotations

from pathlib import Path

from bot.errors import OperatorError
from bot.faq.lint import cross_check
from bot.faq.reading import read
from bot.faq.snapshot import Snapshot
from bot.faq.yaml_source import Problem


class KnowledgeError(OperatorError):
    """The knowledge can't be used as it stands; `problems` says what to mend, by file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(root: Path) -> Snapshot:
    """The snapshot of a knowledge folder; raises `KnowledgeError` when anything in it is wrong."""
    snapshot, reading = read(root)
    problems = list(reading.problems)
    if snapshot is not None:
        problems += [p for p in cross_check(snapshot, reading) if p.severity == "error"]
    if snapshot is None or problems:
        raise KnowledgeError(tuple(problems))
    return snapshot
