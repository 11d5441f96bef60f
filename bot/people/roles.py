"""Who may do what: one table from roles to permissions."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from bot.people.errors import NotAllowed
from bot.store.tables import Officer, Role


class Permission(StrEnum):
    """One thing that an officer may be allowed to do."""

    SEE_QUEUE = "see_queue"
    TAKE = "take"
    ANSWER = "answer"
    NOTE = "note"
    CLOSE = "close"
    TAKE_OVER = "take_over"  # act on a ticket that a colleague has taken
    EDIT_KNOWLEDGE = "edit_knowledge"
    APPROVE_KNOWLEDGE = "approve_knowledge"  # ... that somebody else wrote; and roll back any
    SEE_NOTICES = "see_notices"
    WRITE_NOTICE = "write_notice"
    APPROVE_NOTICE = "approve_notice"  # ... that somebody else wrote; and stop any
    SEE_REPORTS = "see_reports"
    SEE_AUDIT = "see_audit"
    MANAGE_OFFICERS = "manage_officers"


_DESK = frozenset({Permission.SEE_QUEUE, Permission.TAKE, Permission.ANSWER, Permission.NOTE, Permission.CLOSE})

ROLES = MappingProxyType(
    {
        Role.OFFICER: _DESK | {Permission.SEE_NOTICES},
        Role.EDITOR: frozenset(
            {
                Permission.SEE_QUEUE,
                Permission.EDIT_KNOWLEDGE,
                Permission.APPROVE_KNOWLEDGE,
                Permission.SEE_NOTICES,
            }
        ),
        Role.BROADCASTER: frozenset({Permission.SEE_NOTICES, Permission.WRITE_NOTICE, Permission.APPROVE_NOTICE}),
        Role.LEADER: _DESK
        | {
            Permission.TAKE_OVER,
            Permission.APPROVE_KNOWLEDGE,
            Permission.SEE_NOTICES,
            Permission.SEE_REPORTS,
            Permission.SEE_AUDIT,
        },
        Role.ADMIN: frozenset(Permission),
    }
)

_NAMES = frozenset(role.value for role in Role)


def permissions(officer: Officer) -> frozenset[Permission]:
    """Everything that the officer may do; a revoked one nothing, and a role that no longer exists gives nothing."""
    if officer.revoked_at is not None:
        return frozenset()
    known = [Role(role) for role in officer.roles if role in _NAMES]
    return frozenset().union(*(ROLES[role] for role in known))


def can(officer: Officer, permission: Permission) -> bool:
    """Whether the officer may do it."""
    return permission in permissions(officer)


def require(officer: Officer, permission: Permission) -> None:
    """Raises `NotAllowed` unless the officer may do it."""
    if not can(officer, permission):
        raise NotAllowed(f"{officer.name} (roles {', '.join(officer.roles)}) may not {permission.value}")
