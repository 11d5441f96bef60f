"""What the console is given to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.clock import Clock
from bot.curation import Overlaid
from bot.faq import Entry, Problem, Snapshot
from bot.messages import Window
from bot.store import Store
from bot.web.ports import Readiness


class Stolen(Protocol):
    """A phrasing of an entry that another entry fits better: `first`."""

    @property
    def text(self) -> str:
        """The phrasing."""
        ...

    @property
    def first(self) -> str | None:
        """The id of the entry that it leads to."""
        ...


def _nothing() -> None:
    return None


def _finds_nothing(_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class ConsoleParts:
    """The console's ports: the store and the clock, live knowledge, and how the rest of the house is doing.

    `base_url` is the address under which officers reach the pages, without a slash at the end. `suggest` names entries
    of the FAQ, best first, that might answer a question. `wake_notices` is called after an approval was committed.

    `snapshot` is what is answered with, `files` what the knowledge files say without the console's edits, `overlaid`
    how those edits stand to the files. `wake_knowledge` is called after a commit that changes what is live. `search`
    names the entries found for a query, best first. `lint_entry` finds the phrasings of an entry (as if it were live)
    that lead elsewhere; it may take seconds and is called in a thread.
    """

    store: Store
    clock: Clock
    snapshot: Callable[[], Snapshot]
    base_url: str
    ready: Callable[[], Awaitable[Readiness]]
    files: Callable[[], Snapshot]
    knowledge_problems: Callable[[], tuple[Problem, ...]] = tuple
    suggest: Callable[[str], Sequence[str]] = _finds_nothing
    wake_notices: Callable[[], None] = _nothing
    windows: Mapping[str, Window] = field(default_factory=dict)
    overlaid: Callable[[], tuple[Overlaid, ...]] = tuple
    wake_knowledge: Callable[[], None] = _nothing
    search: Callable[[str], Sequence[str]] = _finds_nothing
    lint_entry: Callable[[Entry], Sequence[Stolen]] = _finds_nothing

    @property
    def secure(self) -> bool:
        """Whether cookies may only travel over TLS."""
        return self.base_url.startswith("https://")
