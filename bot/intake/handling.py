"""One message on its way through the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.faq import Snapshot
from bot.messages import InboundMessage
from bot.store.tables import Conversation, Officer


@dataclass
class Handling:
    """One message being handled: everything that an effect may need."""

    session: AsyncSession
    snapshot: Snapshot
    conversation: Conversation
    message: InboundMessage
    inbound_id: int
    officer: Officer | None
    now: dt.datetime
    base_url: str = ""
