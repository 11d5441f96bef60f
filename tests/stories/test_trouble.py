"""Trouble: the platform's, the machine's, the program's. Nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.fakes.telegram import BLOCKED, SERVER_ERROR, CutOff, Flood, TelegramEmulator
from tests.stories.hotline import Hotline, running
from tests.support.postgres import Cluster, server_binaries

VMS = "tau ca may met thi phai gan gsht"


def start(data_dir: Path, telegram: TelegramEmulator | None = None, **environ: str) -> subprocess.Popen[str]:
    """The program in a process of its own, as an operator starts it."""
    values = {"HAIDANG_DATA_DIR": str(data_dir), "HAIDANG_HTTP": "127.0.0.1:0", "PYTHONPATH": str(ROOT)} | environ
    if telegram is not None:
        values |= {"HAIDANG_TELEGRAM_TOKEN": telegram.token, "HAIDANG_TELEGRAM_API_URL": telegram.url}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env={**os.environ, **values},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count(data_dir: Path, statement: str) -> int:
    connection = sqlite3.connect(data_dir / "haidang.db")
    try:
        return int(connection.execute(statement).fetchone()[0])
    finally:
        connection.close()


async def test_kill_9_in_the_middle_of_many_questions_loses_none_and_repeats_none(
    tmp_path: Path, telegram: TelegramEmulator
) -> None:
    telegram.rates = None
    people = [telegram.user(1000 + number, f"Người {number}") for number in range(40)]
    for person in people:
        person.say(VMS)
    process = start(tmp_path, telegram)
    try:
        await telegram.wait_for(lambda: len(telegram.made("sendMessage")) >= 15, 30, "some answers before the kill")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    second = start(tmp_path, telegram)
    try:
        for person in people:
            await person.wait_message(containing="Căn cứ:", timeout=30)
        async with asyncio.timeout(20):
            while count(tmp_path, "SELECT count(*) FROM outgoing WHERE state IN ('queued', 'sending')"):
                await asyncio.sleep(0.1)
    finally:
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=20)
    assert count(tmp_path, "SELECT count(*) FROM inbound") == 40
    assert count(tmp_path, "SELECT count(*) FROM inbound WHERE state = 'handled'") == 40
    assert count(tmp_path, "SELECT count(*) FROM question") == 40
    answers = [sum("Căn cứ:" in message.text for message in person.messages) for person in people]
    # Only what was on the wire at the moment of the kill may have gone out twice; there is no idempotency key.
    assert sum(answers) - 40 <= 3


async def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    process = start(tmp_path)
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if line.startswith("chat: "):
            url = line.removeprefix("chat: ").strip()
        if line.startswith("telegram:"):
            break
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(20):
        while True:
            try:
                assert (await client.get(url)).status_code == 200
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "fault", [Flood(1), SERVER_ERROR, CutOff()], ids=["429 with retry after", "500", "connection cut off"]
)
async def test_an_answer_gets_through_the_platforms_trouble(
    hotline: Hotline, telegram: TelegramEmulator, fault: Flood
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("/start")
    await visitor.next_message()
    telegram.faults.add("sendMessage", fault)
    visitor.say(VMS)
    await visitor.wait_message(containing="Căn cứ:", timeout=10)


async def test_a_block_while_answering_marks_the_person_and_stops_nothing(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    one, other = telegram.user(42, "Tư"), telegram.user(43, "Năm")
    telegram.faults.add("sendMessage", BLOCKED)
    one.say(VMS)
    await telegram.wait_for(lambda: any(c.status == 403 for c in telegram.calls), what="the refusal")
    other.say(VMS)
    await other.wait_message(containing="Căn cứ:")


async def test_updates_come_again_after_the_poll_failed(hotline: Hotline, telegram: TelegramEmulator) -> None:
    telegram.faults.add("getUpdates", SERVER_ERROR, 2)
    visitor = telegram.user(42, "Tư")
    visitor.say(VMS)
    await visitor.wait_message(containing="Căn cứ:", timeout=15)


async def test_an_update_that_cannot_be_read_is_kept_and_stops_nothing(
    hotline: Hotline, telegram: TelegramEmulator
) -> None:
    telegram.raw_update({"message": {"message_id": 1, "chat": "none"}})
    visitor = telegram.user(42, "Tư")
    visitor.say(VMS)
    await visitor.wait_message(containing="Căn cứ:")


async def test_a_wrong_token_is_said_in_readyz_and_the_rest_works(tmp_path: Path, telegram: TelegramEmulator) -> None:
    environ = {"HAIDANG_TELEGRAM_TOKEN": "99:wrong", "HAIDANG_TELEGRAM_API_URL": telegram.url}
    async with running(tmp_path, **environ) as hotline, httpx.AsyncClient(trust_env=False) as client:
        async with asyncio.timeout(10):
            while "refuses the token" not in (response := await client.get(f"{hotline.url}/readyz")).text:
                await asyncio.sleep(0.05)
        assert response.status_code == 503
        assert (await client.get(f"{hotline.url}/chat")).status_code == 200


async def test_an_unreachable_api_is_said_and_the_rest_works(tmp_path: Path) -> None:
    environ = {"HAIDANG_TELEGRAM_TOKEN": "99:token", "HAIDANG_TELEGRAM_API_URL": "http://127.0.0.1:9"}
    async with running(tmp_path, **environ) as hotline, httpx.AsyncClient(trust_env=False) as client:
        async with asyncio.timeout(10):
            while "reached" not in (await client.get(f"{hotline.url}/readyz")).text:
                await asyncio.sleep(0.05)
        assert (await client.get(f"{hotline.url}/hoi-dap")).status_code == 200


async def test_distress_is_answered_even_when_nothing_can_be_written(
    hotline: Hotline, telegram: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = telegram.user(42, "Tư")
    visitor.say("/start")
    await visitor.next_message()
    database = hotline.house.store.url.database
    assert database is not None
    # Another process holds the database for longer than the program waits.
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        visitor.say("cứu với, tàu tôi đang chìm")
        first = await visitor.wait_message(containing="112", timeout=20)
        assert "0243.768.3050" in first.text
    finally:
        other.execute("ROLLBACK")
        other.close()
    await visitor.wait_message(containing="HD-", timeout=30)


@pytest.mark.postgres
async def test_distress_is_answered_while_the_database_server_is_down(
    tmp_path: Path, telegram: TelegramEmulator
) -> None:
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server binaries here (Debian: apt-get install postgresql)")
    cluster = Cluster(binaries)
    try:
        async with running(tmp_path, telegram, HAIDANG_DATABASE_URL=cluster.create("story")):
            visitor, other = telegram.user(42, "Tư"), telegram.user(43, "Năm")
            visitor.say("/start")
            await visitor.next_message()
            await asyncio.to_thread(cluster.halt)
            visitor.say("cứu với, tàu tôi đang chìm")
            other.say(VMS)
            await visitor.wait_message(containing="0243.768.3050", timeout=20)
            await asyncio.to_thread(cluster.start)
            await visitor.wait_message(containing="HD-", timeout=30)
            await other.wait_message(containing="Căn cứ:", timeout=30)
    finally:
        cluster.stop()


async def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(tmp_path, HAIDANG_HTTP=f"127.0.0.1:{taken.getsockname()[1]}")
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "HAIDANG_HTTP" in errors
    assert "Traceback" not in errors


async def test_a_mistyped_setting_is_named_with_the_nearest(tmp_path: Path) -> None:
    process = start(tmp_path, HAIDANG_TELEGRAM_TOKEM="1:a")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "did you mean HAIDANG_TELEGRAM_TOKEN" in errors


async def test_the_second_start_answers_from_the_same_database(tmp_path: Path, telegram: TelegramEmulator) -> None:
    for number in (50, 51):
        async with running(tmp_path, telegram):
            visitor = telegram.user(number, "Tư")
            visitor.say(VMS)
            await visitor.wait_message(containing="Căn cứ:", timeout=20)
    assert count(tmp_path, "SELECT count(*) FROM question") == 2
