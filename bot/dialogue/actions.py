"""What dialogue can want: things to say and things to do.

`decide` returns actions in the order in which they happen. Those that are `Effect`s are carried out by intake through
the services and come back as an `Outcome`; the others only have to be rendered.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from bot.dialogue.context import DialogueState, ProfileBrief
from bot.matching import Match
from bot.messages import Location, MediaRef, OutgoingMessage

# --- things to say ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """Show an entry: answer, basis, date of checking, marks, related questions, "was this helpful?".

    `choice` is the number of what was chosen where the entry asks back: that part is shown then.
    """

    entry: str
    asked: str | None = None
    choice: int | None = None


@dataclass(frozen=True, slots=True)
class GiveDocument:
    """Show a document of the registry: title, status, what amended or replaced it, the entries that rest on it."""

    number: str


@dataclass(frozen=True, slots=True)
class AskWhich:
    """Offer up to three entries and "none of these: ask an officer"."""

    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RescueFirst:
    """The rescue numbers and, when danger is certain, the request for the position and the first advice."""

    kind: str | None
    certain: bool
    ask_position: bool = True


@dataclass(frozen=True, slots=True)
class Say:
    """A fixed text of `messages/*.yaml`, with values for its placeholders and the data of the buttons below it."""

    key: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()
    page: bool = False


@dataclass(frozen=True, slots=True)
class MarkTapped:
    """Show on the message that was tapped what was chosen, so that nobody wonders, or chooses twice.

    `choice`: of the buttons only the chosen one stays, ticked. `feedback`: the two buttons for feedback become one,
    ticked.
    """

    kind: Literal["choice", "feedback"]
    data: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """The greeting, with who this is, what it can do, and whether the content was approved; alone it shows the menu."""

    menu: bool = True


@dataclass(frozen=True, slots=True)
class ShowMenu:
    """The main menu: topics, notices, ask an officer, language, SOS."""


@dataclass(frozen=True, slots=True)
class ShowTopic:
    """The questions of one topic, a page of them."""

    topic: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class ShowSubscriptions:
    """Which notices this conversation gets, with buttons to switch each."""


@dataclass(frozen=True, slots=True)
class ShowAccount:
    """All that is the person's: tickets, profile, notices, data, other chats."""


@dataclass(frozen=True, slots=True)
class ShowProfile:
    """What the person told of themselves, with buttons to change each."""

    told: ProfileBrief


@dataclass(frozen=True, slots=True)
class AskProfile:
    """One question of the profile: role, area or vessel."""

    field: str


@dataclass(frozen=True, slots=True)
class ConfirmErasing:
    """What erasing takes and leaves, and whether it is meant; `call` is a call for help that is still open."""

    call: str | None = None


# --- things to do ----------------------------------------------------------------------------------------------------


class Effect:
    """Marks an action that intake carries out; its outcome is rendered."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenTicket(Effect):
    """Hand the question (or the cry for help) to the officers."""

    kind: Literal["question", "distress", "possible_distress"]
    question: str
    entry: str | None = None
    distress_kind: str | None = None
    location: Location | None = None
    media: MediaRef | None = None
    more_media: tuple[MediaRef, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDetail(Effect):
    """Add what the asker says, sends or where they are to their open ticket; `quiet` when another text says so."""

    ticket: str
    text: str = ""
    location: Location | None = None
    media: MediaRef | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class RaiseTicket(Effect):
    """Turn an open ticket into a distress ticket: the person is in danger after all."""

    ticket: str
    distress_kind: str | None
    text: str


@dataclass(frozen=True, slots=True)
class RecordQuestion(Effect):
    """Note what was asked and what was decided; feedback is tied to it."""

    text: str
    match: Match


@dataclass(frozen=True, slots=True)
class RecordFeedback(Effect):
    """Note whether the latest answer with that entry helped."""

    entry: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class SetLanguage(Effect):
    """Speak this language from now on; `chosen` when the person said so, not when the words suggest it."""

    language: Literal["vi", "en"]
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class SetState(Effect):
    """Remember this until the next message."""

    state: DialogueState


@dataclass(frozen=True, slots=True)
class Subscribe(Effect):
    """Start or stop sending one kind of notices to this conversation."""

    kind: str
    on: bool


@dataclass(frozen=True, slots=True)
class StopNotices(Effect):
    """Send no more notices of any kind to the person."""


@dataclass(frozen=True, slots=True)
class SetProfile(Effect):
    """Write down, or take back (None), one thing that the person tells of themselves."""

    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class ClearProfile(Effect):
    """Forget what the person told of themselves."""


@dataclass(frozen=True, slots=True)
class ListTickets(Effect):
    """Show the person's tickets."""


@dataclass(frozen=True, slots=True)
class ShowOwnTicket(Effect):
    """Show one of the person's tickets."""

    ticket: str


@dataclass(frozen=True, slots=True)
class ReopenTicket(Effect):
    """The person isn't done with a ticket that ended."""

    ticket: str


@dataclass(frozen=True, slots=True)
class WithdrawTicket(Effect):
    """The person takes a question back."""

    ticket: str


@dataclass(frozen=True, slots=True)
class TellSafe(Effect):
    """Tell the officers that the person says they are safe."""

    ticket: str


@dataclass(frozen=True, slots=True)
class ExportData(Effect):
    """Gather everything that is stored about the person, for the person."""


@dataclass(frozen=True, slots=True)
class EraseData(Effect):
    """Erase the person, on all their channels."""


@dataclass(frozen=True, slots=True)
class MakeLinkCode(Effect):
    """Make a code that joins another chat to this one."""


@dataclass(frozen=True, slots=True)
class JoinChats(Effect):
    """Join this chat to the one that the code came from."""

    code: str


@dataclass(frozen=True, slots=True)
class LeaveChats(Effect):
    """Make this chat a person of its own again."""


@dataclass(frozen=True, slots=True)
class SetReachable(Effect):
    """The platform says that the chat can(not) be written to, or has a new id."""

    reachable: bool
    reason: str = ""
    new_chat_id: str | None = None


@dataclass(frozen=True, slots=True)
class Erase(Effect):
    """The person has asked the platform that everything about them be erased; nobody is asked back."""


@dataclass(frozen=True, slots=True)
class BindGroup(Effect):
    """Make this group the officers' desk, or this channel a public one, if the one-time code is right."""

    purpose: Literal["desk", "public"]
    code: str


@dataclass(frozen=True, slots=True)
class BindOfficer(Effect):
    """Make this account on the platform an officer's, if the one-time code is right."""

    code: str


@dataclass(frozen=True, slots=True)
class DeskAct(Effect):
    """An officer's act on a ticket from the group; `text` is the answer or the note."""

    act: Literal["take", "release", "answer", "note", "close", "show"]
    ticket: str
    text: str = ""
    media: MediaRef | None = None


@dataclass(frozen=True, slots=True)
class ShowNotice(Effect):
    """Show a notice that somebody has a link to."""

    code: str


@dataclass(frozen=True, slots=True)
class ShowTicket(Effect):
    """Show how a ticket stands to whoever asked it, or to whoever has its secret from the web."""

    code: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class ShowQueue(Effect):
    """List the open tickets in the group."""


Action = (
    GiveAnswer
    | GiveDocument
    | AskWhich
    | RescueFirst
    | Say
    | MarkTapped
    | Welcome
    | ShowMenu
    | ShowTopic
    | ShowSubscriptions
    | ShowAccount
    | ShowProfile
    | AskProfile
    | ConfirmErasing
    | StopNotices
    | SetProfile
    | ClearProfile
    | ListTickets
    | ShowOwnTicket
    | ReopenTicket
    | WithdrawTicket
    | TellSafe
    | ExportData
    | EraseData
    | MakeLinkCode
    | JoinChats
    | LeaveChats
    | OpenTicket
    | AddDetail
    | RaiseTicket
    | RecordQuestion
    | RecordFeedback
    | SetLanguage
    | SetState
    | Subscribe
    | SetReachable
    | Erase
    | BindGroup
    | BindOfficer
    | DeskAct
    | ShowNotice
    | ShowTicket
    | ShowQueue
)


# --- what came of it -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One ticket in a list shown to officers."""

    code: str
    kind: str
    state: str
    subject: str
    due_at: dt.datetime
    officer: str | None


@dataclass(frozen=True, slots=True)
class OwnTicketBrief:
    """A ticket as its asker sees it; `department` by its name in their language."""

    code: str
    kind: str
    state: str
    department: str
    question: str
    opened_at: dt.datetime
    due_at: dt.datetime
    answer: str = ""
    answered_at: dt.datetime | None = None
    may_reopen: bool = False


@dataclass(frozen=True, slots=True)
class ExportBrief:
    """A person's data as `json`, how much there is of what, and where it can be fetched for some minutes.

    `latest` are the last things that the person said, each with its time.
    """

    json: str
    filename: str
    name: str
    chats: int
    received: int
    sent: int
    questions: int
    tickets: int
    latest: tuple[tuple[str, str], ...] = ()
    link: str = ""
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect.

    `error` is None or the key of the text in `messages/*.yaml` (below `error.`) that says what to do. The ticket fields
    are filled after ticket effects; `secret` once, at opening: with the code it finds the answer again on the web.
    `card` is what somebody asked to see.
    """

    error: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    ticket: str | None = None
    secret: str | None = None
    due_at: dt.datetime | None = None
    department: str | None = None
    kind: str | None = None
    subscriptions: frozenset[str] = frozenset()
    queue: tuple[QueueLine, ...] = ()
    card: OutgoingMessage | None = None
    tickets: tuple[OwnTicketBrief, ...] = ()
    export: ExportBrief | None = None
