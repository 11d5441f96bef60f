"""The notation of the table in `methods.py`, read into `Field`s."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a method or object; `unit` says what `low`-`high` count."""

    name: str
    types: tuple[str, ...]
    required: bool = False
    low: int | None = None
    high: int | None = None
    unit: str | None = None


_LINE = re.compile(
    r"(?P<name>\w+)(?P<required>!)?\s+(?P<types>[A-Za-z |]+?)"
    r"(?:\s+(?P<low>\d+)-(?P<high>\d+) (?P<unit>characters|bytes|value))?$"
)


def read(table: str) -> Mapping[str, Mapping[str, Field]]:
    """Fields by name by method; a line without indentation begins a method, `!` marks a required field."""
    result: dict[str, dict[str, Field]] = {}
    current: dict[str, Field] = {}
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            current = result.setdefault(line.strip(), {})
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise ValueError(f"can't read {line!r}")
        current[match["name"]] = Field(
            name=match["name"],
            types=tuple(kind.strip() for kind in match["types"].split("|")),
            required=bool(match["required"]),
            low=int(match["low"]) if match["low"] else None,
            high=int(match["high"]) if match["high"] else None,
            unit=match["unit"],
        )
    return result
