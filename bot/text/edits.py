"""Words within one slip of the finger of a known vocabulary."""

from __future__ import annotations

from collections.abc import Mapping

#: Neighbours on a keyboard; a slip to one of them is likelier than to any other letter.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    c: set(row[max(0, i - 1) : i + 2]) | {r[j] for r in _ROWS if r != row for j in (i - 1, i) if 0 <= j < len(r)}
    for row in _ROWS
    for i, c in enumerate(row)
}


class EditIndex:
    """Finds vocabulary words at edit distance one: a letter more, less, other, or two swapped."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._counts = dict(vocabulary)
        self._by_deletion: dict[str, list[str]] = {}
        for word in vocabulary:
            if len(word) >= 3 and word.isalpha():
                for key in {word, *_deletions(word)}:
                    self._by_deletion.setdefault(key, []).append(word)

    def near(self, word: str, limit: int = 4) -> list[str]:
        """Known words one slip away, the likeliest first (by the slip's kind, then by frequency)."""
        found: dict[str, float] = {}
        for key in {word, *_deletions(word)}:
            for other in self._by_deletion.get(key, ()):
                if other != word and (cost := _slip(word, other)) is not None:
                    found[other] = cost - min(self._counts[other], 200) / 400
        return sorted(found, key=lambda w: (found[w], w))[:limit]


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _slip(typed: str, meant: str) -> float | None:
    """How unlikely the one slip is (0.5-2), None if it takes more than one. The first letter is seldom wrong."""
    cost: float | None = None
    if len(typed) == len(meant):
        different = [i for i in range(len(typed)) if typed[i] != meant[i]]
        if len(different) == 1:
            i = different[0]
            cost = 0.8 if meant[i] in _NEAR.get(typed[i], ()) else 1.2
        elif len(different) == 2 and different[1] == different[0] + 1:
            i, j = different
            cost = 0.6 if typed[i] == meant[j] and typed[j] == meant[i] else None
    elif len(typed) == len(meant) + 1:
        cost = 0.8 if any(typed[:i] + typed[i + 1 :] == meant for i in range(len(typed))) else None
    elif len(typed) + 1 == len(meant):
        cost = 0.7 if any(meant[:i] + meant[i + 1 :] == typed for i in range(len(meant))) else None
    if cost is not None and typed[0] != meant[0]:
        cost += 0.6
    return cost
