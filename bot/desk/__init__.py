"""The desk: every question and call for help that a person has to answer, from opening to closing.

In: what askers hand over and what officers do. Out: tickets with their history, answers queued to askers, cards queued
to the officers' groups. It doesn't know on which surface an officer acts, nor how anything is sent.
"""

from bot.desk.acts import Answered, answer, close, note, release, release_all_of, reopen, take
from bot.desk.alarm_worker import AlarmWorker
from bot.desk.calendar import due_at, is_open
from bot.desk.cards import Position
from bot.desk.codes import normalise_code
from bot.desk.danger import raise_to_distress
from bot.desk.details import REOPEN_WITHIN, add_detail
from bot.desk.erasing import erase_ticket, may_be_erased
from bot.desk.errors import (
    AlreadyTaken,
    CallForHelpStays,
    EmptyText,
    MediaCannotReach,
    TicketErased,
    UnknownTicket,
    WrongState,
)
from bot.desk.history import by_code
from bot.desk.own import (
    FollowUp,
    OwnTicket,
    follow_up_of,
    may_reopen,
    own_page,
    reopen_own,
    ticket_of_answer,
    tickets_of,
    told_safe,
    withdraw,
)
from bot.desk.routing import department_name
from bot.desk.status import status
from bot.desk.tickets import Opened, open_ticket
from bot.desk.undelivered import undelivered
from bot.desk.views import (
    DeliveryLine,
    EventLine,
    PublicTicket,
    Said,
    TicketLine,
    TicketView,
    code_of,
    file_of_event,
    find_by_secret,
    open_ticket_of,
    overdue,
    public_page,
    queue,
    show_card,
    ticket_of_card,
    ticket_of_topic,
    ticket_page,
    went_into,
)

__all__ = [
    "REOPEN_WITHIN",
    "AlarmWorker",
    "AlreadyTaken",
    "Answered",
    "CallForHelpStays",
    "DeliveryLine",
    "EmptyText",
    "EventLine",
    "FollowUp",
    "MediaCannotReach",
    "Opened",
    "OwnTicket",
    "Position",
    "PublicTicket",
    "Said",
    "TicketErased",
    "TicketLine",
    "TicketView",
    "UnknownTicket",
    "WrongState",
    "add_detail",
    "answer",
    "by_code",
    "close",
    "code_of",
    "department_name",
    "due_at",
    "erase_ticket",
    "file_of_event",
    "find_by_secret",
    "follow_up_of",
    "is_open",
    "may_be_erased",
    "may_reopen",
    "normalise_code",
    "note",
    "open_ticket",
    "open_ticket_of",
    "overdue",
    "own_page",
    "public_page",
    "queue",
    "raise_to_distress",
    "release",
    "release_all_of",
    "reopen",
    "reopen_own",
    "show_card",
    "status",
    "take",
    "ticket_of_answer",
    "ticket_of_card",
    "ticket_of_topic",
    "ticket_page",
    "tickets_of",
    "told_safe",
    "undelivered",
    "went_into",
    "withdraw",
]
