"""How long a start takes until the first answer, and how much memory the program holds at rest."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
VMS = "tau ca may met thi phai gan gsht"


def start(data_dir: str) -> tuple[subprocess.Popen[str], str]:
    """Starts the program; returns it with its address."""
    environ = {**os.environ, "HAIDANG_DATA_DIR": data_dir, "HAIDANG_HTTP": "127.0.0.1:0", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(r"chat: (http://\S+)/chat", line):
            return process, found[1]
    raise RuntimeError("the program didn't start")


async def first_answer(url: str) -> None:
    """Asks as a visitor's page does and waits for the answer."""
    headers = {"Authorization": f"Bearer {secrets.token_hex(32)}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        while True:
            try:
                await client.post("/chat/api/messages", json={"id": secrets.token_hex(8), "kind": "text", "text": VMS})
                break
            except httpx.TransportError:
                await asyncio.sleep(0.01)
        while "Căn cứ" not in (await client.get("/chat/api/messages")).text:
            await asyncio.sleep(0.01)


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def main() -> None:
    """Prints the figures of a first and a second start."""
    with tempfile.TemporaryDirectory() as data_dir:
        for name in ("first start", "second start"):
            began = time.perf_counter()
            process, url = start(data_dir)
            asyncio.run(first_answer(url))
            took = time.perf_counter() - began
            time.sleep(3)
            memory = resident_mb(process.pid)
            process.send_signal(signal.SIGINT)
            ended = time.perf_counter()
            process.wait()
            ending = time.perf_counter() - ended
            print(f"{name}: {took:.2f} s to the first answer, {memory:.0f} MB at rest, {ending:.2f} s to end")


if __name__ == "__main__":
    main()
