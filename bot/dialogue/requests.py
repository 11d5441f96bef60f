"""Commands and media in a private chat, and what is neither words nor a tap."""

from __future__ import annotations

import re

from bot.dialogue import buttons, mine
from bot.dialogue.actions import (
    Action,
    AddDetail,
    BindOfficer,
    DeskAct,
    RecordQuestion,
    Say,
    SetLanguage,
    ShowMenu,
    ShowNotice,
    ShowTicket,
    StopNotices,
    Welcome,
)
from bot.dialogue.commands import Verb
from bot.dialogue.context import Awaiting, DialogueState
from bot.dialogue.danger import cry
from bot.dialogue.group import officers_command
from bot.dialogue.presses import handle, languages, offering, subscriptions
from bot.dialogue.questions import ask_what, hand_over
from bot.dialogue.turn import Turn
from bot.messages import Media, MediaKind, Text

Actions = tuple[Action, ...]

#: What a deep link may carry behind `/start` (64 characters): an officer's one-time code, an entry, a notice, a ticket
#: with the secret that opens it from elsewhere.
_OFFICER_PAYLOAD = re.compile(r"o-(\S{1,62})")
_ENTRY_PAYLOAD = re.compile(r"e-([a-z0-9-]{1,62})")
_NOTICE_PAYLOAD = re.compile(r"n-([A-Za-z0-9-]{1,24})")
_TICKET_PAYLOAD = re.compile(r"t-(HD-[A-Z0-9]{4,8})(?:-([A-Za-z0-9-]{8,24}))?", re.IGNORECASE)
#: Bot API, sendMediaGroup: an album has at most ten files.
MOST_IN_ALBUM = 9


def commanded(turn: Turn) -> Actions | None:
    """The message is a command."""
    command = turn.command
    if command is None:
        return None
    if turn.message.edited and command.verb is not Verb.SOS:
        return ()
    officers = officers_command(turn)
    if officers is not None:
        return officers
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
        case Verb.ACCOUNT:
            return mine.account(turn)
        case Verb.PROFILE:
            return mine.profile(turn)
        case Verb.TICKETS:
            return mine.named(turn, command.argument)
        case Verb.STOP:
            return (StopNotices(),)
        case Verb.DATA:
            return mine.export()
        case Verb.ERASE:
            return mine.ask_erasing(turn)
        case Verb.LINK:
            return mine.link(turn, command.argument)
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
        known = (AddDetail(ticket.code, text=told, quiet=True),) if ticket is not None else ()
        return (
            *known,
            Say("media.withheld", {"rescue": _phone(turn, rescue=True), "office": _phone(turn, rescue=False)}),
        )
    if content.media is MediaKind.STICKER:
        if ticket is not None and ticket.kind != "question":
            return (Say("ticket.waiting", {"code": ticket.code}),)
        return (Say("media.sticker"),)
    if ticket is not None and (turn.in_distress or turn.state.awaiting in (Awaiting.DETAILS, Awaiting.POSITION)):
        # The files of an album come one by one: one word about all of them is enough.
        again = content.album is not None and content.album == turn.state.album
        detail = AddDetail(ticket.code, media=turn.media, text=turn.media_words, quiet=again)
        return (detail, *(() if content.album is None else turn.keep(album=content.album)))
    if turn.state.awaiting is Awaiting.QUESTION and turn.media is not None:
        return (
            *hand_over(turn, turn.media_words, entry=turn.state.last_entry, media=turn.media),
            *_in_album(turn, content.album),
        )
    if content.album is not None and content.album == turn.state.album and turn.state.media is not None:
        more = (*turn.state.more_media, *((turn.media,) if turn.media is not None else ()))
        return turn.keep(more_media=more[:MOST_IN_ALBUM])
    keep = turn.remember(DialogueState(media=turn.media, album=content.album, last_entry=turn.state.last_entry))
    return (Say(f"media.{content.media.value}", buttons=(buttons.ASK, buttons.SOS)), *keep)


def _in_album(turn: Turn, album: str | None) -> Actions:
    return () if album is None else turn.remember(DialogueState(awaiting=Awaiting.DETAILS, album=album))


def corrected(turn: Turn) -> Actions | None:
    """A correction of an earlier message: what went to the officers is told them, else the latest is answered anew."""
    message = turn.message
    if not message.edited or turn.command is not None or not isinstance(message.content, (Text, Media)):
        return None
    code = turn.context.corrected_ticket
    if code is not None:
        said = turn.officers_words("ticket.corrected")
        told = AddDetail(code, text=f"{said} {turn.text}".strip(), quiet=True)
        return (told, Say("ticket.corrected_told", {"code": code}))
    if isinstance(message.content, Media) or not turn.text:
        return ()
    # An answer to something further up would only confuse: there both stand as they are.
    return None if message.message_id == turn.state.answered else ()


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
    if found := _NOTICE_PAYLOAD.fullmatch(payload):
        return (*_greeted(turn), ShowNotice(found[1].upper()))
    if found := _TICKET_PAYLOAD.fullmatch(payload):
        code = found[1].upper()
        if turn.context.officer is not None and found[2] is None:
            return (DeskAct("show", code),)
        return (*_greeted(turn), ShowTicket(code, found[2] or ""))
    return (Welcome(), *turn.keep(awaiting=Awaiting.NOTHING, offered=()))


def _greeted(turn: Turn) -> Actions:
    """Whoever comes by a link for the first time is told where they are."""
    return (Welcome(menu=False),) if turn.context.first_contact else ()


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
    if turn.state.awaiting is Awaiting.ERASING:
        return mine.keep_data(turn)
    if turn.in_distress and ticket is not None:
        return (Say("cancel.distress", {"code": ticket.code}, buttons=(buttons.SAFE,)),)
    said = (
        Say("cancel.ticket", {"code": ticket.code})
        if ticket is not None
        else Say("cancel.done", buttons=(buttons.MENU,))
    )
    return (said, *turn.remember(DialogueState()))
