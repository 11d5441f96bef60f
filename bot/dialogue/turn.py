"""One message with all that bears on it, as the rules of dialogue see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from bot.clock import local_day
from bot.dialogue.actions import Action, SetLanguage, SetState
from bot.dialogue.commands import Command, Verb, parse_command
from bot.dialogue.context import Context, DialogueState, FollowUpBrief, Knowledge, TicketBrief
from bot.faq import Entry
from bot.matching import Decision, Distress, Match, distress_of
from bot.messages import InboundMessage, Location, Media, MediaRef, Press, Text

#: Longer texts are read for an answer by their beginning only.
LONGEST_QUESTION = 2000
#: From so many words on a text says something of its language.
_WORDS_FOR_LANGUAGE = 3
#: A text is searched for danger in pieces, since patterns and normaliser read a bounded number of words at once.
_PIECE, _OVERLAP = 120, 20
#: A position that came without a word is taken for the place of danger if danger is told of within so long.
_POSITION_AGE = dt.timedelta(minutes=30)
#: Commands behind which a code stands, not words.
_TAKE_CODES = frozenset({Verb.LOGIN, Verb.DESK, Verb.PUBLIC, Verb.LINK, Verb.TICKETS, Verb.START})


@dataclass(frozen=True)
class Turn:
    """The message, who said it in what state, what is known, and when it is handled."""

    message: InboundMessage
    context: Context
    knowledge: Knowledge
    now: dt.datetime

    @property
    def state(self) -> DialogueState:
        """What the conversation remembers."""
        return self.context.state

    @property
    def ticket(self) -> TicketBrief | None:
        """The open ticket of the conversation."""
        return self.context.open_ticket

    @property
    def follow_up(self) -> FollowUpBrief | None:
        """The ticket that was answered after the person's last word."""
        return self.context.follow_up

    @property
    def in_distress(self) -> bool:
        """Whether the open ticket is a call for help."""
        return self.ticket is not None and self.ticket.kind == "distress"

    @property
    def call_for_help(self) -> TicketBrief | None:
        """The person's call for help that no officer has closed yet."""
        if self.ticket is not None and self.ticket.kind != "question":
            return self.ticket
        return next((t for t in self.context.tickets if t.kind != "question" and t.state != "closed"), None)

    @cached_property
    def text(self) -> str:
        """The words: a text, or a caption."""
        content = self.message.content
        words = content.text if isinstance(content, Text) else content.caption if isinstance(content, Media) else ""
        return words.strip()

    @cached_property
    def command(self) -> Command | None:
        """The command, if the message is one."""
        return parse_command(self.text) if isinstance(self.message.content, Text) else None

    @cached_property
    def words(self) -> str:
        """What the person says: the text, or what stands behind a command. An unknown command is read as words."""
        if self.command is None:
            return self.text
        if self.command.verb in _TAKE_CODES and " " not in self.command.argument:
            return ""  # random letters tell of nothing, though one in a hundred codes looks like a cry for help
        return self.command.argument if self.command.verb is not None else self.text.replace("/", " ").strip()

    @property
    def press(self) -> Press | None:
        """The tap, if the message is one."""
        return self.message.content if isinstance(self.message.content, Press) else None

    @property
    def answered_id(self) -> str | None:
        """The message that is being answered: the words, or what they were when the button was tapped."""
        return self.state.answered if self.press is not None else self.message.message_id

    @cached_property
    def media(self) -> MediaRef | None:
        """The message itself, to be relayed, when it holds media."""
        content = self.message.content
        if not isinstance(content, Media) or self.message.message_id is None:
            return None
        return MediaRef(
            chat_id=self.message.chat_id,
            message_id=self.message.message_id,
            media=content.media,
            file_id=content.file_id,
            name=content.name,
            size=content.size,
            url=content.url,
        )

    @property
    def media_words(self) -> str:
        """What officers read about media that came without words: its kind, and a name that it has."""
        content = self.message.content
        assert isinstance(content, Media)
        said = self.officers_words(f"ticket.media.{content.media.value}")
        return f"{said} {content.name}".strip()

    @property
    def is_long(self) -> bool:
        """Whether only the beginning of the text is read for an answer."""
        return len(self.words) > LONGEST_QUESTION

    @cached_property
    def match(self) -> Match:
        """What matching says about the words."""
        return self.knowledge.matcher.match(self.words[:LONGEST_QUESTION])

    @cached_property
    def danger(self) -> tuple[Distress | None, str | None]:
        """How sure it is that the words tell of danger, and of which kind; all of a long text counts."""
        if not self.words:
            return None, None
        emergency = self.knowledge.snapshot.emergency
        found = [(self.match.distress, self.match.distress_kind)]
        words = self.words.split()
        if len(words) > _PIECE:
            starts = range(0, len(words), _PIECE - _OVERLAP)
            found += [distress_of(" ".join(words[start : start + _PIECE]), emergency) for start in starts]
        for sure in (Distress.CERTAIN, Distress.POSSIBLE):
            for distress, kind in found:
                if distress is sure:
                    return distress, kind
        return None, None

    @property
    def recorded(self) -> Match:
        """The match as it is noted: with the danger that only the rest of a long text tells of."""
        distress, kind = self.danger
        if distress is self.match.distress:
            return self.match
        decision = Decision.EMERGENCY if distress is Distress.CERTAIN else self.match.decision
        entry = None if decision is Decision.EMERGENCY else self.match.entry
        return replace(self.match, decision=decision, entry=entry, distress=distress, distress_kind=kind)

    @cached_property
    def remembered_position(self) -> Location | None:
        """The position that was sent shortly before without a word."""
        at = self.state.position_at
        return self.state.position if at is not None and self.now - at <= _POSITION_AGE else None

    def answerable(self, entry_id: str) -> Entry | None:
        """The entry with that id or alias, if it may be given as an answer today."""
        snapshot = self.knowledge.snapshot
        entry = snapshot.entry(entry_id)
        day = local_day(self.now)
        allowed = entry is not None and snapshot.answerable(
            entry, day, require_approval=self.knowledge.require_approval
        )
        return entry if allowed else None

    def officers_words(self, key: str) -> str:
        """A wording for the officers' eyes, in Vietnamese."""
        return self.knowledge.snapshot.words("vi").line(key)

    def remember(self, state: DialogueState) -> tuple[Action, ...]:
        """Keeps a state, if it is another one."""
        return () if state == self.state else (SetState(state),)

    def keep(self, **changes: object) -> tuple[Action, ...]:
        """Keeps the present state with some changes."""
        return self.remember(self.state.model_copy(update=changes))

    def language_of_words(self) -> tuple[Action, ...]:
        """Follows the language of the words, unless the person chose one or said too little."""
        if self.context.language_chosen:
            return ()
        language = self.match.language
        if language == self.context.language or len(self.words.split()) < _WORDS_FOR_LANGUAGE:
            return ()
        return (SetLanguage("en" if language == "en" else "vi", chosen=False),)
