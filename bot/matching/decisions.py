"""What matching says about a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """What is to be done with a message."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ESCALATE = "escalate"
    EMERGENCY = "emergency"
    SMALLTALK = "smalltalk"


class Distress(StrEnum):
    """How sure it is that somebody is in danger now."""

    POSSIBLE = "possible"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer the message; `confidence` 0..1 that it is the right one."""

    entry: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Match:
    """The decision on a message, with what led to it.

    `distress_kind` is the id of a `DistressKind`. `entry` is set with `ANSWER` only: an entry's id, or
    `document:<number>`. `candidates`: up to five, best first, whatever the decision; `confidence` that the first is
    right. `smalltalk`: its kind. `language`: `"vi"` or `"en"`, guessed from the text. `why`: reasons, for debugging.
    """

    decision: Decision
    distress: Distress | None
    distress_kind: str | None
    entry: str | None
    confidence: float
    candidates: tuple[Candidate, ...]
    smalltalk: str | None
    language: str
    why: tuple[str, ...]
