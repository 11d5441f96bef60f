"""Commands and media in a private chat, and what is neither words nor a tap."""

from __future__ import annotations

import re

from bot.dialogue import buttons
from bot.dialogue.actions import Action, AddDetail, BindOfficer, RecordQuestion, Say, SetLanguage, ShowMenu, Welcome
from bot.dialogue.commands import Verb
from bot.dialogue.context import Awaiting, DialogueState
from bot.dialogue.danger import cry
from bot.dialogue.presses import handle, languages, offering, subscriptions
from bot.dialogue.questions import ask_what, hand_over
from bot.dialogue.turn import Turn
from bot.messages import Media, MediaKind

Actions = tuple[Action, ...]

#: What a deep link may carry behind `/start`: an officer's one-time code, or an entry.
_OFFICER_PAYLOAD = re.compile(r"o-(\S{1,64})")
_ENTRY_PAYLOAD = re.compile(r"e-([a-z0-9-]{1,60})")


def commanded(turn: Turn) -> Actions | None:
    """The message is a command."""
    command = turn.command
    if command is None:
        return None
    if turn.message.edited and command.verb is not Verb.SOS:
        return ()
    match command.verb:
        case Verb.START:
            return _start(turn, command.argument)
        case Verb.MENU:
            return offering(turn, ShowMenu())
        case Verb.SOS:
            return cry(turn, command.argument or turn.officers_words("ticket.sos_pressed"))
        case Verb.ASK:
            return _ask(turn, command.argument)
        case Verb.NOTICES:
            return subscriptions(turn)
        case Verb.LANGUAGE:
            return _language(turn, command.argument.lower())
        case Verb.CANCEL:
            return _cancel(turn)
        case Verb.LOGIN:
            return (BindOfficer(command.argument),) if command.argument else (Say("bind.officer_how"),)
        case Verb.DESK | Verb.PUBLIC:
            return (Say("bind.group_only"),)
        case Verb.HELP:
            return (Say("help.text", buttons=(buttons.MENU, buttons.ASK)),)
    return (Say("help.unknown_command"), Say("help.text", buttons=(buttons.MENU, buttons.ASK)))


def sent_media(turn: Turn) -> Actions | None:
    """Media without words: the officers can look at it, this program can't."""
    content = turn.message.content
    if not isinstance(content, Media) or turn.text:
        return None
    ticket = turn.ticket
    if content.media is MediaKind.WITHHELD:
        # Whoever it is can't get words through here, whatever they type: only the telephone is left to them.
        told = turn.officers_words("ticket.media.withheld")
        detail = (AddDetail(ticket.code, text=told, quiet=True),) if ticket is not None else ()
        return (
            *detail,
            Say("media.withheld", {"rescue": _phone(turn, rescue=True), "office": _phone(turn, rescue=False)}),
        )
    if content.media is MediaKind.STICKER:
        if ticket is not None and ticket.kind != "question":
            return (Say("ticket.waiting", {"code": ticket.code}),)
        return (Say("media.sticker"),)
    if ticket is not None and (turn.in_distress or turn.state.awaiting in (Awaiting.DETAILS, Awaiting.POSITION)):
        return (
            AddDetail(ticket.code, media=turn.media, text=turn.officers_words(f"ticket.media.{content.media.value}")),
        )
    if turn.state.awaiting is Awaiting.QUESTION and turn.media is not None:
        words = turn.officers_words(f"ticket.media.{content.media.value}")
        return hand_over(turn, words, entry=turn.state.last_entry, media=turn.media)
    keep = turn.remember(DialogueState(media=turn.media, last_entry=turn.state.last_entry))
    return (Say(f"media.{content.media.value}", buttons=(buttons.ASK, buttons.SOS)), *keep)


def _phone(turn: Turn, *, rescue: bool) -> str:
    organization = turn.knowledge.snapshot.organization
    contacts = (*(() if rescue else organization.contacts), *organization.rescue)
    return next((contact.value for contact in contacts if contact.kind == "phone"), contacts[0].value)


def said_nothing(turn: Turn) -> Actions | None:
    """A message without any words."""
    return None if turn.text else (Say("empty", buttons=(buttons.MENU,)),)


def _start(turn: Turn, payload: str) -> Actions:
    if found := _OFFICER_PAYLOAD.fullmatch(payload):
        return (BindOfficer(found[1]),)
    if (found := _ENTRY_PAYLOAD.fullmatch(payload)) and turn.answerable(found[1]):
        shown = handle(turn, buttons.Pressed(buttons.Tap.ENTRY, (found[1],)))
        return (Welcome(menu=False), *shown)
    return (Welcome(), *turn.keep(awaiting=Awaiting.NOTHING, offered=()))


def _ask(turn: Turn, question: str) -> Actions:
    if not question:
        return ask_what(turn)
    return (RecordQuestion(question, turn.match), *hand_over(turn, question))


def _language(turn: Turn, wanted: str) -> Actions:
    for language, names in (("vi", ("vi", "viet", "việt", "tiếng việt")), ("en", ("en", "english", "anh"))):
        if wanted in names:
            return (SetLanguage("en" if language == "en" else "vi"), Say("language.set", buttons=(buttons.MENU,)))
    return languages(turn)


def _cancel(turn: Turn) -> Actions:
    ticket = turn.ticket
    if turn.in_distress and ticket is not None:
        return (Say("cancel.distress", {"code": ticket.code}, buttons=(buttons.SAFE,)),)
    said = (
        Say("cancel.ticket", {"code": ticket.code})
        if ticket is not None
        else Say("cancel.done", buttons=(buttons.MENU,))
    )
    return (said, *turn.remember(DialogueState()))
