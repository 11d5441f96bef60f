"""The lint that needs the matcher: twins, stolen phrasings, near-duplicates."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.curation import check_entry, check_matching, with_thing
from bot.faq import Entry, Snapshot, inspect
from tests.curation.given import changed
from tests.people.given import NOW

SOME = ("faq/fishing/vms.yaml", "faq/fishing/licence.yaml")


@pytest.fixture
def folder(knowledge_dir: Path, tmp_path: Path) -> Path:
    """Two files of entries, so that asking them all takes no time; what they are related to is left out."""
    folder = tmp_path / "knowledge"
    shutil.copytree(knowledge_dir, folder, ignore=lambda path, names: ["faq"] if "faq" in names else [])
    for name in SOME:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        lines = (knowledge_dir / name).read_text("utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(line for line in lines if not line.startswith("  related:")), "utf-8")
    return folder


def found(folder: Path) -> list[str]:
    snapshot, reading, problems = inspect(folder, today=NOW.date())
    assert snapshot is not None, problems
    return [str(problem) for problem in check_matching(snapshot, reading)]


def line_of(folder: Path, name: str, text: str) -> int:
    return next(n for n, line in enumerate((folder / name).read_text("utf-8").splitlines(), 1) if text in line)


def test_one_phrasing_in_two_entries_is_named_with_file_and_line(folder: Path) -> None:
    path = folder / SOME[1]
    text = path.read_text("utf-8")
    path.write_text(text.replace("    vi:\n      - ", '    vi:\n      - "Hộp đen tàu cá"\n      - ', 1), "utf-8")
    line = line_of(folder, SOME[1], '"Hộp đen tàu cá"')
    twins = [p for p in found(folder) if "is a phrasing of" in p]
    assert len(twins) == 1
    assert "hộp đen tàu cá" in twins[0].lower()
    assert twins[0].startswith((f"{SOME[0]}:", f"{SOME[1]}:{line}: error"))


def test_a_phrasing_that_belongs_elsewhere_is_named(folder: Path) -> None:
    path = folder / SOME[1]
    text = path.read_text("utf-8")
    stray = "Máy giám sát hành trình hư mất tín hiệu ngoài biển thì tài công phải báo vị trí cho ai"
    path.write_text(text.replace("    vi:\n      - ", f'    vi:\n      - "{stray}"\n      - ', 1), "utf-8")
    line = line_of(folder, SOME[1], stray)
    assert any(p.startswith(f"{SOME[1]}:{line}: warning") and "vms-lost-signal" in p for p in found(folder))


def test_two_entries_for_one_question_are_named(folder: Path) -> None:
    path = folder / SOME[0]
    text = path.read_text("utf-8")
    start = text.index("- id: vms-lost-signal")
    end = text.index("- id: ", start + 5)
    twin = text[start:end].replace("- id: vms-lost-signal", "- id: vms-lost-again")
    reworded = re.sub(r'^(      - ".*?)"$', r'\1 đó"', twin, flags=re.MULTILINE)
    assert reworded != twin
    path.write_text(text.rstrip("\n") + "\n" + reworded, "utf-8")
    assert any("vms-lost-again and vms-lost-signal are taken for each other" in p for p in found(folder))


def test_whoever_writes_an_entry_is_told_what_others_fit_better(shipped: Snapshot) -> None:
    entry = shipped.entries["lic-who"]
    stray = "Máy giám sát hành trình hư mất tín hiệu ngoài biển thì tài công phải báo vị trí cho ai"
    texts = [*entry.phrasings.vi, stray]
    edited = Entry.model_validate(changed(entry, phrasings={"vi": texts, "en": list(entry.phrasings.en)}))
    told = check_entry(with_thing(shipped, edited), edited)
    assert stray in {one.text for one in told}
