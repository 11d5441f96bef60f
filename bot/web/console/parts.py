"""What the console is given to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.faq import Problem, Snapshot
from bot.messages import Window
from bot.store import Store
from bot.web.ports import Readiness


def _nothing() -> None:
    return None


def _no_suggestions(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class ConsoleParts:
    """The console's ports: the store and the clock, live knowledge, and how the rest of the house is doing.

    `base_url` is the address under which officers reach the pages, without a slash at the end. `suggest` names entries
    of the FAQ, best first, that might answer a question. `wake_notices` is called after an approval was committed.
    """

    store: Store
    clock: Clock
    snapshot: Callable[[], Snapshot]
    base_url: str
    ready: Callable[[], Awaitable[Readiness]]
    knowledge_problems: Callable[[], tuple[Problem, ...]] = tuple
    suggest: Callable[[str], Sequence[str]] = _no_suggestions
    wake_notices: Callable[[], None] = _nothing
    windows: Mapping[str, Window] = field(default_factory=dict)

    @property
    def secure(self) -> bool:
        """Whether cookies may only travel over TLS."""
        return self.base_url.startswith("https://")
