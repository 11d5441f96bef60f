"""What the packaging promises: the Dockerfile's paths exist, its command starts, the README's commands run."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import __version__
from tests.conftest import ROOT
from tests.support.command_line import in_process

HAIDANG = [sys.executable, "-m", "bot"]
TOP_LEVEL = {"bot", "knowledge", "tests", "pyproject.toml", "Makefile", "Dockerfile", "README.md", "LICENSE"}


def dockerfile() -> list[list[str]]:
    """The instructions, continuation lines joined."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_every_path_that_the_dockerfile_copies_exists_and_is_not_ignored() -> None:
    copied = [path for name, rest in dockerfile() if name == "COPY" for path in rest.split()[:-1]]
    assert {"bot", "knowledge", "pyproject.toml"} <= set(copied)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for path in copied:
        assert (ROOT / path).exists(), path
        assert path in kept, f"{path} is ignored by .dockerignore"


def test_the_image_runs_as_nobody_special_with_a_volume_and_a_health_check() -> None:
    instructions = dict(dockerfile())
    assert instructions["USER"] != "root"
    assert instructions["VOLUME"] == "/data"
    assert "/readyz" in instructions["HEALTHCHECK"]


def test_the_images_command_is_one_that_exists() -> None:
    command = json.loads(dict(dockerfile())["CMD"])
    script = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert command[0] in script
    done = subprocess.run([*HAIDANG, *command[1:], "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_registry_host_stands_in_the_dockerfile() -> None:
    base = dict(dockerfile())["FROM"].split()[0]
    assert "." not in base.split("/")[0] or "/" not in base


def test_the_version_is_the_same_everywhere() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == __version__


def test_the_top_level_stays_what_it_is() -> None:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("no git checkout")
    names = {line.split("/")[0] for line in listing.stdout.splitlines()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", readme, re.DOTALL)
    commands = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    ours = [command[1:] for command in commands if command and command[0].endswith("haidang")]
    assert len(ours) >= 8
    for arguments in ours:
        done = in_process(*arguments, folder=tmp_path, environ={"HAIDANG_DATA_DIR": str(tmp_path / "data")})
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)


def test_the_make_targets_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`?make (\w+)`?", readme))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"run", "test", "lint", "bench"} <= named
    assert named <= targets
