"""Telegram, through the Bot API.

In come raw updates, by long polling (`Poller`) or by webhook (`WebhookIntake`); each is committed to the inbox before
Telegram is told that it was taken. Out go `OutgoingMessage`s (`TelegramChannel.send`), one or more calls each. Of
python-telegram-bot only `Bot`'s calls and errors are used: its own intakes confirm updates before they are handled. The
room must not know what a message means, nor who may do what.
"""

from bot.channels.telegram.api import Api, Timeouts
from bot.channels.telegram.channel import StartFailed, TelegramChannel, WebhookAddress
from bot.channels.telegram.files import Download, FileGone, FileTooBig
from bot.channels.telegram.health import PollerHealth
from bot.channels.telegram.poller import Poller
from bot.channels.telegram.probe import Probe, check
from bot.channels.telegram.profile import Command, Profile
from bot.channels.telegram.topics import TopicHints
from bot.channels.telegram.webhook import SECRET_HEADER, WebhookIntake

__all__ = [
    "SECRET_HEADER",
    "Api",
    "Command",
    "Download",
    "FileGone",
    "FileTooBig",
    "Poller",
    "PollerHealth",
    "Probe",
    "Profile",
    "StartFailed",
    "TelegramChannel",
    "Timeouts",
    "TopicHints",
    "WebhookAddress",
    "WebhookIntake",
    "check",
]
