"""The table as a picture: an SVG by hand, since a dot with a line through it needs no library."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tests.benchmarks.eval.figures import ALL, Share
from tests.benchmarks.eval.questions import KINDS
from tests.benchmarks.eval.report import AIMS, DECISIONS, Report

LINE = 24
PANEL = 250
GAP = 26
LEFT = 208
TOP = 118
OURS, PEER, AIM, INK, SOFT = "#0b63b0", "#7a7f87", "#c2410c", "#1d2329", "#d9dde2"
OUTCOMES_HEIGHT = 220
#: What becomes of questions with an answer, and in which colour.
OUTCOMES = (
    ("right", "answered right", "#2e7d4f"),
    ("asked_back_shown", "asked back, right one shown", "#9bcbaa"),
    ("asked_back_other", "asked back, others shown", "#e3d9a6"),
    ("passed_on", "passed on", "#c9ced6"),
    ("wrong", "answered wrong", "#b3261e"),
    ("alarm", "taken for danger", "#6a1b9a"),
)
#: Colours on which figures are written in white.
DARK = {"#2e7d4f", "#b3261e", "#6a1b9a"}


def svg(report: Report) -> str:
    """The whole picture."""
    kinds = [k for k in (ALL, *KINDS) if k in report.rows[0].figures]
    height_of_panels = TOP + LINE * len(report.rows) + 40
    width = LEFT + len(kinds) * (PANEL + GAP) + 10
    below = list(_outcomes(report, height_of_panels + 34))
    height = height_of_panels + 44 + len(report.ours) * OUTCOMES_HEIGHT
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'font-family="system-ui, -apple-system, Segoe UI, Roboto, sans-serif" font-size="13" role="img" '
            'aria-labelledby="title desc">'
        ),
        f'<title id="title">Hải Đăng: finding the right entry, {len(report.rows)} methods</title>',
        (
            f'<desc id="desc">Share of questions with the right entry first and among three, 95 % intervals; '
            f"{report.messages} messages, {report.entries} entries.</desc>"
        ),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(16, 32, "Finding the right entry for a question as people type it", size=20, weight=600),
        _text(
            16,
            54,
            f"{len(report.rows[0].found)} questions with an answer ({report.half}) on {report.entries} entries, "
            f"{report.phrasings} phrasings; knowledge {report.knowledge}. Lines are 95 % intervals (Wilson).",
            colour=PEER,
        ),
        *_legend(16, 78),
    ]
    for number, kind in enumerate(kinds):
        parts += _panel(report, kind, LEFT + number * (PANEL + GAP), names=number == 0)
    return "\n".join((*parts, *below, "</svg>", ""))


def _legend(x: int, y: int) -> Iterator[str]:
    yield f'<circle cx="{x + 6}" cy="{y - 4}" r="4.5" fill="{INK}"/>'
    yield _text(x + 18, y, "right one first")
    yield f'<circle cx="{x + 136}" cy="{y - 4}" r="4" fill="#fff" stroke="{INK}" stroke-width="1.6"/>'
    yield _text(x + 148, y, "right one among the first three")
    yield f'<path d="M{x + 364} {y - 10}v12" stroke="{AIM}" stroke-width="1.6" stroke-dasharray="3 2"/>'
    yield _text(x + 374, y, "aim")
    yield f'<rect x="{x + 420}" y="{y - 10}" width="12" height="12" fill="{OURS}"/>'
    yield _text(x + 438, y, "ours")
    yield f'<rect x="{x + 486}" y="{y - 10}" width="12" height="12" fill="{PEER}"/>'
    yield _text(x + 504, y, "peers")


def _panel(report: Report, kind: str, x: int, *, names: bool) -> Iterator[str]:
    bottom = TOP + LINE * len(report.rows)
    of = report.rows[0].figures[kind]["top1"].of
    yield _text(x, TOP - 14, f"{'all kinds' if kind == ALL else kind} ({of})", weight=600)
    for tick in range(0, 101, 20):
        at = x + PANEL * tick / 100
        yield f'<path d="M{at:.1f} {TOP - 4}V{bottom}" stroke="{SOFT}" stroke-width="1"/>'
        yield _text(at, bottom + 16, str(tick), anchor="middle", colour=PEER, size=11)
    if kind in AIMS:
        for aim in AIMS[kind]:
            at = x + PANEL * aim / 100
            yield f'<path d="M{at:.1f} {TOP - 4}V{bottom}" stroke="{AIM}" stroke-width="1.4" stroke-dasharray="3 2"/>'
    for number, row in enumerate(report.rows):
        y = TOP + LINE * number + LINE / 2
        colour = OURS if row.ours else PEER
        if names:
            yield _text(LEFT - 12, y + 4, row.name, anchor="end", weight=600 if row.ours else 400)
        figures = row.figures[kind]
        yield from _dot(x, y - 4, figures["top1"], colour, filled=True)
        yield from _dot(x, y + 4, figures["top3"], colour, filled=False)


def _dot(x: int, y: float, share: Share, colour: str, *, filled: bool) -> Iterator[str]:
    low, high = share.interval
    at = x + PANEL * share.percent / 100
    yield (
        f'<path d="M{x + PANEL * low / 100:.1f} {y:.1f}H{x + PANEL * high / 100:.1f}" stroke="{colour}" '
        f'stroke-width="{1.8 if filled else 1}"/>'
    )
    fill = colour if filled else "#fff"
    tip = f"{share.hits} of {share.of}: {share.percent:.1f} % [{low:.1f}, {high:.1f}]"
    yield (
        f'<circle cx="{at:.1f}" cy="{y:.1f}" r="{4 if filled else 3.4}" fill="{fill}" stroke="{colour}" '
        f'stroke-width="1.5"><title>{tip}</title></circle>'
    )


def _outcomes(report: Report, y: int) -> Iterator[str]:
    """Our own decisions: bars that add up to all questions of a kind, and the shares that must stay small or large."""
    for row in report.ours:
        yield _text(16, y, f"What becomes of a question: {row.name}", size=16, weight=600)
        x = 16
        begun = y
        y += 22
        for _, name, colour in OUTCOMES:
            yield f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{colour}"/>'
            yield _text(x + 17, y, name)
            x += 34 + 7 * len(name)
        y += 12
        for kind in (ALL, *KINDS):
            shares = _outcome_shares(row.decisions, "" if kind == ALL else "." + kind)
            if shares is None:
                continue
            yield _text(LEFT - 12, y + 14, "all kinds" if kind == ALL else kind, anchor="end")
            at = float(LEFT)
            for (_, name, colour), share in zip(OUTCOMES, shares, strict=True):
                wide = 6 * share
                tip = f"{kind}: {name} {share:.1f} %"
                yield (
                    f'<rect x="{at:.1f}" y="{y + 2}" width="{wide:.1f}" height="16" fill="{colour}">'
                    f"<title>{escape(tip)}</title></rect>"
                )
                if wide > 34:
                    ink = "#ffffff" if colour in DARK else INK
                    yield _text(at + wide / 2, y + 14, f"{share:.0f}", anchor="middle", size=11, colour=ink)
                at += wide
            y += 20
        yield from _bounds(row.decisions, LEFT + 740, begun + 22)
        y = begun + OUTCOMES_HEIGHT


def _outcome_shares(decisions: dict[str, Share], end: str) -> list[float] | None:
    if "right" + end not in decisions:
        return None
    shown, back = decisions["asked_back_shown" + end].percent, decisions["asked_back" + end].percent
    given = {name: decisions[name + end].percent for name in ("right", "passed_on", "wrong", "alarm")}
    values = given | {"asked_back_shown": shown, "asked_back_other": back - shown}
    return [values[name] for name, _, _ in OUTCOMES]


def _bounds(decisions: dict[str, Share], x: int, y: float) -> Iterator[str]:
    number = 0
    for key, name, aim in DECISIONS:
        share = decisions.get(key)
        if share is None or not aim:
            continue
        low, high = share.interval
        told = f"{share.percent:.1f} % [{low:.1f}, {high:.1f}], {share.hits} of {share.of}"
        yield _text(x, y + 20 * number, name.strip())
        yield _text(x + 260, y + 20 * number, told, weight=600)
        yield _text(x + 480, y + 20 * number, f"aim {aim}", colour=AIM)
        number += 1


def _text(
    x: float, y: float, text: str, *, size: int = 13, weight: int = 400, colour: str = INK, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
