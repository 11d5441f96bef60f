"""Sparse scores over many documents: an inverted index in flat arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


class Postings:
    """Weights of terms in documents; scoring a query adds up the lists of its terms. Immutable once built."""

    def __init__(self, documents: Sequence[Mapping[str, float]]) -> None:
        lists: dict[str, tuple[list[int], list[float]]] = {}
        for number, document in enumerate(documents):
            for term, weight in document.items():
                ids, weights = lists.setdefault(term, ([], []))
                ids.append(number)
                weights.append(weight)
        self._count = len(documents)
        self._slices: dict[str, tuple[int, int]] = {}
        start = 0
        for term, (ids, _) in lists.items():
            self._slices[term] = (start, start + len(ids))
            start += len(ids)
        self._documents = np.fromiter((i for ids, _ in lists.values() for i in ids), dtype=np.int32, count=start)
        self._weights = np.fromiter((w for _, ws in lists.values() for w in ws), dtype=np.float32, count=start)

    def score(self, query: Mapping[str, float]) -> Scores:
        """The score of every document: the sum over the query's terms of query weight times document weight."""
        documents, weights = [], []
        for term, weight in query.items():
            if (found := self._slices.get(term)) is not None:
                start, end = found
                documents.append(self._documents[start:end])
                weights.append(self._weights[start:end] * weight)
        if not documents:
            return np.zeros(self._count)
        scores = np.bincount(np.concatenate(documents), np.concatenate(weights), minlength=self._count)
        return scores.astype(np.float64, copy=False)


def inverse_frequency(documents: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """How rare each term is among the documents (the logarithm that BM25 uses, always positive)."""
    counts: dict[str, int] = {}
    for document in documents:
        for term in document:
            counts[term] = counts.get(term, 0) + 1
    total = len(documents)
    return {term: rarity(total, count) for term, count in counts.items()}


def rarity(total: int, count: int) -> float:
    """Inverse document frequency of a term that `count` of `total` documents have."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def bm25(count: float, length: float, mean_length: float, *, k1: float = 1.2, b: float = 0.5) -> float:
    """The saturated frequency of BM25, between 0 and `k1` + 1."""
    return count * (k1 + 1) / (count + k1 * (1 - b + b * length / max(mean_length, 1e-9)))
