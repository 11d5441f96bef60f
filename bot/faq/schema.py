"""What stands in `knowledge/`: the shape of every file that curators write, checked on the way in.

The models are frozen: once loaded, knowledge doesn't change; a reload builds a new snapshot.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

#: Telegram takes 4,096 characters; basis, date and marks are added to the answer, and a small screen holds far less.
ANSWER_LIMIT = 900
#: A button shows about so much on a phone.
CHOICE_LABEL_LIMIT = 40

EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Curated(BaseModel):
    """Base of all that is read from `knowledge/`: frozen, and an unknown field is an error, not a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Curated):
    """The same text in Vietnamese and English."""

    vi: Line
    en: Line

    def get(self, language: str) -> str:
        """The text in `language` ("vi" or "en")."""
        return self.en if language == "en" else self.vi


class BilingualLines(Curated):
    """The same kind of lines (phrasings, keywords) in Vietnamese and English."""

    vi: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Audience(StrEnum):
    """Who asks such a question."""

    FISHERMAN = "fisherman"
    BOAT_OWNER = "boat_owner"
    SEAFARER = "seafarer"
    BUSINESS = "business"
    SHIPPING_AGENT = "shipping_agent"
    PRESS = "press"
    PUBLIC = "public"


class Basis(Curated):
    """What an answer rests on: an article of a document in `documents.yaml`, or an official page."""

    document: Line | None = None
    article: Line | None = None
    url: HttpUrl | None = None
    title: Bilingual | None = Field(default=None, description="names an official page that is no legal document")

    @model_validator(mode="after")
    def _names_something(self) -> Basis:
        if self.document is None and (self.url is None or self.title is None):
            raise ValueError("a basis needs a `document` from documents.yaml, or a `url` with a `title`")
        return self


class Verification(Curated):
    """How far the facts behind an answer were checked, and when."""

    status: Literal["verified", "secondary"]
    checked: dt.date
    confirm: Bilingual | None = Field(
        default=None, description="which claims an officer still has to confirm (a fine, a deadline), in a few words"
    )

    @model_validator(mode="after")
    def _secondary_says_what(self) -> Verification:
        if self.status == "secondary" and self.confirm is None:
            raise ValueError("`status: secondary` needs `confirm`: which claims an officer has to confirm")
        return self


class Approval(Curated):
    """Who in the authority approved an entry, and when."""

    by: Line
    on: dt.date


class Validity(Curated):
    """The days on which an answer may be given; `null` is open."""

    from_: dt.date | None = Field(default=None, alias="from")
    until: dt.date | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def covers(self, day: dt.date) -> bool:
        """Whether the answer may be given on `day`."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


class Choice(Curated):
    """One way to go on from an answer that depends on something: a button to an entry, or to a part of the answer."""

    label: Bilingual
    entry: EntryId | None = None
    answer: Bilingual | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Choice:
        if (self.entry is None) == (self.answer is None):
            raise ValueError("a choice needs either an `entry` that it leads to, or an `answer` of its own")
        if max(len(self.label.vi), len(self.label.en)) > CHOICE_LABEL_LIMIT:
            raise ValueError(
                f"the label of a choice has at most {CHOICE_LABEL_LIMIT} characters: it stands on a button"
            )
        return self


class Asks(Curated):
    """What an answer depends on, asked back with buttons: how long the boat is, what kind of vessel it is."""

    question: Bilingual
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=6)


class Entry(Curated):
    """One question of the FAQ with everything that its answer needs."""

    id: EntryId
    aliases: tuple[EntryId, ...] = ()
    topic: TopicId
    audience: tuple[Audience, ...] = Field(min_length=1)
    question: Bilingual
    phrasings: BilingualLines
    keywords: BilingualLines = BilingualLines()
    answer: Bilingual
    asks: Asks | None = None
    basis: tuple[Basis, ...] = ()
    advice: bool = Field(default=False, description="practical advice that rests on no document, and says so")
    handler: Bilingual | None = Field(default=None, description="the authority that really deals with the matter")
    department: Key | None = Field(default=None, description="overrides the department that the topic is routed to")
    verification: Verification
    approved: Approval | None = None
    valid: Validity = Validity()
    review_by: dt.date
    related: tuple[EntryId, ...] = ()

    def texts(self, language: str) -> tuple[str, ...]:
        """Everything that may be shown as the answer: the answer itself, then those of its choices."""
        own = (choice.answer for choice in self.asks.choices) if self.asks is not None else ()
        return (self.answer.get(language), *(answer.get(language) for answer in own if answer is not None))

    @model_validator(mode="after")
    def _rests_on_something(self) -> Entry:
        if not self.basis and not self.advice:
            raise ValueError("an entry needs a `basis`, or `advice: true` when it is practical advice without one")
        return self


class DocumentStatus(StrEnum):
    """Whether a legal document still speaks."""

    IN_FORCE = "in_force"
    PARTLY_AMENDED = "partly_amended"
    REPLACED = "replaced"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


class Document(Curated):
    """A legal document in the registry: the hinge between the law and the answers."""

    number: Line
    aliases: tuple[Line, ...] = ()
    title: Bilingual
    issuer: Line
    issued: dt.date | None = None
    effective: dt.date | None = None
    status: DocumentStatus
    amended_by: tuple[Line, ...] = ()
    replaced_by: Line | None = None
    url: HttpUrl | None = Field(default=None, description="an official page (a government site) or none")
    note: Line | None = Field(default=None, description="for curators; not shown to askers")
    checked: dt.date


class Topic(Curated):
    """A branch of the topic tree, and the department that answers for it."""

    id: TopicId
    title: Bilingual
    department: Key


class Contact(Curated):
    """A way to reach an authority, with where it was read and when; numbers change, so none stands without both."""

    kind: Literal["phone", "email", "web", "radio"]
    value: Line
    label: Bilingual
    source: HttpUrl
    read: dt.date
    confirmed: dt.date | None = Field(
        default=None, description="the day on which the operator called and found it right"
    )
    emergency: bool = False


class Department(Curated):
    """A unit of the operator that tickets are routed to."""

    id: Key
    name: Bilingual
    contacts: tuple[Contact, ...] = ()


class WorkingHours(Curated):
    """When officers answer; `days` counts Monday as 1. Hours are local time of the organization."""

    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1)
    spans: tuple[tuple[dt.time, dt.time], ...] = Field(min_length=1)
    holidays: tuple[dt.date, ...] = ()


class ServiceLevels(Curated):
    """How soon a person answers: `answer_hours` in working hours, `urgent_minutes` by the clock."""

    answer_hours: Annotated[float, Field(gt=0)]
    urgent_minutes: Annotated[int, Field(gt=0)]


class Retention(Curated):
    """How long what people said is kept, in days: the one place; texts, clean-up and `doctor` all read it."""

    messages: Annotated[int, Field(ge=7, description="what came in and what went out")] = 180
    questions: Annotated[int, Field(ge=7, description="what was asked and decided, for the figures")] = 365
    tickets: Annotated[int, Field(ge=7, description="person and words of a ticket, after its end")] = 365
    sign_ins: Annotated[int, Field(ge=1, description="officers' sessions and one-time codes, after their end")] = 30
    backups: Annotated[int, Field(ge=1, description="how long the operator keeps a backup file")] = 30


class AlarmTarget(StrEnum):
    """Who hears of a call for help."""

    GROUPS = "groups"
    DEPARTMENT = "department"
    OFFICERS = "officers"
    LEADERS = "leaders"


class AlarmRing(Curated):
    """One ring of people who are alerted when nobody has taken a call for help for so many minutes."""

    after_minutes: Annotated[float, Field(ge=0)]
    to: tuple[AlarmTarget, ...] = Field(min_length=1)


_RINGS = (
    AlarmRing(after_minutes=0, to=(AlarmTarget.DEPARTMENT,)),
    AlarmRing(after_minutes=2, to=(AlarmTarget.GROUPS, AlarmTarget.OFFICERS)),
    AlarmRing(after_minutes=4, to=(AlarmTarget.LEADERS,)),
)


class Alarm(Curated):
    """Whom a call for help wakes, one ring after the other, until an officer takes it.

    The card in the officers' groups goes out at once in any case; the first ring adds to it.
    """

    rings: tuple[AlarmRing, ...] = Field(default=_RINGS, min_length=1)

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Alarm:
        minutes = [ring.after_minutes for ring in self.rings]
        if minutes != sorted(set(minutes)):
            raise ValueError("the rings' `after_minutes` must grow from ring to ring")
        return self


class Area(Curated):
    """A place that people choose as theirs; notices can be addressed by it."""

    id: Key
    name: Bilingual
    source: HttpUrl
    read: dt.date


class Organization(Curated):
    """The operator of this hotline: who it is, how it is reached, when it works, whom to call in danger."""

    id: Key
    name: Bilingual
    short_name: Bilingual
    place: Bilingual
    timezone: Line
    website: HttpUrl | None = None
    contacts: tuple[Contact, ...] = ()
    departments: tuple[Department, ...] = Field(min_length=1)
    default_department: Key
    working_hours: WorkingHours
    service_levels: ServiceLevels
    rescue: tuple[Contact, ...] = Field(min_length=1, description="first to be called in danger, in this order")
    areas: tuple[Area, ...] = ()
    retention: Retention = Retention()
    alarm: Alarm = Alarm()

    def area(self, area_id: str | None) -> Area | None:
        """The area with that id; none for one that is no longer offered."""
        return next((area for area in self.areas if area.id == area_id), None)


class DistressKind(Curated):
    """A kind of danger at sea and how people tell of it.

    `certain` and `possible` are patterns; their language is described in `emergency.yaml`.
    """

    id: Key
    title: Bilingual
    certain: tuple[Line, ...] = ()
    possible: tuple[Line, ...] = ()
    advice: Bilingual


class Emergency(Curated):
    """Everything by which danger is recognised, and what is said first; patterns, where nothing else is said."""

    lists: dict[Key, tuple[Line, ...]] = Field(default={}, description="named phrases for patterns: <vessel>")
    lookalikes: tuple[Line, ...] = Field(default=(), description="words that folding makes look like a word of danger")
    help: tuple[Line, ...] = Field(default=(), description="cries for help")
    still: tuple[Line, ...] = Field(default=(), description="what began earlier and goes on")
    now: tuple[Line, ...] = Field(default=(), description="what puts it into the present")
    not_now: tuple[Line, ...] = Field(default=(), description="questions about it, and past events")
    asks: tuple[Line, ...] = Field(default=(), description="questions that could be asked beforehand as well")
    wants: tuple[Line, ...] = Field(default=(), description="what people want who are in no danger")
    hints: tuple[Line, ...] = Field(default=(), description="broad words of danger; two, or one with a setting, count")
    setting: tuple[Line, ...] = Field(default=(), description="vessels, the sea, people aboard")
    evidence: str = Field(
        default="",
        pattern=r"^(\S+:-?\d+(\.\d+)?\s*)*$",
        description="`word:weight` or `two_words:weight`, learnt; how strongly words speak for danger",
    )
    never: tuple[Line, ...] = Field(default=(), description="rules, insurance, news, drills, jokes, figures of speech")
    kinds: tuple[DistressKind, ...] = Field(min_length=1)


class Side(Curated):
    """One side of a contrast: patterns that say it, and topics whose entries mean it where they don't say it."""

    said: tuple[Line, ...] = Field(min_length=1)
    topics: tuple[TopicId, ...] = ()


class Contrast(Curated):
    """Things that must not be mixed up; `only`: an entry that doesn't say it means something else."""

    id: Key
    only: bool = False
    sides: dict[Key, Side]


class Glossary(Curated):
    """Words that people use for the words of the law."""

    synonyms: tuple[tuple[Line, ...], ...] = Field(default=(), description="groups of words for the same thing")
    abbreviations: dict[Line, tuple[Line, ...]] = Field(default={}, description="gsht → giám sát hành trình")
    chat: dict[Line, tuple[Line, ...]] = Field(default={}, description="chat spelling: ko → không")
    fillers: tuple[Line, ...] = Field(default=(), description="phrases that carry no meaning: cho em hỏi")
    smalltalk: dict[Key, tuple[Line, ...]] = Field(default={}, description="kind → patterns; `human` wants a person")
    contrasts: tuple[Contrast, ...] = Field(default=(), description="what must not be mixed up: a fine, a procedure")
    beyond: dict[EntryId, BilingualLines] = Field(
        default={}, description="questions known to be asked that have no entry yet: not to be taken for a neighbour's"
    )
