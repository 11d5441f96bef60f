"""The figures: shares with Wilson's interval, differences with a paired bootstrap, counted as `score.py` counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching import Decision, Distress, Match
from tests.benchmarks.eval.questions import KINDS, Question

ALL = "all"
SEED = 4
ROUNDS = 4000


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % interval (Wilson)."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        """The share in percent; 0 of 0 is 0."""
        return 100 * self.hits / max(self.of, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high end in percent."""
        low, high = wilson(self.hits, self.of)
        return 100 * low, 100 * high

    def as_json(self) -> dict[str, float | int | list[float]]:
        """For the JSON file."""
        low, high = self.interval
        return {
            "hits": self.hits,
            "of": self.of,
            "percent": round(self.percent, 2),
            "ci95": [round(low, 2), round(high, 2)],
        }


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share; (0, 1) where nothing was asked."""
    if of == 0:
        return 0.0, 1.0
    p = hits / of
    d = 1 + z * z / of
    middle = p + z * z / (2 * of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return max(0.0, (middle - half) / d), min(1.0, (middle + half) / d)


@dataclass(frozen=True, slots=True)
class Found:
    """The first entries that a method gave for one question with an answer, best first."""

    question: Question
    entries: tuple[str, ...]

    @property
    def first(self) -> bool:
        """Whether the right one comes first."""
        return bool(self.entries) and self.entries[0] in self.question.expect

    @property
    def three(self) -> bool:
        """Whether the right one is among the first three."""
        return not set(self.entries[:3]).isdisjoint(self.question.expect)


def ranking_figures(found: Sequence[Found]) -> dict[str, dict[str, Share]]:
    """Right one first, right one among three; for all questions together and by kind."""
    figures = {}
    for kind in (ALL, *KINDS):
        of = [f for f in found if kind in (ALL, f.question.kind)]
        if of:
            figures[kind] = {
                "top1": Share(sum(f.first for f in of), len(of)),
                "top3": Share(sum(f.three for f in of), len(of)),
            }
    return figures


@dataclass(frozen=True, slots=True)
class Difference:
    """By how many points one method is better than another at the right one first, with the 95 % interval."""

    points: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.points:+.1f} [{self.low:+.1f}, {self.high:+.1f}]"


def difference(ours: Sequence[Found], theirs: Sequence[Found], *, rounds: int = ROUNDS) -> Difference:
    """Paired bootstrap over entries: questions for the same entry stand or fall together."""
    gains: dict[str, list[int]] = {}
    for a, b in zip(ours, theirs, strict=True):
        if a.question.id != b.question.id:
            raise ValueError("the two were not asked the same questions in the same order")
        gains.setdefault(a.question.expect[0], []).append(int(a.first) - int(b.first))
    if not gains:
        return Difference(0.0, 0.0, 0.0)
    total = np.array([sum(g) for g in gains.values()], dtype=np.float64)
    count = np.array([len(g) for g in gains.values()], dtype=np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(total), size=(rounds, len(total)))
    means = 100 * total[drawn].sum(axis=1) / count[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(100 * total.sum() / count.sum()), float(low), float(high))


def decision_figures(asked: Sequence[tuple[Question, Match]], aliases: Mapping[str, str]) -> dict[str, Share]:
    """What became of the messages. Keys with a dot are by kind: `right.story`."""
    count: Counter[str] = Counter()
    of: Counter[str] = Counter()

    def tell(name: str, *, hit: bool) -> None:
        count[name] += hit
        of[name] += 1

    for question, match in asked:
        alarm = match.decision is Decision.EMERGENCY
        if question.cls in ("answer", "out_of_scope", "smalltalk"):
            tell("ordinary_certain", hit=alarm)
            tell("ordinary_possible", hit=match.distress is Distress.POSSIBLE)
        if question.cls == "answer":
            for end in ("", "." + question.kind):
                for name, hit in _outcome(question, match, aliases).items():
                    tell(name + end, hit=hit)
        elif question.cls == "distress":
            tell("distress", hit=alarm or match.distress is not None)
            tell("distress_certain", hit=alarm)
        elif question.cls == "distress_info":
            tell("info_certain", hit=alarm)
            tell("info_possible", hit=match.distress is Distress.POSSIBLE)
        elif question.cls == "out_of_scope":
            for end in ("", "." + question.kind):
                tell("oos_answered" + end, hit=match.decision is Decision.ANSWER)
                tell("oos_asked_back" + end, hit=match.decision is Decision.CLARIFY)
        elif question.cls == "smalltalk":
            passed_on = question.kind == "human" and match.decision is Decision.ESCALATE
            tell("smalltalk", hit=match.decision is Decision.SMALLTALK or passed_on)
    wrong = sum(
        match.decision is Decision.ANSWER
        and question.cls in ("answer", "out_of_scope")
        and not _right(question, match, aliases)
        for question, match in asked
    )
    shares = {name: Share(count[name], of[name]) for name in of}
    shares["wrong_of_all_messages"] = Share(wrong, len(asked))
    return shares


def _outcome(question: Question, match: Match, aliases: Mapping[str, str]) -> dict[str, bool]:
    answered, asked_back = match.decision is Decision.ANSWER, match.decision is Decision.CLARIFY
    right = answered and _right(question, match, aliases)
    shown = not set(entries_of(match, aliases)[:3]).isdisjoint(question.expect)
    alarm = match.decision is Decision.EMERGENCY
    return {
        "right": right,
        "wrong": answered and not right,
        "asked_back_shown": asked_back and shown,
        "asked_back": asked_back,
        "alarm": alarm,
        "passed_on": not (answered or asked_back or alarm),
    }


def _right(question: Question, match: Match, aliases: Mapping[str, str]) -> bool:
    return question.cls == "answer" and aliases.get(match.entry or "", match.entry) in question.expect


def entries_of(match: Match, aliases: Mapping[str, str]) -> tuple[str, ...]:
    """A match's candidates by their present ids."""
    return tuple(aliases.get(c.entry, c.entry) for c in match.candidates)
