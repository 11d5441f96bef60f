"""One message on its way through the house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.faq import Snapshot
from bot.messages import InboundMessage, Window
from bot.store.tables import Conversation, Officer


@dataclass
class Handling:
    """One message being handled: everything that an effect may need; `windows` by channel, where there are any."""

    session: AsyncSession
    snapshot: Snapshot
    conversation: Conversation
    message: InboundMessage
    inbound_id: int
    officer: Officer | None
    now: dt.datetime
    base_url: str = ""
    windows: Mapping[str, Window] = field(default_factory=dict)
