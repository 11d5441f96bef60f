"""Our table of the Bot API against the machine-readable one, where that is at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.telegram.api import BotApi
from tests.fakes.telegram.methods import METHODS, OBJECTS
from tests.fakes.telegram.table import Field

SPEC = Path(__file__).resolve().parents[3].parent / "shared" / "platforms" / "telegram-bot-api.json"
LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)|Values between (\d+)-(\d+)")


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    """The Bot API, machine-readable."""
    if not SPEC.is_file():
        pytest.skip(f"no {SPEC.name} beside this repository")
    loaded: dict[str, Any] = json.loads(SPEC.read_text("utf-8"))
    return loaded


def compare(ours: Mapping[str, Field], theirs: list[dict[str, Any]]) -> None:
    assert set(ours) == {field["name"] for field in theirs}
    for field in theirs:
        mine = ours[field["name"]]
        assert (set(mine.types), mine.required) == (set(field["types"]), field["required"]), mine
        length = LENGTH.search(field["description"])
        if length:
            low, high = length[1] or length[4], length[2] or length[5]
            assert (mine.low, mine.high, mine.unit) == (int(low), int(high), length[3] or "value"), mine
        else:
            assert mine.low is None


@pytest.mark.parametrize("method", METHODS)
def test_methods_are_those_of_the_bot_api(spec: dict[str, Any], method: str) -> None:
    compare(METHODS[method], spec["methods"][method].get("fields", []))


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_are_those_of_the_bot_api(spec: dict[str, Any], name: str) -> None:
    compare(OBJECTS[name], spec["types"][name].get("fields", []))


def test_every_method_of_the_table_is_carried_out() -> None:
    for method in METHODS:
        assert hasattr(BotApi, "_" + re.sub("([A-Z])", lambda match: "_" + match[1].lower(), method))
    assert len(METHODS) >= 18
