"""What platforms send, made fit for any database (pure)."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

#: Nested deeper than this nobody's event is; what is, is kept as text.
_DEEPEST = 30


def storable(value: Any, depth: int = 0) -> Any:
    """JSON without what a database refuses: lone surrogates, NUL, NaN, endless numbers, bottomless nesting."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        return str(value) if abs(value) < 10**100 else None
    if isinstance(value, (dict, list)) and depth >= _DEEPEST:
        return None
    if isinstance(value, dict):
        return {storable(str(key)): storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    return value


def fingerprint(value: Any) -> str:
    """A name for what has none of its own: the same content has the same name."""
    text = json.dumps(value, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
