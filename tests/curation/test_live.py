"""The live knowledge changes as a whole or not at all."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.curation import LiveKnowledge, build_calibration, matcher_for
from bot.curation import live as live_module
from bot.curation.calibrating import calibration_file
from bot.faq import KnowledgeError, Snapshot

VMS = "faq/fishing/vms.yaml"


@pytest.fixture
def folder(knowledge_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(knowledge_dir, tmp_path / "knowledge"))


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / VMS
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_broken_change_leaves_the_last_good_version_live_and_is_named(folder: Path) -> None:
    live = LiveKnowledge(folder)
    live.start()
    before = live.knowledge
    rewrite(folder, "- id: vms-which-vessels", "- id: [broken")
    assert not live.reload()
    assert live.knowledge is before
    assert any(str(problem).startswith(f"{VMS}:") for problem in live.problems)


def test_a_mended_file_goes_live_and_the_problems_are_gone(folder: Path) -> None:
    live = LiveKnowledge(folder)
    live.start()
    good = (folder / VMS).read_text("utf-8")
    rewrite(folder, "- id: vms-which-vessels", "- id: [broken")
    live.reload()
    (folder / VMS).write_text(good.replace("15", "15 "), "utf-8")
    assert live.reload()
    assert live.problems == ()


async def test_a_changed_file_is_noticed_while_running(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "LOOK_EVERY", 0.01)
    live = LiveKnowledge(folder)
    live.start()
    version = live.knowledge.snapshot.version
    watching = asyncio.create_task(live.watch())
    rewrite(folder, "review_by:", "review_by:  ")
    async with asyncio.timeout(20):
        while live.knowledge.snapshot.version == version:
            await asyncio.sleep(0.02)
    watching.cancel()
    await asyncio.wait([watching])


def test_it_starts_from_the_last_good_copy_when_the_files_broke_while_it_was_down(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    LiveKnowledge(folder, data_dir=data).start()
    rewrite(folder, "- id: vms-which-vessels", "- id: [broken")
    live = LiveKnowledge(folder, data_dir=data)
    live.start()
    assert "vms-which-vessels" in live.knowledge.snapshot.entries
    assert live.problems


def test_without_any_good_copy_it_does_not_start_and_names_the_problem(folder: Path, tmp_path: Path) -> None:
    rewrite(folder, "- id: vms-which-vessels", "- id: [broken")
    with pytest.raises(KnowledgeError, match=VMS):
        LiveKnowledge(folder, data_dir=tmp_path / "data").start()


def test_a_calibration_serves_the_knowledge_that_it_was_learnt_on_alone(
    shipped: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.curation import calibrating
    from bot.matching.defaults import DEFAULT_CALIBRATION

    learnt = DEFAULT_CALIBRATION.model_copy(update={"vi": DEFAULT_CALIBRATION.vi.model_copy(update={"answer": 0.99})})
    monkeypatch.setattr(calibrating, "calibrate", lambda snapshot, seed: learnt)
    build_calibration(shipped, tmp_path)
    question = "tàu cá mấy mét phải gắn thiết bị giám sát hành trình"
    assert any("answer 0.990" in reason for reason in matcher_for(shipped, tmp_path).match(question).why)
    file = calibration_file(tmp_path)
    file.write_text(file.read_text("utf-8").replace(shipped.version, "another"), "utf-8")
    assert not any("answer 0.990" in reason for reason in matcher_for(shipped, tmp_path).match(question).why)
    file.write_text("{", "utf-8")
    matcher_for(shipped, tmp_path)
