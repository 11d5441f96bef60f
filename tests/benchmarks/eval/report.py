"""The table on the terminal and the same in JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.faq import Snapshot
from bot.matching import Decision
from tests.benchmarks.eval.figures import ALL, Difference, Share, difference
from tests.benchmarks.eval.questions import HALVES, KINDS
from tests.benchmarks.eval.running import Row

#: What is wanted of the right one first and among three (percent).
AIMS = {"plain": (90, 97), "folded": (90, 97), "noisy": (85, 95), "story": (70, 88), "english": (85, 95)}
#: Our decisions in the order of the table: key, what it says, what is wanted of it.
DECISIONS = (
    ("right", "answered outright, right", ">= 55"),
    ("wrong", "answered outright, wrong", ""),
    ("wrong_of_all_messages", "   wrong, of all messages", "<= 1"),
    ("asked_back_shown", "asked back, right one shown", ""),
    ("asked_back", "asked back", ""),
    ("passed_on", "passed to an officer", ""),
    ("alarm", "taken for danger", ""),
    ("oos_answered", "out of scope, answered outright", "<= 1"),
    ("oos_asked_back", "out of scope, asked back", ""),
    ("distress", "distress, certain or possible", "100"),
    ("distress_certain", "distress, certain", ">= 97"),
    ("info_certain", "about danger, false alarm", "<= 2"),
    ("info_possible", "about danger, possible", ""),
    ("ordinary_certain", "other messages, false alarm", "<= 0.2"),
    ("ordinary_possible", "other messages, possible", "<= 3"),
    ("smalltalk", "small talk taken as such", ""),
)


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run has measured."""

    rows: tuple[Row, ...]
    knowledge: str
    entries: int
    phrasings: int
    messages: int
    half: str

    @property
    def ours(self) -> tuple[Row, ...]:
        """Our own rows."""
        return tuple(r for r in self.rows if r.ours)

    @property
    def best_peer(self) -> Row | None:
        """The peer that has the right one first most often."""
        peers = [r for r in self.rows if not r.ours]
        return max(peers, key=lambda r: r.first.hits) if peers else None

    def ahead(self, row: Row) -> Difference | None:
        """By how much ours (the first row) leads a peer; for our own rows, by how much they lead the best peer."""
        if row.ours:
            return difference(row.found, self.best_peer.found) if self.best_peer is not None else None
        return difference(self.rows[0].found, row.found)


def of_knowledge(rows: Sequence[Row], snapshot: Snapshot, messages: int, half: str) -> Report:
    """The report of some rows."""
    phrasings = sum(len(e.phrasings.vi) + len(e.phrasings.en) + 2 for e in snapshot.entries.values())
    return Report(tuple(rows), snapshot.version, len(snapshot.entries), phrasings, messages, half)


def table(report: Report) -> Iterator[str]:
    """Right one first / among three in percent, intervals below; then what becomes of messages."""
    asked = len(report.rows[0].found)
    yield (
        f"{report.messages} messages ({report.half}), {asked} with an answer; knowledge {report.knowledge}: "
        f"{report.entries} entries, {report.phrasings} phrasings"
    )
    yield "right one first / among the first three, %, with 95 % intervals (Wilson); lead: ours at first place minus"
    yield "theirs, ours minus the best peer's, in points (bootstrap over entries)"
    yield ""
    yield from _ranking(report)
    if report.ours:
        yield ""
        yield from _decisions(report)


def _ranking(report: Report) -> Iterator[str]:
    width = max(len(r.name) for r in report.rows) + 1
    heads = [k for k in (ALL, *KINDS) if k in report.rows[0].figures]
    sizes = {k: report.rows[0].figures[k]["top1"].of for k in heads}
    yield (
        " " * width + "".join(f"{f'{k} ({sizes[k]})':>16}" for k in heads) + f"{'lead':>20}{'p50/p99 ms':>14}{'MB':>6}"
    )
    for row in report.rows:
        figures, ahead = row.figures, report.ahead(row)
        cells = "".join(f"{_pair(figures[k]):>16}" for k in heads)
        yield (
            f"{row.name:{width}}{cells}{str(ahead) if ahead else '':>20}"
            f"{f'{row.p50_ms:.1f}/{row.p99_ms:.1f}':>14}{row.memory_mb:>6.0f}"
        )
        yield " " * width + "".join(f"{_intervals(figures[k]):>16}" for k in heads)
    aims = "".join(f"{('%d / %d' % AIMS[k]) if k in AIMS else '':>16}" for k in heads)  # noqa: UP031 - a pair
    yield f"{'aim':{width}}{aims}{'>= 8 to best':>20}"


def _pair(figures: dict[str, Share]) -> str:
    return f"{figures['top1'].percent:.1f} / {figures['top3'].percent:.1f}"


def _intervals(figures: dict[str, Share]) -> str:
    first, three = figures["top1"].interval, figures["top3"].interval
    return f"{first[0]:.0f}-{first[1]:.0f} / {three[0]:.0f}-{three[1]:.0f}"


def _decisions(report: Report) -> Iterator[str]:
    yield f"{'':34}" + "".join(f"{r.name:>42}" for r in report.ours) + f"{'aim':>9}"
    for key, name, aim in DECISIONS:
        if not any(key in r.decisions for r in report.ours):
            continue
        cells = "".join(f"{_share(r.decisions.get(key)):>42}" for r in report.ours)
        yield f"{name:34}{cells}{aim:>9}"
    for half in HALVES:
        halves = [[f for f in r.found if f.question.half == half] for r in report.ours]
        if any(halves):
            shares = (
                f"{Share(sum(f.first for f in h), len(h)).percent:.1f} / "
                f"{Share(sum(f.three for f in h), len(h)).percent:.1f} of {len(h)}"
                for h in halves
            )
            yield f"{f'first / among three, half {half}':34}" + "".join(f"{s:>42}" for s in shares)


def _share(share: Share | None) -> str:
    if share is None:
        return ""
    low, high = share.interval
    return f"{share.hits}/{share.of}  {share.percent:.1f} % [{low:.1f}, {high:.1f}]"


def as_json(report: Report) -> dict[str, Any]:
    """Everything in the table, and every decision by kind."""
    best = report.best_peer
    return {
        "knowledge": report.knowledge,
        "entries": report.entries,
        "phrasings": report.phrasings,
        "messages": report.messages,
        "half": report.half,
        "best_peer": best.name if best is not None else None,
        "rows": [_row_json(report, row) for row in report.rows],
    }


def _row_json(report: Report, row: Row) -> dict[str, Any]:
    ahead = report.ahead(row)
    halves: dict[str, Any] = {}
    for half in HALVES:
        found = [f for f in row.found if f.question.half == half]
        halves[half] = {
            "top1": Share(sum(f.first for f in found), len(found)).as_json(),
            "top3": Share(sum(f.three for f in found), len(found)).as_json(),
        }
    return {
        "name": row.name,
        "ours": row.ours,
        "kinds": {kind: {k: s.as_json() for k, s in shares.items()} for kind, shares in row.figures.items()},
        "halves": halves,
        "lead": None
        if ahead is None
        else {"points": round(ahead.points, 2), "ci95": [round(ahead.low, 2), round(ahead.high, 2)]},
        "decisions": {name: share.as_json() for name, share in sorted(row.decisions.items())},
        "build_s": round(row.build_s, 2),
        "p50_ms": round(row.p50_ms, 3),
        "p99_ms": round(row.p99_ms, 3),
        "memory_mb": round(row.memory_mb, 1),
    }


def ablation_table(rows: Sequence[Row | str]) -> Iterator[str]:
    """What is lost without each idea, in points at first place, all kinds pooled."""
    base = next(r for r in rows if isinstance(r, Row))
    width = max(len(r if isinstance(r, str) else r.name) for r in rows) + 1
    yield f"{'':{width}}{'first / three':>16}{'gain of the idea':>22}{'story':>16}{'right':>8}{'wrong':>8}"
    for row in rows:
        if isinstance(row, str):
            yield f"{row:{width}}can't be left out from outside any more"
            continue
        gain = "" if row is base else str(difference(base.found, row.found))
        story = _pair(row.figures["story"]) if "story" in row.figures else ""
        right, wrong = (row.decisions[k].percent if k in row.decisions else 0.0 for k in ("right", "wrong"))
        yield f"{row.name:{width}}{_pair(row.figures[ALL]):>16}{gain:>22}{story:>16}{right:>8.1f}{wrong:>8.1f}"


def ablation_json(rows: Sequence[Row | str]) -> list[dict[str, Any]]:
    """The same for the file."""
    base = next(r for r in rows if isinstance(r, Row))
    told = []
    for row in rows:
        if isinstance(row, Row):
            gain = difference(base.found, row.found)
            told.append(
                {
                    "name": row.name,
                    "top1": row.first.as_json(),
                    "top3": row.three.as_json(),
                    "gain": {"points": round(gain.points, 2), "ci95": [round(gain.low, 2), round(gain.high, 2)]},
                    "right": row.decisions["right"].as_json(),
                    "wrong": row.decisions["wrong"].as_json(),
                }
            )
    return told


def confusions(row: Row, count: int) -> Iterator[str]:
    """The entries most often taken for one another; only questions of the tuning half are shown word for word."""
    pairs: Counter[tuple[str, str]] = Counter()
    outright: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[str]] = {}
    for question, match in row.matches:
        first = match.candidates[0].entry if match.candidates else "(nothing)"
        if question.cls == "answer" and first not in question.expect:
            pair = (question.expect[0], first)
            pairs[pair] += 1
            outright[pair] += match.decision is Decision.ANSWER
            shown = question.text[:100] if question.half == "tuning" else "(held back)"
            examples.setdefault(pair, []).append(f"{question.id} {question.kind}, {match.confidence:.2f}: {shown}")
    worst = sorted(pairs, key=lambda p: (-outright[p], -pairs[p], p))[:count]
    yield f"the {len(worst)} worst confusions of {row.name}"
    for pair in worst:
        wanted, got = pair
        yield f"{pairs[pair]}x ({outright[pair]} outright)  {wanted} taken for {got}"
        yield from (f"      {example}" for example in examples[pair])
