"""The account's side of people: somebody with Zalo on the phone, for tests to act with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.zalo.oa import OaEmulator

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the account's, as the person sees it."""

    id: str
    raw: Json
    order: int = 0

    @property
    def text(self) -> str:
        """The words."""
        return str(self.raw.get("text", ""))

    @property
    def buttons(self) -> list[Json]:
        """The buttons below it."""
        found: list[Json] = self.raw.get("attachment", {}).get("payload", {}).get("buttons", [])
        return found

    @property
    def labels(self) -> list[str]:
        """What stands on them."""
        return [button["title"] for button in self.buttons]


@dataclass
class Follower:
    """Somebody who writes to the account; each act becomes a signed event and opens the window."""

    zalo: OaEmulator
    id: str
    name: str
    follows: bool = True
    #: When the person did something last, in seconds; None: never.
    last_act: float | None = None
    messages: list[Shown] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)
    _seen: int = 0

    def say(self, text: str, *, quote: str | None = None) -> str:
        """Writes words; returns the message's id."""
        extra = {"quote_msg_id": quote} if quote is not None else {}
        return self._send("user_send_text", {"text": text} | extra)

    def tap(self, label: str) -> str:
        """Taps the latest button with that label: what comes is an ordinary text."""
        for message in reversed(self.messages):
            for button in message.buttons:
                if button["title"] == label:
                    assert button["type"].startswith("oa.query."), f"{label!r} opens {button['payload']}"
                    return self._send("user_send_text", {"text": button["payload"]}, shown=f"[{label}]")
        raise AssertionError(f"no button {label!r}:\n{self.transcript}")

    def share_location(self, latitude: float, longitude: float) -> str:
        """Sends a position, by the menu behind "+"."""
        place = {"latitude": str(latitude), "longitude": str(longitude)}
        return self._send("user_send_location", _attached("location", {"coordinates": place}))

    def send(self, kind: str, text: str = "", **payload: Any) -> str:
        """Sends `image`, `audio`, `file`, `sticker` …"""
        found = {"url": f"https://photo.zdn.vn/{kind}/{self.zalo.next_id()}"} | payload
        words = {"text": text} if text else {}
        return self._send(f"user_send_{kind}", _attached(kind, found) | words)

    def follow(self) -> None:
        """Follows the account."""
        self.follows = True
        self._act()
        self.zalo.event({"event_name": "follow", **self._follower, "source": "qr"})

    def unfollow(self) -> None:
        """Leaves it."""
        self.follows = False
        self.zalo.event({"event_name": "unfollow", **self._follower, "source": "oa_profile"})

    def withdraw(self) -> None:
        """Asks that their data be erased."""
        self.zalo.event({"event_name": "user_withdraw", **self._envelope})

    def see(self, message: Shown) -> None:
        """Reads a message."""
        self.zalo.event({"event_name": "user_seen_message", **self._envelope, "message": {"msg_ids": [message.id]}})

    async def wait_message(self, containing: str = "", *, timeout: float = 5.0) -> Shown:
        """The next message of the account's, not looked at yet, that holds the words."""

        def fitting() -> Shown | None:
            return next((m for m in self.messages[self._seen :] if containing in m.text), None)

        wanted = f"a message containing {containing!r}"
        try:
            found = await self.zalo.wait_for(fitting, timeout, wanted)
        except AssertionError as error:
            raise AssertionError(f"{error}; so far:\n{self.transcript}") from None
        self._seen = self.messages.index(found) + 1
        return found

    @property
    def transcript(self) -> str:
        """The whole conversation, to read."""
        lines = [(order, f"{self.name}: {text}") for order, text in self.said]
        for message in self.messages:
            buttons = f" [{'] ['.join(message.labels)}]" if message.labels else ""
            lines.append((message.order, f"OA: {message.text}{buttons}"))
        return "\n".join(line for _, line in sorted(lines))

    @property
    def _envelope(self) -> Json:
        return {"sender": {"id": self.id}, "recipient": {"id": self.zalo.oa_id}, "user_id_by_app": f"8{self.id}"}

    @property
    def _follower(self) -> Json:
        return {"oa_id": self.zalo.oa_id, "follower": {"id": self.id}, "user_id_by_app": f"8{self.id}"}

    def _act(self) -> None:
        self.last_act = self.zalo.now()

    def _send(self, event: str, message: Json, shown: str | None = None) -> str:
        self._act()
        message_id = self.zalo.next_id()
        self.said.append((self.zalo.next_order(), shown or message.get("text") or f"<{event}>"))
        self.zalo.event({"event_name": event, **self._envelope, "message": {"msg_id": message_id, **message}})
        return message_id


def _attached(kind: str, payload: Json) -> Json:
    return {"attachments": [{"type": kind, "payload": payload}]}
