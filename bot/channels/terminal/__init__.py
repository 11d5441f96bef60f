"""The terminal as a channel: one person at a keyboard, for trying the hotline without any platform.

In: lines typed. Out: lines printed, buttons as numbers that can be typed.
"""

from bot.channels.terminal.channel import TerminalChannel

__all__ = ["TerminalChannel"]
