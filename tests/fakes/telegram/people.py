"""The user side: people with Telegram on their phones, for tests to act with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fakes.telegram.things import media, place
from tests.fakes.telegram.world import Chat, ForumTopic, Json, Message, member

if TYPE_CHECKING:
    from tests.fakes.telegram.emulator import TelegramEmulator

#: The account behind every anonymous administrator (Bot API, Message.from).
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


class View:
    """What somebody sees in a chat: the bot's messages, as they come."""

    def __init__(self, emulator: TelegramEmulator, chat: Chat) -> None:
        self._emulator = emulator
        self.chat = chat
        self._seen = 0

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """The bot's messages here, oldest first, as they look now."""
        return self.chat.from_bot

    @property
    def last(self) -> Message:
        """The bot's latest message here."""
        return self.messages[-1]

    @property
    def keyboard(self) -> list[str]:
        """The labels on the reply keyboard that is shown now."""
        for message in reversed(self.messages):
            if message.keyboard:
                return [key["text"] for row in message.keyboard.get("keyboard", []) for key in row]
        return []

    @property
    def transcript(self) -> str:
        """The whole conversation, to read."""
        lines = []
        for message in self.chat.messages.values():
            who = "bot" if message.by_bot else message.raw.get("from", {}).get("first_name", "?")
            lines.append(f"{who}: {message.shown()}")
        return "\n".join(lines)

    async def next_message(self, timeout: float = 5.0) -> Message:
        """The bot's next message that hasn't been looked at yet."""
        return await self.wait_message(timeout=timeout)

    async def wait_message(
        self,
        containing: str = "",
        *,
        where: Callable[[Message], bool] = lambda message: True,
        timeout: float = 5.0,
    ) -> Message:
        """The next message not looked at yet that fits; those before it count as looked at. Else `AssertionError`."""

        def fitting() -> Message | None:
            for message in self.chat.messages.values():
                fresh = message.by_bot and not message.deleted and self._order(message) >= self._seen
                if fresh and containing in message.text and where(message):
                    return message
            return None

        wanted = f"a message containing {containing!r}" if containing else "a message"
        found = await self._emulator.wait_for(fitting, timeout, f"{wanted} in chat {self.id}; so far:", self)
        self._seen = self._order(found) + 1
        return found

    def _order(self, message: Message) -> int:
        return list(self.chat.messages).index(message.id)

    def _press(self, person: Json, wanted: str, message: Message | int | None) -> str:
        """A tap on the latest button with this label or data, or on the one in the given message."""
        candidates = list(reversed(self.messages)) if message is None else [self._message(message)]
        for candidate in candidates:
            button = candidate.button(wanted)
            if button:
                if "callback_data" not in button:
                    raise AssertionError(f"button {wanted!r} opens {button.get('url')}")
                return self._emulator.press(person, self.chat, button["callback_data"], candidate.id)
        raise AssertionError(f"no button {wanted!r} in chat {self.id}:\n{self.transcript}")

    def _message(self, message: Message | int) -> Message:
        return self.chat.messages[message] if isinstance(message, int) else message

    def _share(
        self,
        person: Json,
        content: Json,
        reply_to: Message | int | None = None,
        caption: str = "",
        topic: int | None = None,
    ) -> int:
        number = reply_to.id if isinstance(reply_to, Message) else reply_to
        if topic is None and number is not None and number in self.chat.messages:
            topic = self.chat.messages[number].topic  # an answer stands where the question stands
        words = {"caption": caption} if caption else {}
        return self._emulator.write(self.chat, person, content | words, number, topic)

    async def wait_edit(
        self, message: Message, containing: str = "", *, button: str = "", timeout: float = 5.0
    ) -> Message:
        """Waits until that message has been edited to hold these words, and a button with that label or data."""

        def fitting() -> Message | None:
            right = message.edits and containing in message.text and (not button or message.button(button))
            return message if right else None

        return await self._emulator.wait_for(
            fitting, timeout, f"message {message.id} edited to hold {containing!r} [{button}]; so far:", self
        )

    def _edit(self, message_id: int, content: Json) -> None:
        self._emulator.rewrite(self.chat, message_id, content)


class Person(View):
    """Somebody in a private chat with the bot. What they do returns the message's id (a press: the query's id)."""

    @property
    def raw(self) -> Json:
        """The Bot API's User."""
        assert self.chat.person
        return self.chat.person

    def say(self, text: str, reply_to: Message | int | None = None) -> int:
        """Writes words; the first ones open the conversation."""
        return self._share(self.raw, {"text": text}, reply_to)

    def edit(self, message_id: int, text: str) -> None:
        """Corrects an earlier message."""
        self._edit(message_id, {"text": text})

    def share_location(
        self, latitude: float, longitude: float, *, accuracy: float | None = None, live: bool = False
    ) -> int:
        """Sends a position; a `live` one moves on with `move_location`."""
        content = place(latitude, longitude, accuracy) | ({"live_period": 900} if live else {})
        return self._share(self.raw, {"location": content})

    def move_location(self, message_id: int, latitude: float, longitude: float) -> None:
        """A live position moves."""
        self._edit(message_id, {"location": place(latitude, longitude) | {"live_period": 900}})

    def share_venue(self, latitude: float, longitude: float, title: str = "Cảng An Thới") -> int:
        """Sends a named place, which carries a location too."""
        spot = place(latitude, longitude)
        return self._share(self.raw, {"location": spot, "venue": {"location": spot, "title": title, "address": ""}})

    def send(self, kind: str, caption: str = "", reply_to: Message | int | None = None, **more: object) -> int:
        """Sends `photo`, `voice`, `video`, `document`, `sticker`, `contact`, `dice` …; `more` are the message's own."""
        return self._share(self.raw, media(kind, self._emulator.next_number()) | more, reply_to, caption)

    def send_album(self, count: int, caption: str = "") -> list[int]:
        """Sends photos together: as many messages with one mark, the words below the first."""
        mark = str(13_000_000_000_000_000 + self._emulator.next_number())
        captions = [caption] + [""] * (count - 1)
        return [self.send("photo", words, media_group_id=mark) for words in captions]

    def send_photo(self, caption: str = "") -> int:
        """Sends a photo in three sizes."""
        return self.send("photo", caption)

    def send_voice(self) -> int:
        """Sends a voice message."""
        return self.send("voice")

    def send_sticker(self) -> int:
        """Sends a sticker."""
        return self.send("sticker")

    def press(self, wanted: str, message: Message | int | None = None) -> str:
        """Taps the latest button with this label or data; returns the query's id."""
        return self._press(self.raw, wanted, message)

    def press_forged(self, data: str, message_id: int | None = None) -> str:
        """A press that no button of ours made; without a message id the message is missing, as for old ones."""
        return self._emulator.press(self.raw, self.chat, data, message_id)

    def block(self) -> None:
        """Blocks the bot."""
        self.chat.blocked = True
        self._emulator.membership(self.chat, self.raw, "member", "kicked")

    def unblock(self) -> None:
        """Lets the bot back in."""
        self.chat.blocked = False
        self._emulator.membership(self.chat, self.raw, "kicked", "member")


class Member:
    """Somebody who speaks in a group."""

    def __init__(self, group: Group, person: Json) -> None:
        self._group = group
        self.raw = person

    @property
    def id(self) -> int:
        """The person's id, the same as in their private chat."""
        return int(self.raw["id"])

    def say(self, text: str, reply_to: Message | int | None = None, *, topic: int | None = None) -> int:
        """Writes into the group, in a forum into one of its topics."""
        return self._group.written(self.raw, {"text": text}, reply_to, topic=topic)

    def reply(self, message: Message | int, text: str) -> int:
        """Answers a message in the group."""
        return self.say(text, message)

    def send(
        self, kind: str, caption: str = "", reply_to: Message | int | None = None, *, topic: int | None = None
    ) -> int:
        """Sends media into the group."""
        return self._group.written(self.raw, media(kind, self.id), reply_to, caption, topic)

    def press(self, wanted: str, message: Message | int | None = None) -> str:
        """Taps the latest button in the group with this label or data."""
        return self._group.pressed(self.raw, wanted, message)


class Group(View):
    """A group, supergroup or channel; the bot is an administrator unless the test says otherwise."""

    def member(self, user_id: int, name: str) -> Member:
        """Somebody in it; the same person as `emulator.user` of that id."""
        return Member(self, self._emulator.user(user_id, name).raw)

    def written(
        self,
        person: Json,
        content: Json,
        reply_to: Message | int | None,
        caption: str = "",
        topic: int | None = None,
    ) -> int:
        """What a member wrote."""
        return self._share(person, content, reply_to, caption, topic)

    def topic_named(self, containing: str) -> ForumTopic:
        """The forum's topic with these words in its name."""
        found = [t for t in self.chat.topics.values() if containing in t.name and not t.deleted]
        assert len(found) == 1, [t.name for t in self.chat.topics.values()]
        return found[0]

    def delete_topic(self, topic: ForumTopic) -> None:
        """Somebody deletes a topic with all that is in it; no update tells the bot."""
        topic.deleted = True
        for message in self.chat.messages.values():
            message.deleted |= message.topic == topic.id

    def pressed(self, person: Json, wanted: str, message: Message | int | None) -> str:
        """What a member tapped."""
        return self._press(person, wanted, message)

    def say_anonymously(self, text: str) -> int:
        """An administrator writes in the group's name."""
        return self._emulator.write(self.chat, ANONYMOUS_ADMIN, {"text": text, "sender_chat": self.chat.raw}, None)

    def post(self, text: str) -> int:
        """A post in a channel, by its owner."""
        return self._emulator.write(self.chat, None, {"text": text, "sender_chat": self.chat.raw}, None)

    def set_bot(self, status: str, by: Json | None = None) -> None:
        """Makes the bot `member`, `administrator`, `left` or `kicked`."""
        before, self.chat.bot = self.chat.bot, status
        actor = by or self._emulator.user(777_001, "Admin").raw
        self._emulator.membership(self.chat, actor, before, status)

    def upgrade(self, new_id: int) -> Group:
        """Becomes a supergroup with a new id; both service messages come, and the old id answers with the new one."""
        return self._emulator.upgrade(self.chat, new_id)


__all__ = ["Group", "Member", "Person", "View", "member"]
