"""Fixtures that every room's tests share."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.faq import Snapshot, load
from bot.settings import Settings, load_settings
from bot.store import Store, migrate
from tests.support.clock import FrozenClock
from tests.support.postgres import Cluster, server_binaries

ROOT = Path(__file__).resolve().parent.parent
IN_CI = bool(os.environ.get("CI"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, None]:
    """In CI everything is there, so a test that skips hides something: it fails."""
    outcome = yield
    report = outcome.get_result()
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


def pytest_configure(config: pytest.Config) -> None:
    """The program's log goes where pytest shows it for a test that failed."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


@pytest.fixture(scope="session")
def knowledge_dir() -> Path:
    """The knowledge that ships."""
    return ROOT / "knowledge"


@pytest.fixture(scope="session")
def shipped(knowledge_dir: Path) -> Snapshot:
    """The knowledge that ships, loaded."""
    return load(knowledge_dir)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at a Tuesday morning until it is moved."""
    return FrozenClock()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for this run."""
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server binaries here (Debian: apt-get install postgresql)")
    cluster = Cluster(binaries)
    yield cluster
    cluster.stop()


def _settings(tmp_path: Path, **values: str) -> Settings:
    return load_settings({"HAIDANG_DATA_DIR": str(tmp_path), **values}, env_file=None)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database."""
    return _settings(tmp_path).database


@pytest.fixture
def postgres_url(tmp_path: Path, cluster: Cluster) -> str:
    """An empty PostgreSQL database."""
    return _settings(tmp_path, HAIDANG_DATABASE_URL=cluster.create(f"t{uuid.uuid4().hex}")).database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store on each database in turn."""
    store = Store(database_url)
    await migrate(store)
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """A migrated store on SQLite, where the database doesn't matter."""
    store = Store(sqlite_url)
    await migrate(store)
    yield store
    await store.close()
