"""A PostgreSQL cluster for the tests alone, from the machine's own server binaries, gone when they end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path


def server_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, newest version first, or None."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    if candidates:
        return candidates[0].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A running cluster on a socket of its own; nothing listens on the network, nothing is synced to disk."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="haidang-pg-"))
        self._prefix: list[str] = []
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            # The server refuses to run as root.
            self.user = "postgres"
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._prefix = ["runuser", "-u", self.user, "--"]
        self._run(
            "initdb",
            "-D",
            str(self.folder / "data"),
            "-U",
            "test",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        self.start()

    def start(self) -> None:
        """Starts the server; the constructor has done so."""
        options = (
            f"-k {self.folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options, "-w", "start"
        )

    def halt(self) -> None:
        """Stops the server; its data stay."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._prefix, str(self._binaries / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def sql(self, statement: str) -> None:
        """Runs one statement as the cluster's owner."""
        self._run("psql", "-h", str(self.folder), "-U", "test", "-d", "postgres", "-qc", statement)

    def create(self, name: str, template: str = "template0") -> str:
        """A new database; returns its address as an operator would write it."""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql://test@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Ends the cluster and takes its folder away."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
