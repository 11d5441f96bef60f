"""The chat page of the authority's own website, as a channel like any other.

In comes what a browser posts (`WebChat.receive`): it is checked, limited and committed to the inbox before the browser
is told so. Out goes nothing: the browser pulls its rows by itself, so `WebChatChannel.send` only rings the visitor's
open pages, and keeps the words in memory for a while in case the store is away. A visitor is known by a random token
that never leaves the browser but in a header; the house sees its hash. The room must not know web frameworks or the
store.
"""

from bot.channels.web_chat.channel import Listener, WebChatChannel
from bot.channels.web_chat.chat import Limits, Receipt, Refusal, WebChat
from bot.channels.web_chat.payload import TEXT_LIMIT

__all__ = ["TEXT_LIMIT", "Limits", "Listener", "Receipt", "Refusal", "WebChat", "WebChatChannel"]
