"""What the notices refuse, each with a text that says what to do (`error.<key>`)."""

from __future__ import annotations

from bot.people import Refused


class UnknownNotice(Refused):
    """There is no notice with that code."""

    key = "notice_unknown"


class WrongNoticeState(Refused):
    """The notice's state doesn't allow this."""

    key = "notice_wrong_state"


class NeedsSecondPerson(Refused):
    """Who wrote a notice may not approve it while somebody else could."""

    key = "needs_second_person"


class NoticeChanged(Refused):
    """The notice was changed between its being read and being approved; nothing was sent."""

    key = "notice_changed"


class BadNotice(Refused):
    """A notice can't be sent as it is written; `problem` names the text `notice.problem_<problem>`."""

    key = "notice_bad"

    @property
    def problem(self) -> str:
        """What is wrong, in one word."""
        return self.values["problem"]
