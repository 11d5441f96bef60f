"""Knowledge at work: what is live now, reloaded while the program runs, all or nothing.

In: the knowledge folder. Out: the live `Knowledge` (snapshot and matcher) and the problems of the last reload.
"""

from bot.curation.calibrating import build_calibration, matcher_for
from bot.curation.live import LiveKnowledge

__all__ = ["LiveKnowledge", "build_calibration", "matcher_for"]
