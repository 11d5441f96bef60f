"""Notices: what staff broadcast, from the draft over a second person's approval to the proof of delivery.

In: a text with its kind, severity and audience. Out: one outgoing row for each recipient, and figures of what became of
them. It doesn't send, and it doesn't know any platform.
"""

from bot.notices.audience import Audience, Reach, audience_of, check_areas, reach
from bot.notices.errors import BadNotice, NeedsSecondPerson, NoticeChanged, UnknownNotice, WrongNoticeState
from bot.notices.expand import expand_chunk
from bot.notices.report import Delivery, complete_finished, delivery
from bot.notices.service import (
    Approval,
    approve,
    discard,
    draft,
    edit,
    fingerprint,
    may_approve,
    stop,
    submit,
)
from bot.notices.views import NoticeLine, get, list_notices, public_notices
from bot.notices.wording import notice_message, shown_by_link
from bot.notices.worker import NoticeWorker

__all__ = [
    "Approval",
    "Audience",
    "BadNotice",
    "Delivery",
    "NeedsSecondPerson",
    "NoticeChanged",
    "NoticeLine",
    "NoticeWorker",
    "Reach",
    "UnknownNotice",
    "WrongNoticeState",
    "approve",
    "audience_of",
    "check_areas",
    "complete_finished",
    "delivery",
    "discard",
    "draft",
    "edit",
    "expand_chunk",
    "fingerprint",
    "get",
    "list_notices",
    "may_approve",
    "notice_message",
    "public_notices",
    "reach",
    "shown_by_link",
    "stop",
    "submit",
]
