"""Knowledge at work: files and overlay made live, edits reviewed, lint that needs the matcher, export.

In: the knowledge folder and what officers write in the console. Out: the live `Knowledge` (snapshot and matcher), the
problems of the last reload, and what curators have to look at. It knows no page and no platform.
"""

from bot.curation.calibrating import build_calibration, matcher_for
from bot.curation.errors import (
    BadRevision,
    ChangedMeanwhile,
    NothingLive,
    RevisionNeedsSecondPerson,
    UnknownRevision,
    WrongRevisionState,
)
from bot.curation.export import export
from bot.curation.linting import check_entry, check_matching
from bot.curation.live import LiveKnowledge
from bot.curation.overlay import (
    Edit,
    Overlaid,
    Standing,
    compose,
    content_of,
    fingerprint_of,
    flaws_of,
    parse,
    thing_in,
    with_thing,
)
from bot.curation.revisions import (
    MayApprove,
    RevisionLine,
    approve,
    checked,
    fingerprint,
    get,
    history,
    keep_edit,
    live_edits,
    may_approve,
    open_edit,
    open_edits,
    roll_back,
    save_draft,
    send_back,
    submit,
    take_file,
    waiting_for_review,
    withdraw,
)
from bot.curation.worklist import REVIEW_SOON, Reason, Work, work_on, worklist

__all__ = [
    "REVIEW_SOON",
    "BadRevision",
    "ChangedMeanwhile",
    "Edit",
    "LiveKnowledge",
    "MayApprove",
    "NothingLive",
    "Overlaid",
    "Reason",
    "RevisionLine",
    "RevisionNeedsSecondPerson",
    "Standing",
    "UnknownRevision",
    "Work",
    "WrongRevisionState",
    "approve",
    "build_calibration",
    "check_entry",
    "check_matching",
    "checked",
    "compose",
    "content_of",
    "export",
    "fingerprint",
    "fingerprint_of",
    "flaws_of",
    "get",
    "history",
    "keep_edit",
    "live_edits",
    "matcher_for",
    "may_approve",
    "open_edit",
    "open_edits",
    "parse",
    "roll_back",
    "save_draft",
    "send_back",
    "submit",
    "take_file",
    "thing_in",
    "waiting_for_review",
    "with_thing",
    "withdraw",
    "work_on",
    "worklist",
]
