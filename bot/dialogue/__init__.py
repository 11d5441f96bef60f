"""Dialogue: what to say and what to do about a message, for askers and for the officers' group alike.

In: a message, the conversation's context, the knowledge, the time. Out: actions (`decide`); then, from the actions and
what came of them, replies (`render`). Pure: it knows no store, no platform and no clock, so a whole conversation can be
tested, and replayed, as a table. Danger comes first in it, whatever else is going on.
"""

from bot.dialogue.commands import COMMANDS, DESK_COMMANDS, GROUP_COMMANDS, OFFICER_COMMANDS, command_menu
from bot.dialogue.decide import decide
from bot.dialogue.render import Reply, render
from bot.dialogue.rescue import rescue_message

__all__ = [
    "COMMANDS",
    "DESK_COMMANDS",
    "GROUP_COMMANDS",
    "OFFICER_COMMANDS",
    "Reply",
    "command_menu",
    "decide",
    "render",
    "rescue_message",
]
