"""The command line in tests: in this process, which spares a start of Python for each call, or in one of its own."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import common, main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def in_process(*arguments: str, folder: Path, environ: Mapping[str, str], stdin: str = "") -> Done:
    """`haidang …` as its `main` runs it, with streams, environment and working folder of its own."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, _log_left_alone(), redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["haidang", *arguments])
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        common.settings.cache_clear()
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        finally:
            common.settings.cache_clear()
    return Done(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())


def process(*arguments: str, folder: Path, environ: Mapping[str, str], stdin: str = "") -> Done:
    """`python -m bot …` as a shell runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def _log_left_alone() -> Iterator[None]:
    """Commands set the log up for themselves; the run of tests has its own."""
    root = logging.getLogger()
    before = structlog.get_config(), root.handlers[:], root.level
    try:
        yield
    finally:
        structlog.configure(**before[0])
        root.handlers[:] = before[1]
        root.setLevel(before[2])
