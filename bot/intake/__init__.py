"""Intake: from a stored message to everything that follows from it, in one transaction.

In: arrivals from channels. Out: handled messages, changed tickets and people, outgoing rows. It knows how to load a
conversation's context and how to carry out what dialogue decided; it decides nothing itself.
"""

from bot.intake.inbox import StoredInbox
from bot.intake.rescue import Rescue
from bot.intake.worker import Intake

__all__ = ["Intake", "Rescue", "StoredInbox"]
