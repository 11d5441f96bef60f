"""What the curation refuses, each with a text that says what to do (`error.<key>`)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.faq import Flaw
from bot.people import Refused


class UnknownRevision(Refused):
    """There is no such revision."""

    key = "revision_unknown"


class WrongRevisionState(Refused):
    """The revision's state doesn't allow this."""

    key = "revision_wrong_state"


class RevisionNeedsSecondPerson(Refused):
    """Who wrote a revision may not approve it while somebody else could."""

    key = "revision_needs_second_person"


class ChangedMeanwhile(Refused):
    """Somebody else changed the text between its being shown and being sent; nothing was overwritten."""

    key = "revision_changed"


class NothingLive(Refused):
    """There is no edit of the console in force for this thing."""

    key = "revision_nothing_live"


class BadRevision(Refused):
    """The content can't be used as it is; `flaws` say what to mend and where."""

    key = "revision_bad"

    def __init__(self, message: str, flaws: Sequence[Flaw]) -> None:
        super().__init__(message, n=str(len(flaws)))
        self.flaws = tuple(flaws)
