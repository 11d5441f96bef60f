"""Runs every benchmark in turn."""

from __future__ import annotations

import importlib
from pathlib import Path


def main() -> None:
    """Each `bench_*.py` beside this file has a `main()` that prints its figures."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"== {path.stem.removeprefix('bench_')}")
        importlib.import_module(f"tests.benchmarks.{path.stem}").main()


if __name__ == "__main__":
    main()
