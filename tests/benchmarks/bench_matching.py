"""Time of matching, and how well held-out phrasings find their entries; also makes what is learnt and shipped.

`python -m tests.benchmarks.bench_matching` prints figures. `--defaults` writes `bot/matching/defaults.py` (after the
knowledge has changed much), `--evidence` the words of danger in `knowledge/emergency.yaml` (after the collections of
told and untold messages in `tests/matching/` have grown).
"""

from __future__ import annotations

import math
import random
import sys
import textwrap
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from bot.faq import Snapshot, load
from bot.matching import Matcher, calibrate
from bot.matching.calibration import Judgement, Linear, shares
from bot.matching.defaults import DEFAULT_CALIBRATION
from bot.matching.index import Hidden
from bot.matching.noise import noised
from bot.matching.ranking import LANGUAGES, Ranking
from bot.text import clean, fold, tokens

ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULTS = ROOT / "bot" / "matching" / "defaults.py"
EMERGENCY = ROOT / "knowledge" / "emergency.yaml"
COLLECTIONS = ROOT / "tests" / "matching"
SEED = 2026
#: Entries whose phrasings tell of danger themselves.
OF_DANGER = {"man-overboard", "engine-breakdown-drifting", "missing-vessel-family", "sos-who-to-call"}


def times(snapshot: Snapshot) -> None:
    """Start and time a message, by the processor's clock."""
    begun = time.process_time()
    matcher = Matcher(snapshot)
    print(f"index built in {time.process_time() - begun:.2f} s for {len(snapshot.entries)} entries")
    chance = random.Random(SEED)
    asked = [noised(t, "vi", chance) for e in snapshot.entries.values() for t in e.phrasings.vi]
    for text in asked[:100]:
        matcher.match(text)
    took = []
    for text in asked:
        begun = time.thread_time()
        matcher.match(text)
        took.append(1000 * (time.thread_time() - begun))
    took.sort()
    middle, late = took[len(took) // 2], took[len(took) * 99 // 100]
    print(f"a message: mean {sum(took) / len(took):.2f} ms, p50 {middle:.2f}, p99 {late:.2f}")


def held_out(snapshot: Snapshot) -> None:
    """Each phrasing asked with itself hidden: as it is, unmarked, noised."""
    ranking = Ranking(snapshot)
    chance = random.Random(SEED)
    for language in LANGUAGES:
        index = ranking.indexes[language]
        for kind in ("as written", "unmarked", "noised"):
            first = three = asked = 0
            for number, row in enumerate(index.rows):
                if not index.topics[row.topic].live:
                    continue
                text = row.text if kind == "as written" else fold(row.text)
                text = noised(row.text, language, chance) if kind == "noised" else text
                looked = ranking.look(text, language, Hidden(row.topic, number))
                share = shares(DEFAULT_CALIBRATION.ranker(looked.features))
                best = [looked.evidence.order[i] for i in share.argsort()[::-1] if looked.live[i]][:3]
                asked += 1
                first += best[:1] == [row.topic]
                three += row.topic in best
            figures = f"first {100 * first / asked:.1f} %, among three {100 * three / asked:.1f} %"
            print(f"held-out phrasings, {language}, {kind}: {figures}")


def write_defaults(snapshot: Snapshot) -> None:
    """Learns the calibration that ships."""
    learnt = calibrate(snapshot, SEED, most=12000)

    def row(values: tuple[float, ...]) -> str:
        return "(" + ", ".join(map(repr, values)) + ",)"

    def linear(model: Linear) -> str:
        weights = f"mean={row(model.mean)}, scale={row(model.scale)}, weights={row(model.weights)}"
        return f"Linear({weights}, bias={model.bias!r})"

    head = DEFAULTS.read_text(encoding="utf-8").partition("DEFAULT_CALIBRATION")[0]

    def judgement(model: Judgement) -> str:
        return f"Judgement(confidence={linear(model.confidence)}, answer={model.answer}, clarify={model.clarify})"

    body = f"ranker={linear(learnt.ranker)}, vi={judgement(learnt.vi)}, en={judgement(learnt.en)}"
    DEFAULTS.write_text(f"{head}DEFAULT_CALIBRATION = Calibration({body})\n", encoding="utf-8")
    print(f"written to {DEFAULTS.relative_to(ROOT)}: run `ruff format` on it")


def _features(text: str) -> set[str]:
    words = [fold(t) for t in tokens(clean(text)) if not t.isdigit() and len(t) > 1]
    return {*words, *(f"{a}_{b}" for a, b in pairwise(words))}


def write_evidence(snapshot: Snapshot) -> None:
    """Learns how strongly words and pairs of words speak for danger: how much oftener they are told than not."""
    told, untold = (
        [line for line in (COLLECTIONS / name).read_text(encoding="utf-8").splitlines() if line.strip()]
        for name in ("danger_told.txt", "danger_not_told.txt")
    )
    for entry in snapshot.entries.values():
        if entry.id not in OF_DANGER:
            untold += [*entry.phrasings.vi, *entry.phrasings.en]
    untold += [text for lines in snapshot.glossary.beyond.values() for text in (lines.vi[0], *lines.en)]
    with_danger = Counter(f for text in told for f in _features(text))
    without = Counter(f for text in untold for f in _features(text))
    weights = {}
    for feature in sorted(with_danger.keys() | without.keys()):
        if with_danger[feature] + without[feature] >= 2:
            often = (with_danger[feature] + 0.5) / (len(told) + 1)
            seldom = (without[feature] + 0.5) / (len(untold) + 1)
            weight = math.log(often / seldom)
            if abs(weight) >= 0.8:
                weights[feature] = round(weight, 1)
    line = " ".join(f"{feature}:{weight}" for feature, weight in weights.items())
    block = textwrap.fill(
        line, 150, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    before, _, rest = EMERGENCY.read_text(encoding="utf-8").partition("evidence: >-\n")
    after = rest[rest.index("\nkinds:") :]
    EMERGENCY.write_text(f"{before}evidence: >-\n{block}\n{after}", encoding="utf-8")
    print(f"{len(weights)} words and pairs written to {EMERGENCY.relative_to(ROOT)}")


def main() -> None:
    """Figures, or with an option what is learnt."""
    snapshot = load(ROOT / "knowledge")
    if "--evidence" in sys.argv:
        write_evidence(snapshot)
    elif "--defaults" in sys.argv:
        write_defaults(snapshot)
    else:
        times(snapshot)
        held_out(snapshot)


if __name__ == "__main__":
    main()
