"""What the desk refuses, each with a text that says what to do (`error.<key>`)."""

from __future__ import annotations

from bot.people import Refused


class UnknownTicket(Refused):
    """There is no ticket with that code (or it is somebody else's)."""

    key = "ticket_unknown"


class AlreadyTaken(Refused):
    """A colleague has the ticket; the text names them."""

    key = "already_taken"


class WrongState(Refused):
    """The ticket's state doesn't allow this."""

    key = "wrong_state"


class EmptyText(Refused):
    """An answer or a note without words and without media."""

    key = "empty_text"


class MediaCannotReach(Refused):
    """Media can only be relayed within one platform; the asker is on another."""

    key = "media_cannot_reach"


class CallForHelpStays(Refused):
    """A call for help can't be taken back by a tap: an officer closes it."""

    key = "call_for_help_stays"


class TicketErased(Refused):
    """Person and words of the ticket are gone: nothing can be done with it any more."""

    key = "ticket_erased"
