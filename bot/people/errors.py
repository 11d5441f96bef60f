"""Refusals: what services answer when something may not or can't be done.

Surfaces catch `Refused` and show its text.
"""

from __future__ import annotations

from typing import ClassVar


class Refused(Exception):
    """Something was asked for that may not or can't be done; nothing was changed.

    `key` names the text `error.<key>` of `messages/*.yaml` and `values` fills its placeholders.
    """

    key: ClassVar[str] = "refused"

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message)
        self.values: dict[str, str] = values


class NotAllowed(Refused):
    """The officer's roles don't include this."""

    key = "not_allowed"


class CodeUnknown(Refused):
    """There is no such one-time code (or it opens something else)."""

    key = "code_unknown"


class CodeUsed(Refused):
    """The one-time code was used before."""

    key = "code_used"


class CodeExpired(Refused):
    """The one-time code is older than a day, or was replaced by a newer one."""

    key = "code_expired"


class NotAGroup(Refused):
    """A private chat can't be the officers' desk or a public channel."""

    key = "not_a_group"


class UnknownOfficer(Refused):
    """There is no such officer, or no longer."""

    key = "officer_unknown"


class BadOfficer(Refused):
    """An officer can't be invited like this: no name, no role, or a role that doesn't exist."""

    key = "officer_bad"


class LastAdministrator(Refused):
    """The only administrator can't be revoked: nobody could invite another."""

    key = "last_administrator"


class BadProfile(Refused):
    """Nobody can be this: an unknown role, a place that isn't offered any more."""

    key = "profile_bad"


class NotPrivate(Refused):
    """A group is no person: this is for private chats."""

    key = "not_private"


class TooManyTries(Refused):
    """Too many codes were asked for or guessed in an hour."""

    key = "too_many_tries"


class LinkCodeWrong(Refused):
    """No chat is joined by this code: it is unknown, was used, or is older than a quarter of an hour."""

    key = "link_wrong"


class AlreadyLinked(Refused):
    """Both chats are the same person's already."""

    key = "already_linked"
