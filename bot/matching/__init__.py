"""Understanding what is asked: danger, small talk, a document, or one of the FAQ's entries, with an honest confidence.

In: a message's text and a `Snapshot`. Out: a `Match`. Pure: no input or output, no clock; lexical only. It must not
know conversations, people or platforms. `calibrate` learns the numbers from the FAQ itself; without them the shipped
ones serve.
"""

from __future__ import annotations

from bot.matching.calibrate import calibrate
from bot.matching.calibration import Calibration
from bot.matching.confusions import Asked, ask_itself
from bot.matching.decisions import Candidate, Decision, Distress, Match
from bot.matching.distress import distress_of
from bot.matching.lookup import find_lookup
from bot.matching.matcher import Matcher

__all__ = [
    "Asked",
    "Calibration",
    "Candidate",
    "Decision",
    "Distress",
    "Match",
    "Matcher",
    "ask_itself",
    "calibrate",
    "distress_of",
    "find_lookup",
]
