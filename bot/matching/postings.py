"""Sparse scores over many documents: an inverted index in flat arrays, built without a Python step for each word."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Vocabulary(dict[str, int]):
    """Terms with their numbers, in the order in which they were met."""

    def numbers(self, terms: Iterable[str]) -> list[int]:
        """The numbers of terms; new ones get the next."""
        return [self.setdefault(term, len(self)) for term in terms]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each term stands in each document: three arrays of one length, sorted by term, then by document."""

    documents: Numbers
    terms: Numbers
    counts: NDArray[np.float64]
    size: int
    vocabulary: Mapping[str, int]

    @classmethod
    def of(cls, documents: Numbers, terms: Numbers, size: int, vocabulary: Mapping[str, int]) -> Counts:
        """Counts the pairs of a document and a term; `size` is the number of documents."""
        keys, counts = np.unique(terms * size + documents, return_counts=True)
        return cls(keys % max(size, 1), keys // max(size, 1), counts.astype(np.float64), size, vocabulary)

    def once(self) -> Counts:
        """The same with every term counted once a document."""
        return Counts(self.documents, self.terms, np.ones_like(self.counts), self.size, self.vocabulary)

    @property
    def frequency(self) -> Numbers:
        """In how many documents each term stands."""
        return np.bincount(self.terms, minlength=len(self.vocabulary))

    @property
    def lengths(self) -> Scores:
        """How many terms each document has."""
        return np.bincount(self.documents, self.counts, minlength=self.size).astype(np.float64, copy=False)

    @property
    def idf(self) -> Scores:
        """How rare each term is (the logarithm that BM25 uses, always positive)."""
        frequency = self.frequency
        idf: Scores = np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))
        return idf

    def named(self, values: Scores) -> dict[str, float]:
        """Values of terms by name."""
        return dict(zip(self.vocabulary, values.tolist(), strict=True))

    def bm25(self, *, b: float, k1: float = 1.2) -> Postings:
        """Postings with BM25's weights."""
        lengths = self.lengths
        relative = lengths[self.documents] / max(float(lengths.mean()) if self.size else 0.0, 1e-9)
        weights = self.idf[self.terms] * self.counts * (k1 + 1) / (self.counts + k1 * (1 - b + b * relative))
        return Postings(self, weights)

    def telling(self, *, most: float) -> Scores:
        """The rarity of each term; 0 for those in more than `most` of the documents."""
        return np.where(self.frequency <= most * self.size, self.idf, 0.0)

    def cosine(self, rarity: Scores) -> Postings:
        """Postings with unit vectors of TF-IDF, by a rarity of each term; those of rarity 0 are left out."""
        weights = (1 + np.log(self.counts)) * rarity[self.terms]
        norms = np.sqrt(np.bincount(self.documents, weights * weights, minlength=self.size))
        weights = weights / np.maximum(norms, 1e-9)[self.documents]
        return Postings(self, weights, rarity > 0)


class Postings:
    """Weights of terms in documents; scoring a query adds up the lists of its terms. Immutable once built."""

    def __init__(self, counts: Counts, weights: Scores, kept: NDArray[np.bool_] | None = None) -> None:
        self._size = counts.size
        self._documents = counts.documents.astype(np.int32)
        self._weights = weights
        ends = np.cumsum(counts.frequency)
        starts = ends - counts.frequency
        self._slices = {
            term: (start, end)
            for (term, number), start, end in zip(
                counts.vocabulary.items(), starts.tolist(), ends.tolist(), strict=True
            )
            if start < end and (kept is None or kept[number])
        }

    def score(self, query: Mapping[str, float]) -> Scores:
        """The score of every document: the sum over the query's terms of query weight times document weight."""
        documents, weights = [], []
        for term, weight in query.items():
            if (found := self._slices.get(term)) is not None:
                start, end = found
                documents.append(self._documents[start:end])
                weights.append(self._weights[start:end] * weight)
        if not documents:
            return np.zeros(self._size)
        scores = np.bincount(np.concatenate(documents), np.concatenate(weights), minlength=self._size)
        return scores.astype(np.float64, copy=False)


def rarity(total: int, count: int) -> float:
    """Inverse document frequency of a term that `count` of `total` documents have."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def bm25(count: float, length: float, mean_length: float, *, k1: float = 1.2, b: float = 0.5) -> float:
    """The saturated frequency of BM25, between 0 and `k1` + 1."""
    return count * (k1 + 1) / (count + k1 * (1 - b + b * length / max(mean_length, 1e-9)))
