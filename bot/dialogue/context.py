"""What dialogue is told about a conversation before it decides; all of it plain, frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.faq import Snapshot
from bot.matching import Matcher
from bot.messages import Capabilities, ChatKind, Language, Location, MediaRef, OutgoingMessage


class Awaiting(StrEnum):
    """What the next message of an asker is taken for, unless it says otherwise itself."""

    NOTHING = "nothing"
    #: words for the officer that a ticket will be opened with
    QUESTION = "question"
    #: more about the open ticket
    DETAILS = "details"
    #: where the danger is
    POSITION = "position"
    #: one of `offered`, by tap or by its number
    CHOICE = "choice"
    #: whether everything stored is really to be erased
    ERASING = "erasing"


class DialogueState(BaseModel):
    """What a conversation remembers between two messages; stored as JSON, so it survives a restart.

    A state that an older version wrote, or that is damaged, is read as the empty one: the dialogue starts anew.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    awaiting: Awaiting = Awaiting.NOTHING
    #: what was asked last, for the officer if it comes to that
    question: str | None = None
    #: data of the buttons that were offered last, in the order in which they can be chosen by number
    offered: tuple[str, ...] = ()
    last_entry: str | None = None
    #: the ticket that the next words are added to, when one was chosen
    ticket: str | None = None
    #: a photo or recording that nobody has seen yet: relayed if an officer is asked
    media: MediaRef | None = None
    #: the other files of the same album, and the album's mark
    more_media: tuple[MediaRef, ...] = ()
    album: str | None = None
    #: the message that was answered last: only its correction is answered anew
    answered: str | None = None
    #: a position that came before anything was said of danger, and when
    position: Location | None = None
    position_at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class OfficerBrief:
    """The officer behind a message in the officers' group."""

    id: int
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class TicketBrief:
    """A ticket of the person, as far as dialogue needs it; `may_reopen` while its end is recent."""

    code: str
    kind: str
    state: str
    may_reopen: bool = False


@dataclass(frozen=True, slots=True)
class FollowUpBrief:
    """A ticket that an officer answered after the person's last word; `asks` when the answer asks something back."""

    code: str
    kind: str
    asks: bool


@dataclass(frozen=True, slots=True)
class ProfileBrief:
    """What the person told of themselves; None where nothing."""

    role: str | None = None
    area: str | None = None
    vessel: str | None = None


@dataclass(frozen=True, slots=True)
class Tapped:
    """The message whose button was tapped, as it was shown last; `ticket` when it is that ticket's card."""

    message_id: str
    message: OutgoingMessage
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known: the snapshot and the matcher built from it. They change together, all or nothing."""

    snapshot: Snapshot
    matcher: Matcher
    require_approval: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that bears on one message."""

    language: Language
    language_chosen: bool
    chat_kind: ChatKind
    state: DialogueState
    capabilities: Capabilities
    first_contact: bool = False
    is_desk: bool = False
    officer: OfficerBrief | None = None
    open_ticket: TicketBrief | None = None
    replied_ticket: str | None = None
    tapped: Tapped | None = None
    #: the ticket to which the message that is now corrected went
    corrected_ticket: str | None = None
    #: the ticket of the alarm that an officer replies to in their private chat
    alerted_ticket: str | None = None
    follow_up: FollowUpBrief | None = None
    tickets: tuple[TicketBrief, ...] = ()
    profile: ProfileBrief = ProfileBrief()
    subscriptions: frozenset[str] = field(default_factory=frozenset)
