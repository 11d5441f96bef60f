"""The lint that needs the matcher: what one entry's words do to another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from bot.faq import Entry, Problem, Snapshot
from bot.faq.reading import Reading
from bot.matching import Asked, ask_itself, find_lookup
from bot.text import clean, fold, tokens

#: Two entries so many of whose phrasings lead to each other are one question, or have to be drawn apart.
NEAR_DUPLICATE = 0.28
#: ... of at least so many phrasings: two of five may be chance.
LEAST_CONFUSED = 6


def check_matching(snapshot: Snapshot, reading: Reading) -> Iterator[Problem]:
    """Phrasings that stand in two entries, that match another entry better than their own, and near-duplicates.

    Asks every phrasing: half a minute for 340 entries.
    """
    yield from _twins(snapshot, reading)
    asked = [one for one in ask_itself(snapshot) if find_lookup(one.text, snapshot) is None]
    for one in asked:
        if one.stolen and one.first in snapshot.entries:
            yield _at(
                reading,
                snapshot.entries[one.entry],
                one,
                f"{one.text!r} matches {one.first} better than its own entry; sharpen it or move it",
            )
    yield from _near_duplicates(snapshot, reading, asked)


def check_entry(snapshot: Snapshot, entry: Entry) -> tuple[Asked, ...]:
    """The phrasings of one entry (as if it were live) that another entry fits better: for whoever is writing it."""
    return tuple(one for one in ask_itself(snapshot, only={entry.id}) if one.stolen)


def _twins(snapshot: Snapshot, reading: Reading) -> Iterator[Problem]:
    seen: dict[tuple[str, str], tuple[Entry, str]] = {}
    for entry in snapshot.entries.values():
        for language, texts in (("vi", _texts(entry, "vi")), ("en", _texts(entry, "en"))):
            for number, text in texts:
                key = (language, " ".join(fold(t) for t in tokens(clean(text))))
                earlier = seen.setdefault(key, (entry, text))
                if earlier[0].id != entry.id:
                    where: tuple[int | str, ...] = ("question",) if number < 0 else ("phrasings", language, number)
                    yield reading.at(
                        "Entry", entry.id, f"{entry.id}: {text!r} is a phrasing of {earlier[0].id} as well", *where
                    )


def _near_duplicates(snapshot: Snapshot, reading: Reading, asked: Sequence[Asked]) -> Iterator[Problem]:
    count = Counter(one.entry for one in asked)
    pairs = Counter(
        (min(one.entry, one.first), max(one.entry, one.first))
        for one in asked
        if not one.right and one.first in snapshot.entries and one.first is not None
    )
    for (first, second), confused in sorted(pairs.items(), key=lambda item: -item[1]):
        share = confused / (count[first] + count[second])
        if share >= NEAR_DUPLICATE and confused >= LEAST_CONFUSED:
            yield reading.at(
                "Entry",
                first,
                f"{first} and {second} are taken for each other in {share:.0%} of their phrasings;"
                " draw them apart or make them one",
                severity="warning",
            )


def _texts(entry: Entry, language: str) -> Iterator[tuple[int, str]]:
    yield -1, entry.question.get(language)
    yield from enumerate(_phrasings(entry, language))


def _phrasings(entry: Entry, language: str) -> Collection[str]:
    return entry.phrasings.en if language == "en" else entry.phrasings.vi


def _at(reading: Reading, entry: Entry, one: Asked, message: str) -> Problem:
    number = next((n for n, text in _texts(entry, one.language) if text == one.text), -1)
    where: tuple[int | str, ...] = ("question",) if number < 0 else ("phrasings", one.language, number)
    return reading.at("Entry", entry.id, f"{entry.id}: {message}", *where, severity="warning")
