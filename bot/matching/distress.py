"""Recognising people in danger by the patterns of `emergency.yaml`: deterministic, usable without anything else."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from threading import Lock

from bot.faq.schema import Emergency
from bot.matching.decisions import Distress
from bot.text import COMMON, Normaliser, clean, fold
from bot.text.patterns import Line, Pattern, PatternSet, first_match

#: `/help` asks for the menu.
_COMMAND = re.compile(r"\s*/\w+\s*")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in a message: how sure, which kind, and the patterns that say so."""

    distress: Distress | None
    kind: str | None
    why: tuple[str, ...] = ()


class DistressRules:
    """The compiled rules of one `Emergency`; raises `PatternError` for a pattern that can't be read."""

    def __init__(self, emergency: Emergency) -> None:
        kinds = [(k.id, k.certain, k.possible) for k in emergency.kinds]
        general = {name: getattr(emergency, name) for name in _GENERAL}
        sources = [p for _, certain, possible in kinds for p in (*certain, *possible)]
        sources += [p for group in general.values() for p in group]
        patterns = PatternSet(emergency.lists, emergency.lookalikes, sources)

        def compiled(group: Iterable[str]) -> tuple[Pattern, ...]:
            return tuple(patterns.compile(p) for p in group)

        self._certain = tuple((kind, compiled(certain)) for kind, certain, _ in kinds)
        self._possible = tuple((kind, compiled(possible)) for kind, _, possible in kinds)
        danger = frozenset(patterns.vocabulary)
        self._general = {name: compiled(group) for name, group in general.items()}
        self._last_kind = kinds[-1][0]
        self._patterns = patterns
        known = dict.fromkeys((*patterns.vocabulary, *COMMON), 1)
        self._normaliser = Normaliser(known, corrections=danger)
        self._evidence = _weights(emergency.evidence)

    def find(self, text: str) -> Finding:
        """Whether somebody tells of danger now. Rules, news, drills, jokes and the past are never `CERTAIN`."""
        if _COMMAND.fullmatch(text):
            return Finding(None, None)
        findings = [self._find(part) for part in _windows(text)]
        order = {Distress.CERTAIN: 0, Distress.POSSIBLE: 1, None: 2}
        return min(findings, key=lambda f: order[f.distress])

    def _find(self, text: str) -> Finding:
        line = self._patterns.line(self._normaliser.words(text))
        if not line.text:
            return Finding(None, None)
        certain = _first(self._certain, line)
        told = certain or _first(self._possible, line)
        if told is None:
            return self._untold(line) if "?" not in text else Finding(None, None)
        kind, pattern = told
        found = {name: match for name in _BESIDE if (match := first_match(self._general[name], line))}
        asked = {"asks"} if "?" in text else set()
        evidence = self._weigh(line)
        level = _level(certain is not None, frozenset(found) | asked)
        if self._evidence and "help" not in found and line.text.count(" ") >= FEWEST:
            level = _doubted(level, evidence)
        if level is None and certain is not None and evidence >= OUTSPOKEN:
            level = Distress.POSSIBLE
        why = (f"distress {kind}: {pattern.source}", *(f"{name}: {match.source}" for name, match in found.items()))
        return Finding(level, kind if level is not None else None, (*why, f"words of danger: {evidence:.2f}"))

    def _untold(self, line: Line) -> Finding:
        """Danger that no pattern knows: nothing is asked or wanted, and the words are those of people in danger."""
        if line.text.count(" ") < FEWEST or any(
            first_match(self._general[name], line) for name in ("never", "not_now", "asks", "wants")
        ):
            return Finding(None, None)
        evidence = self._weigh(line)
        hints = [p for p in self._general["hints"] if first_match((p,), line)]
        setting = first_match(self._general["setting"], line)
        spoken = evidence >= SPOKEN and line.text.count(" ") >= FEWEST_ALONE
        hinted = len(hints) + (setting is not None) >= 2 and bool(hints) and evidence >= HINTED
        if not hinted and not spoken:
            return Finding(None, None)
        why = (f"words of danger: {evidence:.2f}", *(f"hint: {p.source}" for p in hints))
        return Finding(Distress.POSSIBLE, self._last_kind, why)

    def _weigh(self, line: Line) -> float:
        """How much the words and pairs of words speak for danger, not growing with the message's length."""
        plain = [fold(w.lstrip("'=")) for w in line.text.split() if not w.isdigit() and len(w) > 1]
        found = {*plain, *(f"{a}_{b}" for a, b in pairwise(plain))}
        return sum(self._evidence.get(f, 0.0) for f in found) / math.sqrt(max(len(found), 1))


#: Words that are looked at together.
WINDOW = 100
#: Evidence from which words alone make danger possible, and from which `hints` do.
SPOKEN = 1.5
HINTED = 0.5
#: Fewer words than this say too little to be weighed: beside hints, and without any.
FEWEST = 3
FEWEST_ALONE = 5
#: Evidence that makes danger possible beside a certain pattern, whatever speaks against it.
OUTSPOKEN = 2.6
#: Evidence below which a pattern isn't believed: people in danger speak otherwise.
DOUBTED = 0.3
CERTAIN_DOUBTED = 0.0
DENIED = -1.0


def _doubted(level: Distress | None, evidence: float) -> Distress | None:
    """The level once the other words of the message are weighed; a certain pattern needs strong words against it."""
    if level is Distress.CERTAIN:
        if evidence >= CERTAIN_DOUBTED:
            return level
        return Distress.POSSIBLE if evidence >= DENIED else None
    return level if evidence >= DOUBTED else None


def _windows(text: str) -> list[str]:
    """A long message in overlapping parts: a cry at its end is heard, a rule quoted at its start silences nothing."""
    words = clean(text).split()
    if len(words) <= WINDOW:
        return [text]
    step = WINDOW - WINDOW // 5
    return [" ".join(words[start : start + WINDOW]) for start in range(0, len(words), step)]


def _weights(text: str) -> dict[str, float]:
    pairs = (item.rpartition(":") for item in text.split())
    return {word: float(weight) for word, _, weight in pairs}


#: Looked at beside a kind's pattern; the others belong to `hints`.
_BESIDE = ("help", "still", "now", "not_now", "asks", "never")
_GENERAL = (*_BESIDE, "hints", "setting", "wants")


def _level(certain: bool, found: frozenset[str]) -> Distress | None:
    """The table at the head of `emergency.yaml`: a kind's pattern matched (`certain` or not), and what else did."""
    cry = "help" in found
    if "never" in found:
        return Distress.POSSIBLE if cry and certain else None
    if "not_now" in found and "still" not in found:
        return Distress.POSSIBLE if cry or (certain and "now" in found) else None
    if cry or (certain and ("asks" not in found or "still" in found)):
        return Distress.CERTAIN
    if not certain and "asks" in found and not found & {"now", "still"}:
        return None
    return Distress.POSSIBLE


def _first(kinds: Iterable[tuple[str, tuple[Pattern, ...]]], line: Line) -> tuple[str, Pattern] | None:
    for kind, patterns in kinds:
        if (found := first_match(patterns, line)) is not None:
            return kind, found
    return None


_ready: tuple[Emergency, DistressRules] | None = None
_lock = Lock()


def rules_of(emergency: Emergency) -> DistressRules:
    """The compiled rules of an `Emergency`; the last one is kept, so that asking again costs nothing."""
    global _ready
    ready = _ready
    if ready is not None and ready[0] is emergency:
        return ready[1]
    with _lock:
        rules = DistressRules(emergency)
        _ready = (emergency, rules)
    return rules


def distress_of(text: str, emergency: Emergency) -> tuple[Distress | None, str | None]:
    """How sure it is that the text tells of danger now, and of which kind (`DistressKind.id`)."""
    finding = rules_of(emergency).find(text)
    return finding.distress, finding.kind
