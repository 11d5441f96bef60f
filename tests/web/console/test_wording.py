"""Every text that the console asks for exists, and no text is kept that nobody asks for."""

from __future__ import annotations

import re
from pathlib import Path

from bot.faq import Snapshot
from bot.web.console import ROUTES

ROOM = Path(__file__).resolve().parents[3] / "bot" / "web"
#: Groups whose keys are put together from a state, a role, a channel …
COMPOSED = re.compile(
    r"(menu|kind|state|language|language_name|channel|done|refused|problem|event|delivery|notice_state|severity|severity_do"
    r"|reason|actor|deed|role|role_does|source|check|verification|audience|document_status|revision_state|standing|work"
    r"|field|flaw|flaw_form)\."
    r"|login\.bad_|queue\.state_|knowledge\.(count|mark|tab)_|edit\.(kind|against)_|officers\.(made|command|purpose)_|notice_form\.(bad_|area$|role$|vessel$)"
)


def test_keys(shipped: Snapshot) -> None:
    sources = [*(ROOM / "console").glob("*.py"), *(ROOM / "templates" / "console").glob("*.html")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    asked = set(re.findall(r"(?:\bc|visit\.t)\(\s*\"([a-z_.]+)\"", text))
    asked = {key for key in asked if not key.endswith(("_", "."))}
    kept = {key.removeprefix("console.") for key in shipped.wording["vi"] if key.startswith("console.")}
    assert len(asked) > 150
    assert asked - kept == set()
    literal = set(re.findall(r"\"([a-z_]+\.[a-z_]+|title)\"", text)) | {"ticket.basis"}
    assert {key for key in kept - asked - literal if not COMPOSED.match(key)} == set()


def test_each_outcome_has_a_word(shipped: Snapshot) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOM / "console").glob("*.py"))
    names = set(re.findall(r"done=\"([a-z_]+)\"", code)) | set(re.findall(r"return \"([a-z_]+)\"$", code, re.MULTILINE))
    names |= set(re.findall(r"_do\(visit, act, \"([a-z_]+)\"", code)) | {"kept_edit", "took_file"}
    assert len(names) > 10
    assert {name for name in names if f"console.done.{name}" not in shipped.wording["vi"]} == set()
    assert len(ROUTES) > 30
