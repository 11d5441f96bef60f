"""A copy of the shipped knowledge that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def folder(knowledge_dir: Path, tmp_path: Path) -> Path:
    """A copy of `knowledge/`."""
    return Path(shutil.copytree(knowledge_dir, tmp_path / "knowledge"))
