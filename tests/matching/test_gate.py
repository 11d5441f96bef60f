"""The gate: questions that must not be mixed up, and figures that may only rise."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.faq.snapshot import Snapshot
from bot.matching import Decision, Matcher, ask_itself
from bot.matching.ranking import LANGUAGES, Ranking
from bot.text import fold

HERE = Path(__file__).parent
PAIRS = HERE / "dangerous_pairs.yaml"
FLOORS = HERE / "floors.json"
QUESTIONS = HERE.parents[2] / "shared" / "eval"
#: So many phrasings are asked as if they weren't listed; the same ones every time.
SAMPLE = 1200


def pairs() -> Iterator[tuple[str, str, frozenset[str]]]:
    for group in yaml.safe_load(PAIRS.read_text("utf-8")):
        for question in group["questions"]:
            yield group["about"], question["text"], frozenset(question["right"])


def floors() -> dict[str, float]:
    found: dict[str, float] = json.loads(FLOORS.read_text("utf-8"))
    return found


def test_the_list_of_dangerous_pairs_only_grows(shipped: Snapshot) -> None:
    listed = list(pairs())
    assert len(listed) >= 88
    assert {name for _, _, right in listed for name in right} <= set(shipped.aliases)


@pytest.mark.parametrize("written", ["as typed", "unmarked"])
def test_no_dangerous_pair_is_mixed_up(shipped_matcher: Matcher, written: str) -> None:
    wrong = []
    for about, text, right in pairs():
        found = shipped_matcher.match(fold(text) if written == "unmarked" else text)
        if found.decision is Decision.ANSWER and found.entry not in right:
            wrong.append(f"{about}: {text} -> {found.entry} ({found.confidence:.2f})")
    assert wrong == []


def test_of_dangerous_pairs_the_right_entry_is_nearly_always_shown(shipped_matcher: Matcher) -> None:
    shown = [any(c.entry in right for c in shipped_matcher.match(text).candidates[:3]) for _, text, right in pairs()]
    assert sum(shown) >= floors()["pairs_shown"] * len(shown)


def test_phrasings_find_their_entry_though_they_are_not_listed(shipped: Snapshot) -> None:
    """Held-out phrasings of a fixed sample: the figure of the knowledge and the matcher together."""
    ranking = Ranking(shipped)
    texts = sorted({row.text for language in LANGUAGES for row in ranking.indexes[language].rows})
    chosen = frozenset(random.Random(1).sample(texts, SAMPLE))
    asked = list(ask_itself(shipped, texts=chosen))
    for language in LANGUAGES:
        some = [one for one in asked if one.language == language]
        assert len(some) > 100
        share = sum(one.right for one in some) / len(some)
        assert share >= floors()[f"held_out_{language}"], f"{language}: {share:.3f}"


@pytest.mark.skipif(not QUESTIONS.is_dir(), reason="the questions to measure with are not here")
def test_the_figures_on_the_development_questions_only_rise(shipped: Snapshot, shipped_matcher: Matcher) -> None:
    count = _count(shipped, shipped_matcher)
    floor = floors()
    assert count["asked"] > 500
    assert count["first"] >= floor["dev_first"] * count["asked"], count
    assert count["three"] >= floor["dev_three"] * count["asked"], count
    assert count["right"] >= floor["dev_right"] * count["asked"], count
    assert count["wrong"] <= floor["dev_wrong"] * count["all"], count
    assert count["beyond_answered"] <= floor["dev_beyond_answered"] * count["beyond"], count


def _count(snapshot: Snapshot, matcher: Matcher) -> dict[str, int]:
    count = dict.fromkeys(("asked", "all", "first", "three", "right", "wrong", "beyond", "beyond_answered"), 0)
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            question: dict[str, Any] = json.loads(line)
            if question["class"] not in ("answer", "out_of_scope"):
                continue
            count["all"] += 1
            found = matcher.match(question["text"])
            right = {snapshot.aliases[e] for e in question.get("expect", ()) if e in snapshot.aliases}
            ranked = [c.entry for c in found.candidates]
            if right:
                count["asked"] += 1
                count["first"] += ranked[:1] != [] and ranked[0] in right
                count["three"] += bool(right & set(ranked[:3]))
                if found.decision is Decision.ANSWER:
                    count["right" if found.entry in right else "wrong"] += 1
            else:
                count["beyond"] += 1
                count["beyond_answered"] += found.decision is Decision.ANSWER
    return count
