"""From a question to ranked entries with a confidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from bot.faq.schema import Entry, Glossary
from bot.faq.snapshot import Snapshot
from bot.matching.calibration import Calibration, confidence_features, shares, sigmoid
from bot.matching.contrasts import Contrasts, Sides
from bot.matching.decisions import Candidate
from bot.matching.features import NAMES, Matrix, candidate_features, question_features
from bot.matching.index import Evidence, Hidden, LanguageIndex, Topic
from bot.matching.lookup import without_documents
from bot.matching.queries import Query, Synonyms, build_query, own_words
from bot.text import Normaliser, Word, clean, fold, guess_language, tokens

LANGUAGES = ("vi", "en")
#: How rare a word must be among the topics to name one of them.
TELLING = 1.6
#: A subject of one or two words has up to five syllables: giám sát hành trình.
MOST_NAMING = 5
#: Share of the question's words (by rarity) and of its best possible score that a candidate needs to be shown at all.
LEAST_COVERED = 0.3
LEAST_ENTRY = 0.14
_ENTRY = NAMES.index("entry")
_COVERED = NAMES.index("covered_by_entry")
_ONLY = NAMES.index("only_agrees")
_APART = NAMES.index("apart_agrees")


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything that was computed for one question; `live` tells which candidates have an entry."""

    query: Query
    evidence: Evidence
    features: Matrix
    question: list[float]
    live: list[bool]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates with an entry, best first; and a question without entry that fits better, if any does.

    `words` counts those that mean something. `topical`: the message only names a subject, in few telling words.
    `grounded`: the first candidate has enough of the question's words to be worth showing. `contradicted`: what it is
    about is told apart from what is asked (a fine from a procedure, a fishing boat from a ship).
    """

    candidates: tuple[Candidate, ...]
    beyond: str | None
    words: int
    exact: bool
    topical: bool = False
    grounded: bool = False
    contradicted: bool = False


class Ranking:
    """Indexes of a snapshot's entries in both languages; immutable once built."""

    def __init__(self, snapshot: Snapshot) -> None:
        glossary = snapshot.glossary
        topics = {language: _topics(snapshot, language) for language in LANGUAGES}
        self._synonyms = {language: Synonyms(glossary.synonyms, language) for language in LANGUAGES}
        self.normaliser = Normaliser(_vocabulary(topics["vi"], glossary), _spelling(glossary), glossary.fillers)
        self._contrasts = Contrasts(glossary)
        sides = self._sides(snapshot)
        self.indexes = {
            language: LanguageIndex(
                [replace(t, sides=sides[t.id]) for t in topics[language]], language, self._contrasts
            )
            for language in LANGUAGES
        }
        self._exact = {
            _plain(text): t.id for language in LANGUAGES for t in topics[language] if t.live for text in t.rows
        }

    def _sides(self, snapshot: Snapshot) -> dict[str, Sides]:
        """What every entry's own question says in the contrasts; and those that no entry answers."""

        def words(text: str, language: str) -> tuple[Word, ...]:
            return self.normaliser.words(text, language=language)

        found = {
            e.id: self._contrasts.of_entry((words(e.question.vi, "vi"), words(e.question.en, "en")), e.topic)
            for e in snapshot.entries.values()
        }
        for name, lines in snapshot.glossary.beyond.items():
            said = ((words(lines.vi[0], "vi"),) if lines.vi else ()) + ((words(lines.en[0], "en"),) if lines.en else ())
            found.setdefault(name, self._contrasts.of_entry(said, ""))
        return found

    def look(self, text: str, language: str | None = None, hidden: Hidden | None = None) -> Looked:
        """Scores and features of a question's candidates."""
        spoken = language or guess_language(tokens(clean(text)))
        index = self.indexes[spoken]
        words = self.normaliser.words(without_documents(text), language=spoken)
        query = build_query(words, spoken, self.normaliser, self._synonyms[spoken])
        evidence = index.evidence(query, hidden)
        weighted, question = question_features(index, query, hidden)
        features = candidate_features(index, query, evidence, weighted, self._contrasts.of(words), hidden)
        return Looked(query, evidence, features, question, [index.topics[t].live for t in evidence.order])

    def rank(self, text: str, calibration: Calibration, language: str | None = None) -> Ranked:
        """The entries that may answer, best first, with the confidence that each is right."""
        looked = self.look(text, language)
        topics = self.indexes[looked.query.language].topics
        words = len({p.shapes[0] for p in looked.query.parts if p.content})
        exact = self._exact.get(" ".join(fold(t) for t in tokens(clean(text))))
        if not any(looked.live):
            # A phrasing may be nothing but a document's number, which isn't compared.
            found = (Candidate(exact, 1.0),) if exact is not None else ()
            return Ranked(found, None, words, exact=exact is not None)
        share = shares(calibration.ranker(looked.features))
        order = [int(i) for i in np.argsort(-share, kind="stable")]
        with_entry = [i for i in order if looked.live[i]]
        names = [topics[looked.evidence.order[i]].id for i in range(len(share))]
        beyond = names[order[0]] if not looked.live[order[0]] else None
        best = with_entry[0]
        line = confidence_features(looked.features, share, looked.live, best, looked.question)
        sure = sigmoid(float(calibration.judgement(looked.query.language).confidence(np.array([line]))[0]))
        candidates = [Candidate(names[i], _round(sure * float(share[i] / share[best]))) for i in with_entry]
        if exact is not None:
            others = [c for c in candidates if c.entry != exact]
            candidates = [Candidate(exact, 1.0), *(Candidate(c.entry, min(c.confidence, 0.4)) for c in others)]
            beyond = None
        topical = words <= MOST_NAMING and self._names_a_subject(looked, float(looked.features[best][_COVERED]))
        covered, entry = float(looked.features[best][_COVERED]), float(looked.features[best][_ENTRY])
        grounded = covered >= LEAST_COVERED and entry >= LEAST_ENTRY
        contradicted = min(float(looked.features[best][_ONLY]), float(looked.features[best][_APART])) <= -1.0
        return Ranked(tuple(candidates), beyond, words, exact is not None, topical, grounded, contradicted)

    def _names_a_subject(self, looked: Looked, covered: float) -> bool:
        idf = self.indexes[looked.query.language].idf
        telling = [max(idf.get(s, 0.0) for s in p.shapes) for p in looked.query.parts if p.content]
        return bool(telling) and covered > 0.95 and sum(telling) / len(telling) >= TELLING


def _round(confidence: float) -> float:
    return round(min(max(confidence, 0.0), 0.9999), 4)


def _plain(text: str) -> str:
    return " ".join(map(fold, own_words(text)))


def _topics(snapshot: Snapshot, language: str) -> list[Topic]:
    topics = [_topic(e, language) for e in snapshot.entries.values()]
    for name, lines in snapshot.glossary.beyond.items():
        rows = lines.en if language == "en" else lines.vi
        if rows and name not in snapshot.aliases:
            topics.append(Topic(name, rows, live=False))
    return topics


def _topic(entry: Entry, language: str) -> Topic:
    if language == "en":
        return Topic(
            entry.id, (entry.question.en, *entry.phrasings.en), entry.keywords.en, "\n".join(entry.texts("en"))
        )
    keywords = (*entry.keywords.vi, *entry.keywords.en)
    return Topic(entry.id, (entry.question.vi, *entry.phrasings.vi), keywords, "\n".join(entry.texts("vi")))


def _vocabulary(topics: Iterable[Topic], glossary: Glossary) -> dict[str, int]:
    """The words that typing is repaired to: those of the knowledge, and those that spelling and synonyms lead to."""
    counts: dict[str, int] = {}
    texts = [text for t in topics for text in (*t.rows, *t.keywords, t.answer)]
    texts += [p for group in glossary.synonyms for p in group] + list(glossary.fillers)
    texts += [p for table in (glossary.chat, glossary.abbreviations) for phrases in table.values() for p in phrases]
    for text in texts:
        for token in own_words(text):
            shape = fold(token)
            counts[shape] = counts.get(shape, 0) + 1
    return counts


def _spelling(glossary: Glossary) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for table in (glossary.chat, glossary.abbreviations):
        for short, phrases in table.items():
            merged[short] = tuple(dict.fromkeys((*merged.get(short, ()), *phrases)))
    return merged
