"""A Zalo Bot (Bot Platform): 50 people, words only; for staff alerts, pilots and demonstrations.

In come events by webhook with a secret (`BotWebhook`), or for development by polling (`BotPoller`), which can lose what
is on its way. Out go texts and pictures (`ZaloBotChannel`). The room must not know what a message means.
"""

from bot.channels.zalo_bot.channel import ZaloBotChannel
from bot.channels.zalo_bot.intake import BotHealth, BotPoller, BotWebhook
from bot.channels.zalo_bot.probe import BotProbe, check

__all__ = ["BotHealth", "BotPoller", "BotProbe", "BotWebhook", "ZaloBotChannel", "check"]
