"""The officers' group: only what can't be mistaken reaches an asker; all else stays among the officers."""

from __future__ import annotations

import re

from bot.dialogue import buttons
from bot.dialogue.actions import Action, BindGroup, DeskAct, Erase, Say, SetReachable, ShowQueue
from bot.dialogue.buttons import Tap
from bot.dialogue.commands import Verb
from bot.dialogue.presses import desk_act
from bot.dialogue.turn import Turn
from bot.messages import ChatKind, Location, Media, MediaKind, MediaRef, Membership, MembershipChange

Actions = tuple[Action, ...]

STRANGER = Say("desk_group.stranger")
_ACTS = {Verb.TAKE: "take", Verb.RELEASE: "release", Verb.CLOSE: "close", Verb.SHOW: "show"}
_BIND_PAYLOAD = re.compile(r"d-(\S{1,62})")
_CODE = re.compile(r"[A-Za-z]{1,4}[ -]?[0-9A-Za-z]{3,8}")


def in_group(turn: Turn) -> Actions:
    """A message in a group or channel. A group that isn't bound hears nothing but how it is bound."""
    bound = _bind(turn)
    if bound is not None:
        return bound
    if not turn.context.is_desk:
        return ()
    if turn.press is not None:
        return _pressed(turn, turn.press.data)
    if turn.context.replied_ticket is not None:
        return replied(turn, turn.context.replied_ticket)
    return _commanded(turn)


def replied(turn: Turn, code: str) -> Actions:
    """A reply to a card: the answer, unless it begins with a command."""
    if turn.context.officer is None:
        return (STRANGER,)
    if turn.message.edited:
        # The first version has reached the asker; a correction is an answer of its own.
        return (Say("desk_group.edited"),)
    command = turn.command
    if command is not None:
        if command.verb is Verb.NOTE:
            return (desk_act("note", code, command.argument),) if command.argument else (Say("desk_group.note_how"),)
        if command.verb in _ACTS:
            return (desk_act(_ACTS[command.verb], code),)
        return (ShowQueue(),) if command.verb is Verb.QUEUE else (Say("desk_group.help"),)
    content = turn.message.content
    if isinstance(content, Media) and content.media is MediaKind.STICKER:
        return ()
    relayed = turn.media
    if isinstance(content, Location) and turn.message.message_id is not None:
        relayed = MediaRef(chat_id=turn.message.chat_id, message_id=turn.message.message_id)
    if isinstance(content, Media) and content.media is MediaKind.OTHER and not turn.text:
        return (Say("desk_group.cannot_relay"),)
    if not turn.text and relayed is None:
        return (Say("desk_group.empty"),)
    return (DeskAct("answer", code, text=turn.text, media=relayed),)


def membership(turn: Turn, change: Membership) -> Actions:
    """The bot's place in a chat changed."""
    match change.change:
        case MembershipChange.BLOCKED | MembershipChange.REMOVED:
            return (SetReachable(reachable=False, reason=change.change.value),)
        case MembershipChange.RETURNED:
            return (SetReachable(reachable=True),)
        case MembershipChange.ADDED:
            # In a channel the public reads along: it isn't told how officers bind it.
            how = () if turn.message.chat_kind is ChatKind.CHANNEL else (Say("bind.group_how"),)
            return (SetReachable(reachable=True), *how)
        case MembershipChange.MOVED:
            return (SetReachable(reachable=True, new_chat_id=change.new_chat_id),)
        case MembershipChange.WITHDRAWN:
            return (Erase(),)


def _bind(turn: Turn) -> Actions | None:
    command = turn.command
    if command is None or turn.message.edited:
        return None
    if command.verb is Verb.START and (link := _BIND_PAYLOAD.fullmatch(command.argument)) is not None:
        # t.me/<bot>?startgroup=… adds the bot to a group and says this there.
        return (BindGroup("desk", link[1]),)
    if command.verb not in (Verb.DESK, Verb.PUBLIC):
        return None
    if not command.argument:
        return (Say("bind.group_how"),)
    return (BindGroup("desk" if command.verb is Verb.DESK else "public", command.argument),)


def _pressed(turn: Turn, data: str) -> Actions:
    found = buttons.parse(data)
    if found is None or found.tap is not Tap.TICKET:
        return (Say("button.gone"),)
    if turn.context.officer is None:
        return (STRANGER,)
    return (desk_act(found.parts[0], found.subject),)


def officers_command(turn: Turn) -> Actions | None:
    """A command of the desk, in an officer's own chat; None for what means the same to everybody."""
    command = turn.command
    if turn.context.officer is None or command is None or command.verb not in (*_ACTS, Verb.QUEUE, Verb.NOTE):
        return None
    if command.verb is Verb.NOTE:
        code, _, text = command.argument.partition(" ")
        return (
            (desk_act("note", code.upper(), text),) if _CODE.fullmatch(code) and text else (Say("desk_group.note_to"),)
        )
    return _commanded(turn)


def _commanded(turn: Turn) -> Actions:
    """Commands that need no card; a message that is neither reply nor command reaches nobody and gets no answer."""
    command = turn.command
    if command is None or command.verb is None or turn.message.edited:
        return ()
    match command.verb:
        case Verb.QUEUE:
            return (ShowQueue(),) if turn.context.officer is not None else (STRANGER,)
        case Verb.LOGIN:
            return (Say("bind.private_only"),)
        case Verb.HELP | Verb.START:
            return (Say("desk_group.help"),)
        case Verb.TAKE | Verb.RELEASE | Verb.CLOSE | Verb.SHOW:
            if not _CODE.fullmatch(command.argument):
                return (Say("desk_group.help"),)
            if turn.context.officer is None:
                return (STRANGER,)
            return (desk_act(_ACTS[command.verb], command.argument.upper().replace(" ", "-")),)
        case Verb.NOTE:
            return (Say("desk_group.note_how"),)
    return ()
