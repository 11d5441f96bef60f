"""What each idea of ours brings: the matcher without it, calibrated anew as it would have to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from bot.faq import Entry, Snapshot
from bot.faq.schema import Bilingual, BilingualLines
from bot.matching import Matcher, calibrate
from bot.text import Normaliser, Word, clean, fold, tokens
from tests.benchmarks.eval.questions import Question
from tests.benchmarks.eval.running import Row, ask_matcher

SEED = 1
#: Questions that a calibration asks here: fewer than `haidang kb build`, the same for every idea.
CASES = 2400


class Unrepaired(Normaliser):
    """Takes words as they were typed."""

    def words(self, text: str, *, language: str | None = None) -> tuple[Word, ...]:
        """Folded, nothing else."""
        return tuple(Word(fold(t), t if fold(t) != t else None) for t in tokens(clean(text))[:160])


@dataclass(frozen=True, slots=True)
class Idea:
    """Something that can be left out: by other knowledge, or by something else in a place of the matcher's code."""

    name: str
    without: Callable[[Snapshot], Snapshot] = lambda snapshot: snapshot
    places: Mapping[str, Any] = field(default_factory=dict)


def _glossary(**values: Any) -> Callable[[Snapshot], Snapshot]:
    return lambda snapshot: replace(snapshot, glossary=snapshot.glossary.model_copy(update=values))


def _entries(change: Callable[[Entry], Mapping[str, Any]]) -> Callable[[Snapshot], Snapshot]:
    def changed(snapshot: Snapshot) -> Snapshot:
        entries = {name: e.model_copy(update=dict(change(e))) for name, e in snapshot.entries.items()}
        return replace(snapshot, entries=MappingProxyType(entries))

    return changed


def _half(lines: BilingualLines) -> BilingualLines:
    return lines.model_copy(update={"vi": lines.vi[::2], "en": lines.en[::2]})


IDEAS = (
    Idea("synonyms", _glossary(synonyms=())),
    Idea("abbreviations and chat spelling", _glossary(abbreviations={}, chat={})),
    Idea("fillers", _glossary(fillers=())),
    Idea("known questions without entry", _glossary(beyond={})),
    Idea("repair of typing", places={"bot.matching.ranking.Normaliser": Unrepaired}),
    Idea(
        "pieces of words",
        places={"bot.matching.queries.word_pieces": lambda _: (), "bot.matching.index.word_pieces": lambda _: ()},
    ),
    Idea(
        "pairs of words",
        places={"bot.matching.queries.word_pairs": lambda _: {}, "bot.matching.index.word_pairs": lambda _: {}},
    ),
    Idea("marks that were typed", places={"bot.matching.features.marked_key": lambda _: ""}),
    Idea("likeness of strings", places={"bot.matching.features._strings": lambda *_: (0.0, 0.0, 0.0)}),
    Idea("the answers' text", _entries(lambda _: {"answer": Bilingual(vi="-", en="-"), "asks": None})),
    Idea("keywords", _entries(lambda _: {"keywords": BilingualLines()})),
    Idea("every second phrasing", _entries(lambda e: {"phrasings": _half(e.phrasings)})),
)


def ablate(
    snapshot: Snapshot, questions: Sequence[Question], ideas: Sequence[Idea] = IDEAS, *, cases: int = CASES
) -> Iterator[Row | str]:
    """The row with everything, then one for each idea left out; a name alone where the idea can't be left out."""
    everything = Idea("all ideas")
    for idea in (everything, *ideas):
        name = idea.name if idea is everything else f"without {idea.name}"
        with ExitStack() as stack:
            try:
                for place, other in idea.places.items():
                    stack.enter_context(patch(place, other))
            except AttributeError:  # the code has changed since
                yield name
                continue
            less = idea.without(snapshot)

            def build(less: Snapshot = less) -> Matcher:
                return Matcher(less, calibrate(less, SEED, most=cases))

            yield ask_matcher(name, build, questions, snapshot)
