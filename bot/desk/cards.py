"""What officers read in their group: the card of a ticket and the short lines that follow it (pure).

Every text carries the ticket's code, so a lost or doubled card is harmless. Officers are written to in Vietnamese.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import show_time
from bot.dialogue import buttons as taps
from bot.dialogue.coordinates import show_position
from bot.faq import Wording
from bot.messages import (
    Button,
    ButtonStyle,
    FileRef,
    Location,
    OutgoingMessage,
    RichText,
    Span,
    Topic,
    TopicColour,
    join,
)
from bot.store.tables import TicketKind, TicketState

#: What an officer reads at a glance; the rest is behind the button "show" and in the console.
QUESTION_ON_CARD = 1200

#: What stands in the name of a ticket's topic besides mark and code.
SUBJECT_IN_TOPIC = 60

_TITLE = {
    TicketKind.DISTRESS: "card.title_distress",
    TicketKind.POSSIBLE_DISTRESS: "card.title_possible",
    TicketKind.QUESTION: "card.title_question",
}


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody is: degrees, WGS 84."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, location: Location) -> Position:
        """The place of a location that was sent."""
        return cls(location.latitude, location.longitude)

    def __str__(self) -> str:
        """Degrees and decimal minutes, as they are read over the radio."""
        return show_position(Location(latitude=self.latitude, longitude=self.longitude))

    @property
    def location(self) -> Location:
        """The place as a message carries it."""
        return Location(latitude=self.latitude, longitude=self.longitude)

    @property
    def map_url(self) -> str:
        """The place on a map that needs no key."""
        place = f"{self.latitude:.5f}"
        return f"https://www.openstreetmap.org/?mlat={place}&mlon={self.longitude:.5f}&zoom=11"


@dataclass(frozen=True, slots=True)
class Face:
    """Everything that a card shows of a ticket."""

    code: str
    kind: TicketKind
    state: TicketState
    department: str
    question: str
    asker: str
    channel: str
    language: str
    due_at: dt.datetime
    officer: str | None = None
    danger: str | None = None
    position: Position | None = None
    reopened: bool = False


def card(words: Wording, face: Face) -> OutgoingMessage:
    """The card of a ticket as it stands now."""
    parts: list[RichText] = []
    if face.reopened:
        parts.append(words.say("card.reopened"))
    parts.append(words.say(_TITLE[face.kind], code=face.code, department=face.department))
    if face.kind is not TicketKind.QUESTION:
        if face.danger:
            parts.append(words.say("card.danger", kind=face.danger))
        parts.append(position_line(words, face.position) if face.position else words.say("card.no_position"))
    parts.append(words.say("card.question", question=shortened(face.question, QUESTION_ON_CARD)))
    parts.append(
        words.say(
            "card.asker",
            name=face.asker or words.line("card.nameless"),
            channel=face.channel,
            language=words.line(f"card.language_{face.language}"),
        )
    )
    if face.state in (TicketState.OPEN, TicketState.TAKEN):
        parts.append(words.say("card.due", due=show_time(face.due_at)))
    parts.append(status_line(words, face))
    if face.state is not TicketState.CLOSED:
        parts.append(words.say("card.how"))
    return OutgoingMessage(text=join(parts, "\n"), buttons=buttons(words, face.code, face.state))


def topic(words: Wording, face: Face) -> Topic:
    """The ticket's own topic in a group that has such: its name says at a glance how far it is."""
    danger = face.kind is not TicketKind.QUESTION and face.state in (TicketState.OPEN, TicketState.TAKEN)
    key = "card.topic_danger" if danger else f"card.topic_{face.state.value}"
    subject = shortened(" ".join(face.question.split()), SUBJECT_IN_TOPIC)
    return Topic(
        key=face.code,
        name=words.line(key, code=face.code, subject=subject),
        closed=face.state is TicketState.CLOSED,
        colour=TopicColour.DANGER if face.kind is not TicketKind.QUESTION else TopicColour.PLAIN,
    )


def rush(words: Wording, waiting: int) -> OutgoingMessage:
    """Many tickets at once: the group's cards come one by one, the queue shows all of them now."""
    return OutgoingMessage(text=words.say("card.rush", count=waiting))


def status_line(words: Wording, face: Face) -> RichText:
    """Who has the ticket."""
    return words.say(f"card.status_{face.state.value}", officer=face.officer or "–")


def buttons(words: Wording, code: str, state: TicketState) -> tuple[tuple[Button, ...], ...]:
    """What can be done with the ticket by a tap; the data is read by the dialogue of the officers' group."""
    show = Button(label=words.line("card.button_show"), data=taps.ticket("show", code))
    close = Button(label=words.line("card.button_close"), data=taps.ticket("close", code))
    if state is TicketState.OPEN:
        take = Button(label=words.line("card.button_take"), data=taps.ticket("take", code), style=ButtonStyle.PRIMARY)
        return ((take,), (close, show))
    if state is TicketState.TAKEN:
        return ((Button(label=words.line("card.button_release"), data=taps.ticket("release", code)),), (close, show))
    return ((close, show),) if state is TicketState.ANSWERED else ((show,),)


def changed(words: Wording, face: Face) -> OutgoingMessage:
    """A line about a change, for a card that can't be edited."""
    return OutgoingMessage(text=words.say("card.changed", code=face.code, status=status_line(words, face)))


def detail(words: Wording, code: str, text: str, *, danger: bool) -> OutgoingMessage:
    """What the asker added."""
    key = "card.detail_distress" if danger else "card.detail"
    return OutgoingMessage(text=words.say(key, code=code, text=shortened(text, QUESTION_ON_CARD)))


def new_position(words: Wording, code: str, position: Position, pin: Location | None = None) -> OutgoingMessage:
    """Where the asker is now, with a `pin` for the map in the officers' phones."""
    line = position_line(words, position)
    return OutgoingMessage(text=words.say("card.new_position", code=code, position=line), pin=pin)


def alarm(words: Wording, head: RichText, card_: OutgoingMessage) -> OutgoingMessage:
    """The card as it wakes somebody privately: first that nobody has taken it."""
    return card_.model_copy(update={"text": join([head, card_.text, words.say("card.alarm_how")], "\n")})


def safe(words: Wording, code: str) -> OutgoingMessage:
    """The person in danger says that they are safe."""
    return OutgoingMessage(text=words.say("card.safe", code=code))


def withdrawn(words: Wording, code: str) -> OutgoingMessage:
    """The asker took the question back."""
    return OutgoingMessage(text=words.say("card.withdrawn", code=code))


def erased(words: Wording, code: str) -> OutgoingMessage:
    """What stands in place of a card whose person and words are gone."""
    return OutgoingMessage(text=words.say("card.erased", code=code))


def media_elsewhere(words: Wording, code: str, channel: str) -> OutgoingMessage:
    """The asker sent a file that can't be relayed to this platform."""
    return OutgoingMessage(text=words.say("card.media_elsewhere", code=code, channel=channel))


def photo(words: Wording, code: str, file: FileRef) -> OutgoingMessage:
    """What the asker's photo shows; where it can't be shown, the words say where it stands."""
    return OutgoingMessage(text=words.say("card.photo", code=code), file=file)


def media_link(words: Wording, code: str, channel: str, url: str) -> OutgoingMessage:
    """The asker sent a file that can be fetched from their platform for a while."""
    link = (Span(text=words.line("card.media_link_name"), url=url),)
    return OutgoingMessage(text=words.say("card.media_link", code=code, channel=channel, link=link))


def undelivered(words: Wording, code: str, reason: str, means: Sequence[str]) -> OutgoingMessage:
    """An answer didn't reach the asker: why, and what is left; `means` are keys of `card.means`."""
    left = "; ".join(words.line(f"card.means.{way}") for way in means)
    return OutgoingMessage(text=words.say("card.undelivered", code=code, reason=reason, means=left))


def position_line(words: Wording, position: Position) -> RichText:
    """A position with a link to a map."""
    link = (Span(text=words.line("card.map"), url=position.map_url),)
    return words.say("card.position", position=position, map=link)


def shortened(text: str, limit: int) -> str:
    """`text`, cut with an ellipsis when it is too long for a card."""
    return text if len(text) <= limit else text[: limit - 2].rstrip() + " …"
