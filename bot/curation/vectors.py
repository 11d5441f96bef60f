"""The sentence model's vectors of the knowledge's phrasings, kept in the data folder so that each is made once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog

from bot.matching.sentences import Vectors

log = structlog.get_logger(__name__)


class VectorFile:
    """One file of vectors with the keys of their texts and the model's name; two bytes a number are enough."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "cache" / "sentences.npz"

    def read(self, model: str) -> Mapping[bytes, Vectors]:
        """The vectors of that model; none if the file is missing, broken, or another model's."""
        if not self.path.is_file():
            return {}
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                if str(kept["model"]) != model:
                    return {}
                keys, vectors = kept["keys"], kept["vectors"].astype(np.float32)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            log.warning("kept vectors can't be used; run `haidang kb build`", file=str(self.path), reason=str(error))
            return {}
        return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}

    def write(self, model: str, vectors: Mapping[bytes, Vectors]) -> None:
        """Replaces the file as a whole. Raises `OSError`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
        with fresh.open("wb") as file:
            np.savez(
                file, model=np.array(model), keys=keys, vectors=np.stack(list(vectors.values())).astype(np.float16)
            )
        fresh.replace(self.path)
