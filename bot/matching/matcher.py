"""The decision on a message: danger first, then small talk, documents, and the entries of the FAQ."""

from __future__ import annotations

from dataclasses import dataclass

from bot.faq.snapshot import Snapshot
from bot.matching.calibration import Calibration, Judgement
from bot.matching.decisions import Candidate, Decision, Distress, Match
from bot.matching.defaults import DEFAULT_CALIBRATION
from bot.matching.distress import Finding, rules_of
from bot.matching.explanation import explain
from bot.matching.lookup import Lookup, find_lookup
from bot.matching.ranking import Ranked, Ranking
from bot.matching.smalltalk import Chat, SmallTalk
from bot.text import clean, guess_language, tokens

#: How many candidates a decision carries along.
SHOWN = 5
#: How many other meaningful words small talk may hold; who is thanked, praised or scolded is often told why.
OTHER_WORDS = {"human": 8, "thanks": 6, "praise": 4, "bye": 3, "abuse": 4}
DEFAULT_OTHER_WORDS = 3
#: Entries that are this unlikely aren't offered when a question that nothing here answers fits better.
BESIDE_THE_POINT = 0.2
#: Kinds that ask nothing: with a question beside them, the question counts.
STATEMENTS = ("thanks", "praise", "bye", "ok", "abuse")


def _may_stand_alone(ranked: Ranked) -> bool:
    """Whether a confident candidate may be given as the answer, or has to be asked back all the same."""
    return ranked.words >= 3 and not ranked.topical and not ranked.contradicted


@dataclass(frozen=True, slots=True)
class _Read:
    """What all the readers found in one message."""

    language: str
    danger: Finding
    chat: Chat | None
    lookup: Lookup | None
    ranked: Ranked


class Matcher:
    """Decides on messages by one snapshot of the knowledge. Pure and immutable: threads may share it."""

    def __init__(self, snapshot: Snapshot, calibration: Calibration | None = None) -> None:
        self._snapshot = snapshot
        self._calibration = calibration or DEFAULT_CALIBRATION
        self._danger = rules_of(snapshot.emergency)
        self._smalltalk = SmallTalk(snapshot.glossary)
        self._ranking = Ranking(snapshot)

    def match(self, text: str) -> Match:
        """The decision on a message; never raises, whatever the text is."""
        read = self._read(text)
        judgement = self._calibration.judgement(read.language)
        decision, entry, why = self._decide(read)
        candidates = read.ranked.candidates[:SHOWN]
        if entry is not None and entry.startswith("document:"):
            candidates = (Candidate(entry, 1.0), *candidates[: SHOWN - 1])
        reasons = (
            f"language: {read.language}",
            *read.danger.why,
            *why,
            *(f"candidate: {c.entry} {c.confidence:.3f}" for c in candidates[:3]),
            f"thresholds: answer {judgement.answer:.3f}, clarify {judgement.clarify:.3f}",
        )
        human = (
            decision is Decision.ESCALATE
            and read.chat is not None
            and read.chat.kind == "human"
            and why[0].startswith("small")
        )
        return Match(
            decision=decision,
            distress=read.danger.distress,
            distress_kind=read.danger.kind,
            entry=entry,
            confidence=candidates[0].confidence if candidates else 0.0,
            candidates=candidates,
            smalltalk=read.chat.kind if read.chat is not None and (decision is Decision.SMALLTALK or human) else None,
            language=read.language,
            why=reasons,
        )

    def search(self, text: str, limit: int = 20) -> tuple[Candidate, ...]:
        """Entries for the search of the FAQ pages: everything that fits at all, best first."""
        return self._ranking.rank(text, self._calibration).candidates[: max(limit, 0)]

    def explain(self, text: str) -> tuple[str, ...]:
        """The whole way to the decision, line by line: how the text was read, what came near, why it went as it did."""
        found = self.match(text)
        return (
            f"decision: {found.decision.value}{f' {found.entry}' if found.entry else ''}, {found.confidence:.3f}",
            *found.why,
            *explain(self._ranking, self._calibration, text).lines(),
        )

    def _read(self, text: str) -> _Read:
        language = guess_language(tokens(clean(text)))
        return _Read(
            language,
            self._danger.find(text),
            self._smalltalk.find(text),
            find_lookup(text, self._snapshot),
            self._ranking.rank(text, self._calibration, language),
        )

    def _decide(self, read: _Read) -> tuple[Decision, str | None, tuple[str, ...]]:
        ranked, chat = read.ranked, read.chat
        judgement = self._calibration.judgement(read.language)
        if read.danger.distress is Distress.CERTAIN:
            return Decision.EMERGENCY, None, ("somebody is in danger now",)
        calm = read.danger.distress is None
        if calm and chat is not None and not ranked.exact and self._is_only(chat, ranked, judgement):
            decision = Decision.ESCALATE if chat.kind == "human" else Decision.SMALLTALK
            return decision, None, (f"small talk {chat.kind}: {chat.pattern} (other words: {chat.left})",)
        if read.lookup is not None and not ranked.exact:
            document = read.lookup.document
            if document is None:
                return Decision.ESCALATE, None, (f"document {read.lookup.asked}: not in the registry",)
            return Decision.ANSWER, f"document:{document.number}", (f"document {read.lookup.asked}",)
        if not ranked.candidates:
            return Decision.ESCALATE, None, ("nothing fits",)
        first = ranked.candidates[0]
        note = (f"fits better: {ranked.beyond}, which has no entry yet",) if ranked.beyond is not None else ()
        if first.confidence >= judgement.answer and (ranked.exact or _may_stand_alone(ranked)):
            return Decision.ANSWER, first.entry, ("sure enough to answer", *note)
        worth_showing = judgement.clarify if ranked.beyond is None else max(judgement.clarify, BESIDE_THE_POINT)
        if first.confidence >= worth_showing and ranked.grounded:
            return Decision.CLARIFY, None, ("not sure: ask back", *note)
        if ranked.topical:
            return Decision.CLARIFY, None, ("only a subject is named: ask back", *note)
        return Decision.ESCALATE, None, ("not sure enough to ask back", *note)

    def _is_only(self, chat: Chat, ranked: Ranked, judgement: Judgement) -> bool:
        """Whether a message is small talk and nothing more: what else it says is little, and no entry fits it well."""
        if chat.left == 0:
            return True
        if chat.kind in STATEMENTS and chat.asks:
            return False
        if chat.left > OTHER_WORDS.get(chat.kind, DEFAULT_OTHER_WORDS):
            return False
        fits = ranked.candidates[0].confidence if ranked.candidates else 0.0
        return fits < (judgement.clarify if chat.kind in ("greeting", "ok", "test", "help") else judgement.answer)
