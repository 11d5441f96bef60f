"""Lines in, lines out; a button is chosen by its number."""

from __future__ import annotations

from collections.abc import Callable

from bot.clock import Clock
from bot.messages import Arrival, Button, Capabilities, InboundMessage, OutgoingMessage, Press, Sender, Sent, Text

BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


class TerminalChannel:
    """The `Channel` port on a terminal; `chat_id` is the account at the keyboard."""

    name = "terminal"
    capabilities = Capabilities(
        edit=False, location_request=False, relay=False, per_second=1000.0, reserved=0.0, per_chat_seconds=0.0
    )

    def __init__(self, clock: Clock, write: Callable[[str], None], *, account: str, colour: bool) -> None:
        self._clock = clock
        self._write = write
        self._account = account
        self._colour = colour
        self._buttons: list[Button] = []
        self._count = 0

    async def send(self, chat_id: str, message: OutgoingMessage) -> Sent:
        """Prints a message; its buttons get the next numbers."""
        text = "".join(self._style(span.text, BOLD) if span.bold else span.text for span in message.text)
        lines = [text]
        if any(button.data for row in message.buttons for button in row):
            self._buttons = []
        for row in message.buttons:
            for button in row:
                if button.url is not None:
                    lines.append(f"  → {button.label}: {button.url}")
                else:
                    self._buttons.append(button)
                    lines.append(self._style(f"  [{len(self._buttons)}] {button.label}", DIM))
        self._write("\n".join(lines) + "\n")
        return Sent(None)

    def arrival(self, line: str) -> Arrival:
        """What was typed, as it goes into the inbox: the number of a button presses it."""
        self._count += 1
        now = self._clock.now()
        chosen = line.strip()
        content: Text | Press = Text(text=line)
        platform_id = f"{self._account}:{now.timestamp():.6f}:{self._count}"
        if chosen.isdigit() and 1 <= int(chosen) <= len(self._buttons):
            button = self._buttons[int(chosen) - 1]
            content = Press(data=button.data or "", press_id=platform_id)
        message = InboundMessage(
            channel=self.name,
            chat_id=self._account,
            sender=Sender(id=self._account, name=self._account),
            content=content,
            sent_at=now,
        )
        return Arrival(self.name, platform_id, self._account, {"line": line}, message)

    def _style(self, text: str, code: str) -> str:
        return f"{code}{text}{RESET}" if self._colour else text
