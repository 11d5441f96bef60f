"""The store: tables, sessions, migrations, and the few writes that every service shares.

In: SQLModel rows. Out: committed transactions on SQLite or PostgreSQL. It knows no rule of the harbour: who may do
what, and what follows from what, is decided by the services above it.
"""

from bot.store.attachments import StoredFiles, describe_files, load_file
from bot.store.audit import audit
from bot.store.engine import Store, StoreUnavailable, Wake, WritePriority
from bot.store.memory import StoredChannelState
from bot.store.migrate import migrate
from bot.store.outbox import enqueue, latest_sent, message_of

__all__ = [
    "Store",
    "StoreUnavailable",
    "StoredChannelState",
    "StoredFiles",
    "Wake",
    "WritePriority",
    "audit",
    "describe_files",
    "enqueue",
    "latest_sent",
    "load_file",
    "message_of",
    "migrate",
]
