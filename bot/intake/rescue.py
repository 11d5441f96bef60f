"""The one path that sends without the database: somebody is in danger and nothing can be written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.dialogue import rescue_message
from bot.dialogue.buttons import SOS
from bot.dialogue.context import Knowledge
from bot.matching import Distress, distress_of
from bot.messages import Channel, ChatKind, InboundMessage, Media, Press, Text

log = structlog.get_logger(__name__)

#: How many messages are remembered as having had their numbers.
REMEMBERED = 10_000


@dataclass
class Rescue:
    """Sends the fixed rescue text straight to the channel, once per message, remembered in memory only."""

    knowledge: Callable[[], Knowledge]
    channels: Mapping[str, Channel]
    _done: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    async def send_directly(self, platform_id: str, message: InboundMessage) -> bool:
        """Sends the numbers if the message tells of certain danger; returns whether it did."""
        key = (message.channel, platform_id)
        if key in self._done or message.chat_kind is not ChatKind.PRIVATE:
            return False
        kind = self._danger(message)
        if kind is None:
            return False
        snapshot = self.knowledge().snapshot
        language = "en" if message.sender.language_hint == "en" else "vi"
        try:
            channel = self.channels[message.channel]
            text = rescue_message(
                snapshot,
                language,
                kind or None,
                location_button=channel.capabilities.location_request,
                location_menu=channel.capabilities.location_menu,
            )
            await channel.send(message.chat_id, text)
        except Exception as error:
            # Whatever it is: whoever called still has to count the failure, or to tell the platform to come again.
            log.critical("DISTRESS: rescue numbers NOT sent", channel=message.channel, exc_info=True, reason=str(error))
            return False
        self._done[key] = None
        while len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        # The ticket follows when the message is handled, from the inbox or from the platform's redelivery.
        log.critical(
            "DISTRESS outside normal handling: rescue numbers sent directly, no ticket yet",
            channel=message.channel,
            chat=message.chat_id,
        )
        return True

    def _danger(self, message: InboundMessage) -> str | None:
        """The kind of danger ("" when it isn't told), or None."""
        content = message.content
        if isinstance(content, Press):
            return "" if content.data == SOS else None
        words = content.text if isinstance(content, Text) else content.caption if isinstance(content, Media) else ""
        certainty, kind = distress_of(words, self.knowledge().snapshot.emergency)
        return (kind or "") if certainty is Distress.CERTAIN else None
