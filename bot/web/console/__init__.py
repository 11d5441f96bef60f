"""The officers' console: queue, tickets, notices, officers, knowledge and system, as pages that work without scripts.

In comes HTTP under `/console`; `ConsoleParts` hands in the store and the rest. Out go pages, and acts of the services
(desk, notices, people), which decide what may be done; here it is only made visible. Every page stands in `ROUTES`
with what it needs. The room must not know any platform.
"""

from bot.web.console.parts import ConsoleParts
from bot.web.console.router import ROUTES, console_router

__all__ = ["ROUTES", "ConsoleParts", "console_router"]
