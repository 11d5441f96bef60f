"""The knowledge that is live: loaded at the start, reloaded when the files change, never half of it."""

from __future__ import annotations

import asyncio
import gc
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.curation.calibrating import matcher_for
from bot.dialogue.context import Knowledge
from bot.faq import KnowledgeError, Problem, load

log = structlog.get_logger(__name__)

#: How often the folder is looked at, in seconds.
LOOK_EVERY = 2.0


@dataclass
class LiveKnowledge:
    """Holds the live knowledge and swaps it for the next whole one.

    Files that don't load never replace what is live: while the program runs the last good snapshot stays, and a copy of
    the last good files in the data folder lets it start even when the files were broken in the meantime.
    """

    root: Path
    data_dir: Path | None = None
    require_approval: bool = False
    problems: tuple[Problem, ...] = ()
    _live: Knowledge | None = None
    _seen: tuple[tuple[str, int, int], ...] = field(default=())

    @property
    def keep(self) -> Path | None:
        """Where the last good files are kept."""
        return self.data_dir / "last-good-knowledge" if self.data_dir is not None else None

    @property
    def knowledge(self) -> Knowledge:
        """What is live now."""
        assert self._live is not None, "start() first"
        return self._live

    def start(self) -> None:
        """Loads the files, or else the last good copy of them; raises `KnowledgeError` when neither can be used."""
        self._seen = self._stamp()
        try:
            self._live = self._build(self.root)
        except KnowledgeError as error:
            self.problems = error.problems
            if self.keep is None or not self.keep.is_dir():
                raise
            self._live = self._build(self.keep)
            log.critical(
                "the knowledge can't be loaded; answering from the last good copy of it until it is mended",
                problems=[str(problem) for problem in error.problems[:20]],
            )
        else:
            self._remember()

    def reload(self) -> bool:
        """Loads the files anew; returns whether they are live now. What was live stays when they can't be used."""
        try:
            fresh = self._build(self.root)
        except KnowledgeError as error:
            self.problems = error.problems
            log.error(
                "the changed knowledge can't be used; the last good one stays live",
                problems=[str(problem) for problem in error.problems[:20]],
            )
            return False
        self.problems = ()
        self._live = fresh
        self._remember()
        log.info("knowledge reloaded", version=fresh.snapshot.version, entries=len(fresh.snapshot.entries))
        return True

    async def watch(self) -> None:
        """Reloads whenever a file has changed, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            stamp = await asyncio.to_thread(self._stamp)
            if stamp != self._seen:
                self._seen = stamp
                await asyncio.to_thread(self.reload)

    def _build(self, root: Path) -> Knowledge:
        # A snapshot and its matcher are many objects and no garbage: collecting in between finds nothing, slowly.
        collecting = gc.isenabled()
        gc.disable()
        try:
            snapshot = load(root)
            matcher = matcher_for(snapshot, self.data_dir)
        finally:
            if collecting:
                gc.enable()
        return Knowledge(snapshot, matcher, require_approval=self.require_approval)

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        files = sorted(self.root.glob("**/*.yaml")) if self.root.is_dir() else []
        found = []
        for path in files:
            try:
                status = path.stat()
            except OSError:  # gone between listing and looking: the next look sees it
                continue
            found.append((str(path), status.st_mtime_ns, status.st_size))
        return tuple(found)

    def _remember(self) -> None:
        if self.keep is None:
            return
        fresh = self.keep.with_name(self.keep.name + ".new")
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(self.root, fresh, ignore=shutil.ignore_patterns(".*"))
            shutil.rmtree(self.keep, ignore_errors=True)
            fresh.rename(self.keep)
        except OSError as error:
            log.error("can't keep a copy of the knowledge", folder=str(self.keep), reason=str(error))
