"""The pages: public FAQ, notices, chat page and widget, webhooks, health, and the officers' console.

In comes HTTP; what it needs from the house is handed in as `WebParts` (`bot.web.ports`). Out go pages that work without
scripts and without anything from another host. The room must not know any platform, nor decide what a message means.
"""

from bot.web.app import create_app
from bot.web.ports import WebParts

__all__ = ["WebParts", "create_app"]
