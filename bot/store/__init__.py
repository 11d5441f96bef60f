"""The store: tables, sessions, migrations, and the few writes that every service shares.

In: SQLModel rows. Out: committed transactions on SQLite or PostgreSQL. It knows no rule of the harbour: who may do
what, and what follows from what, is decided by the services above it.
"""

from bot.store.audit import audit
from bot.store.engine import Store, StoreUnavailable, Wake, WritePriority
from bot.store.memory import StoredChannelState
from bot.store.migrate import migrate
from bot.store.outbox import enqueue, latest_sent, message_of

__all__ = [
    "Store",
    "StoreUnavailable",
    "StoredChannelState",
    "Wake",
    "WritePriority",
    "audit",
    "enqueue",
    "latest_sent",
    "message_of",
    "migrate",
]
