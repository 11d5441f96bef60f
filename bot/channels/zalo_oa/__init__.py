"""A Zalo Official Account, through its OpenAPI v3.

In come signed events by webhook (`OaWebhook`), each committed to the inbox before Zalo is told that it was taken. Out
go `OutgoingMessage`s (`ZaloOaChannel.send`) within the platform's window. The access token is renewed with a refresh
token that works once (`tokens`). What nobody has proved with a real account stands in `uncertain`. The room must not
know what a message means, nor who may do what.
"""

from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.health import OaHealth
from bot.channels.zalo_oa.probe import OaProbe, check
from bot.channels.zalo_oa.tokens import Credentials, Lock, NeedsConsent
from bot.channels.zalo_oa.webhook import OaWebhook

__all__ = [
    "Credentials",
    "Lock",
    "NeedsConsent",
    "OaHealth",
    "OaProbe",
    "OaWebhook",
    "ZaloOaChannel",
    "check",
]
