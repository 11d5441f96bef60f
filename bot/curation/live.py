"""The knowledge that is live: files and overlay, reloaded when either changes, never half of it."""

from __future__ import annotations

import asyncio
import gc
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.clock import Clock, SystemClock
from bot.curation.calibrating import matcher_for
from bot.curation.overlay import Edit, Overlaid, Standing, compose
from bot.curation.revisions import absorb, live_edits, overlay_stamp
from bot.dialogue.context import Knowledge
from bot.faq import KnowledgeError, Problem, Snapshot, load
from bot.store import Store, StoreUnavailable, Wake

log = structlog.get_logger(__name__)

#: How often folder and overlay are looked at, in seconds.
LOOK_EVERY = 2.0


@dataclass
class LiveKnowledge:
    """Holds the live knowledge and swaps it for the next whole one.

    Files that don't load never replace what is live: while the program runs the last good snapshot stays, and a copy of
    the last good files in the data folder lets it start even when the files were broken in the meantime. An edit of the
    console that doesn't fit the rest is left out (`overlaid` says why); while the database is away the last overlay
    that was read stays.
    """

    root: Path
    data_dir: Path | None = None
    require_approval: bool = False
    clock: Clock = field(default_factory=SystemClock)
    problems: tuple[Problem, ...] = ()
    overlaid: tuple[Overlaid, ...] = ()
    _store: Store | None = None
    _wake: Wake = field(default_factory=Wake)
    _files: Snapshot | None = None
    _edits: tuple[Edit, ...] = ()
    _live: Knowledge | None = None
    _seen: tuple[tuple[str, int, int], ...] = field(default=())
    _seen_overlay: tuple[int, int, str] | None = None

    @property
    def keep(self) -> Path | None:
        """Where the last good files are kept."""
        return self.data_dir / "last-good-knowledge" if self.data_dir is not None else None

    @property
    def knowledge(self) -> Knowledge:
        """What is live now."""
        assert self._live is not None, "start() first"
        return self._live

    @property
    def files(self) -> Snapshot:
        """What the files say, without the overlay: what an edit is based on."""
        assert self._files is not None, "start() first"
        return self._files

    def start(self) -> None:
        """Loads the files, or else the last good copy of them; raises `KnowledgeError` when neither can be used."""
        self._seen = self._stamp()
        try:
            self._go_live(load(self.root))
        except KnowledgeError as error:
            self.problems = error.problems
            if self.keep is None or not self.keep.is_dir():
                raise
            self._go_live(load(self.keep))
            log.critical(
                "the knowledge can't be loaded; answering from the last good copy of it until it is mended",
                problems=[str(problem) for problem in error.problems[:20]],
            )
        else:
            self._remember()

    async def attach(self, store: Store) -> None:
        """Reads the overlay from the store, now and whenever it changes from then on. Raises `StoreUnavailable`."""
        self._store = store
        if await self._read_overlay():
            await asyncio.to_thread(self._go_live, self.files)
        await self._drop_caught_up()

    def ring(self) -> None:
        """The overlay was changed: look at once, not at the next look."""
        self._wake.ring()

    def reload(self) -> bool:
        """Loads the files anew; returns whether they are live now. What was live stays when they can't be used."""
        try:
            self._go_live(load(self.root))
        except KnowledgeError as error:
            self.problems = error.problems
            log.error(
                "the changed knowledge can't be used; the last good one stays live",
                problems=[str(problem) for problem in error.problems[:20]],
            )
            return False
        self.problems = ()
        self._remember()
        log.info(
            "knowledge reloaded",
            version=self.knowledge.snapshot.version,
            entries=len(self.knowledge.snapshot.entries),
            edits=sum(one.answers for one in self.overlaid),
        )
        return True

    async def watch(self) -> None:
        """Reloads whenever a file or the overlay has changed, until it is cancelled."""
        while True:
            await self._wake.wait(LOOK_EVERY)
            await self.look()

    async def look(self) -> None:
        """Looks at files and overlay once, and makes live what has changed."""
        stamp = await asyncio.to_thread(self._stamp)
        try:
            overlay = await self._read_overlay()
        except StoreUnavailable as error:
            overlay = False
            log.warning("can't read the console's edits; the last ones stay", reason=str(error))
        if stamp != self._seen:
            self._seen = stamp
            if not await asyncio.to_thread(self.reload) and overlay:
                await asyncio.to_thread(self._go_live, self.files)
        elif overlay:
            await asyncio.to_thread(self._go_live, self.files)
            log.info("overlay reloaded", version=self.knowledge.snapshot.version, edits=len(self._edits))
        try:
            await self._drop_caught_up()
        except StoreUnavailable as error:
            log.warning("can't drop the edits that the files have caught up with", reason=str(error))

    async def _read_overlay(self) -> bool:
        """Whether the overlay has changed since it was read last; it is read then."""
        if self._store is None:
            return False
        async with self._store.read() as session:
            stamp = await overlay_stamp(session)
            if stamp == self._seen_overlay:
                return False
            edits = await live_edits(session)
        changed = edits != self._edits
        self._edits, self._seen_overlay = edits, stamp
        return changed

    async def _drop_caught_up(self) -> None:
        done = [one.edit.id for one in self.overlaid if one.standing is Standing.CAUGHT_UP]
        if not done or self._store is None:
            return
        async with self._store.write() as session:
            dropped = await absorb(session, done, now=self.clock.now())
        self._edits = tuple(edit for edit in self._edits if edit.id not in done)
        self.overlaid = tuple(one for one in self.overlaid if one.edit.id not in done)
        log.info("the files have caught up with the console", edits=dropped)

    def _go_live(self, files: Snapshot) -> None:
        # A snapshot and its matcher are many objects and no garbage: collecting in between finds nothing, slowly.
        collecting = gc.isenabled()
        gc.disable()
        try:
            snapshot, overlaid = compose(files, self._edits)
            matcher = matcher_for(snapshot, self.data_dir)
        finally:
            if collecting:
                gc.enable()
        for one in overlaid:
            if one.to_decide:
                log.warning(
                    "an edit of the console needs a decision",
                    subject=f"{one.edit.kind.value}:{one.edit.key}",
                    standing=one.standing.value,
                    flaws=[flaw.message for flaw in one.flaws],
                )
        self._files, self.overlaid = files, overlaid
        self._live = Knowledge(snapshot, matcher, require_approval=self.require_approval)

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
