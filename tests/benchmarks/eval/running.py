"""Asking a method all questions: what it finds, how long it takes, how much memory it needs."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.faq import Snapshot
from bot.matching import Match, Matcher
from tests.benchmarks.eval.figures import Found, Share, decision_figures, entries_of, ranking_figures
from tests.benchmarks.eval.peers import Peer
from tests.benchmarks.eval.questions import Question

Answer = TypeVar("Answer")

#: Questions asked before the clock runs.
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One method's line of the table. Times are milliseconds of the processor, memory is megabytes."""

    name: str
    found: tuple[Found, ...]
    build_s: float
    p50_ms: float
    p99_ms: float
    memory_mb: float
    ours: bool = False
    matches: tuple[tuple[Question, Match], ...] = ()
    decisions: dict[str, Share] = field(default_factory=dict)

    @property
    def figures(self) -> dict[str, dict[str, Share]]:
        """Right one first and among three, by kind."""
        return ranking_figures(self.found)

    @property
    def first(self) -> Share:
        """Right one first, all kinds pooled."""
        return Share(sum(f.first for f in self.found), len(self.found))

    @property
    def three(self) -> Share:
        """Right one among three, all kinds pooled."""
        return Share(sum(f.three for f in self.found), len(self.found))


def ask_peer(name: str, build: Callable[[], Peer], questions: Sequence[Question]) -> Row:
    """A peer's row: only questions with an answer are asked."""
    answerable = [q for q in questions if q.cls == "answer"]
    memory, begun = _memory(), time.process_time()
    peer = build()
    built = time.process_time() - begun
    answers, took = _timed(peer.find, answerable)
    found = tuple(Found(q, a) for q, a in zip(answerable, answers, strict=True))
    return Row(name, found, built, *took, max(_memory() - memory, 0.0))


def ask_matcher(name: str, build: Callable[[], Matcher], questions: Sequence[Question], snapshot: Snapshot) -> Row:
    """Our own row: all messages are asked."""
    memory, begun = _memory(), time.process_time()
    matcher = build()
    built = time.process_time() - begun
    answers, took = _timed(matcher.match, questions)
    grown = max(_memory() - memory, 0.0)
    asked = tuple(zip(questions, answers, strict=True))
    found = tuple(Found(q, entries_of(m, snapshot.aliases)) for q, m in asked if q.cls == "answer")
    decisions = decision_figures(asked, snapshot.aliases)
    return Row(name, found, built, *took, grown, ours=True, matches=asked, decisions=decisions)


def _timed(find: Callable[[str], Answer], questions: Sequence[Question]) -> tuple[list[Answer], tuple[float, float]]:
    for question in questions[:WARM_UP]:
        # Not the questions themselves: what is remembered from the warm-up would be found too fast.
        find("thử " + question.text)
    answers, took = [], []
    for question in questions:
        begun = time.process_time()
        answers.append(find(question.text))
        took.append(1000 * (time.process_time() - begun))
    took.sort()
    return answers, (took[len(took) // 2], took[len(took) * 99 // 100]) if took else (0.0, 0.0)


def _memory() -> float:
    """Resident memory in MB, after what is no longer needed was given back; 0 where it can't be told."""
    gc.collect()
    status = Path("/proc/self/status")
    if sys.platform != "linux" or not status.is_file():
        return 0.0
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
