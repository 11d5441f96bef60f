"""The matcher's calibration on the present knowledge, kept in the data folder so that it is learnt once."""

from __future__ import annotations

from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.faq import Snapshot
from bot.matching import Calibration, Matcher, calibrate

log = structlog.get_logger(__name__)

#: The same seed gives the same calibration: a rebuild changes nothing unless the knowledge did.
SEED = 1


class Kept(BaseModel):
    """A calibration with the version of the knowledge that it was learnt on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    knowledge: str
    calibration: Calibration


def calibration_file(data_dir: Path) -> Path:
    """Where the calibration is kept."""
    return data_dir / "cache" / "calibration.json"


def build_calibration(snapshot: Snapshot, data_dir: Path) -> Path:
    """Learns the calibration of a snapshot and keeps it; takes up to a minute. Raises `OSError`."""
    kept = Kept(knowledge=snapshot.version, calibration=calibrate(snapshot, SEED))
    path = calibration_file(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(kept.model_dump_json(), "utf-8")
    fresh.replace(path)
    return path


def matcher_for(snapshot: Snapshot, data_dir: Path | None) -> Matcher:
    """The matcher of a snapshot, with the calibration kept for just this knowledge where there is one.

    A calibration of other knowledge would promise a confidence that it hasn't measured: the shipped one serves then.
    """
    path = calibration_file(data_dir) if data_dir is not None else None
    if path is not None and path.is_file():
        try:
            kept = Kept.model_validate_json(path.read_text("utf-8"))
        except (OSError, ValidationError) as error:
            log.warning("kept calibration can't be used; run `haidang kb build`", file=str(path), reason=str(error))
        else:
            if kept.knowledge == snapshot.version:
                return Matcher(snapshot, kept.calibration)
    return Matcher(snapshot)
