"""The tables, one module for each subject; both databases share them."""

from bot.store.tables.attachments import Attachment
from bot.store.tables.desk import EventKind, Priority, Ticket, TicketEvent, TicketKind, TicketState
from bot.store.tables.knowledge import KnowledgeRevision, RevisionState, SubjectKind
from bot.store.tables.notices import Notice, NoticeKind, NoticeState, Severity
from bot.store.tables.people import (
    Audit,
    ChannelMemory,
    CodePurpose,
    ConsoleSession,
    Conversation,
    Invite,
    InvitePurpose,
    Officer,
    OfficerIdentity,
    Person,
    PersonCode,
    ProfileRole,
    Purpose,
    Role,
    Subscription,
    VesselClass,
)
from bot.store.tables.traffic import Inbound, InboundState, Outgoing, OutgoingState, Question, Source

__all__ = [
    "Attachment",
    "Audit",
    "ChannelMemory",
    "CodePurpose",
    "ConsoleSession",
    "Conversation",
    "EventKind",
    "Inbound",
    "InboundState",
    "Invite",
    "InvitePurpose",
    "KnowledgeRevision",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "Officer",
    "OfficerIdentity",
    "Outgoing",
    "OutgoingState",
    "Person",
    "PersonCode",
    "Priority",
    "ProfileRole",
    "Purpose",
    "Question",
    "RevisionState",
    "Role",
    "Severity",
    "Source",
    "SubjectKind",
    "Subscription",
    "Ticket",
    "TicketEvent",
    "TicketKind",
    "TicketState",
    "VesselClass",
]
