"""The command line as operators and scripts use it: its output, its exit code."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.settings import load_settings
from bot.store import Store
from tests.support.command_line import Done, in_process, process
from tests.support.postgres import Cluster

Run = Callable[..., Done]


@pytest.fixture
def haidang(tmp_path: Path) -> Run:
    """Runs `haidang …` with a data folder of the test's own."""
    return partial(_run, in_process, tmp_path)


@pytest.fixture
def shell(tmp_path: Path) -> Run:
    """The same in a process of its own: for what hangs on pipes and on the start."""
    return partial(_run, process, tmp_path)


def _run(start: Callable[..., Done], folder: Path, *arguments: str, stdin: str = "", **environ: str) -> Done:
    values = {"HAIDANG_DATA_DIR": str(folder / "data"), "LANG": "C.UTF-8", **environ}
    return start(*arguments, folder=folder, environ=values, stdin=stdin)


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_match_answers_every_line_in_order_and_goes_on_after_rubbish(shell: Run) -> None:
    asked = [
        '{"id": "1", "text": "tau ca may met thi phai gan gsht"}',
        "rubbish",
        '{"id": 2}',
        '{"id": 3, "text": 5}',
        '{"id": "4", "text": "cứu với, tàu tôi đang chìm"}',
        '{"id": "5", "text": ""}',
    ]
    done = shell("match", "--jsonl", stdin="\n".join(asked) + "\n")
    assert done.returncode == 0, done.stderr
    found = lines(done.stdout)
    assert [row["id"] for row in found] == ["1", None, None, None, "4", "5"]
    assert set(found[0]) == {"id", "decision", "distress", "entry", "confidence", "candidates"}
    assert (found[0]["decision"], found[0]["entry"]) == ("answer", "vms-which-vessels")
    assert 1 <= len(found[0]["candidates"]) <= 5
    assert all("error" in row for row in found[1:4])
    assert (found[4]["decision"], found[4]["distress"]) == ("emergency", "certain")


def test_ask_says_the_answer_with_its_basis(haidang: Run, tmp_path: Path) -> None:
    done = haidang("ask", "tau ca may met thi phai gan gsht")
    assert done.returncode == 0, done.stderr
    assert "Căn cứ" in done.stdout
    assert not (tmp_path / "data").exists()


def test_ask_as_json_is_the_record_of_match_with_the_reply(haidang: Run) -> None:
    done = haidang("ask", "--json", "--why", "tau ca may met thi phai gan gsht")
    found = json.loads(done.stdout)
    assert found["entry"] == "vms-which-vessels"
    assert any("Căn cứ" in text for text in found["reply"])
    assert found["why"]


def test_ask_speaks_english_by_lang(haidang: Run) -> None:
    done = haidang("ask", "--lang", "en", "Which fishing vessels must have VMS?")
    assert "basis" in done.stdout.lower()


def test_ask_puts_the_rescue_numbers_first(haidang: Run) -> None:
    done = haidang("ask", "chim tau roi cuu voi")
    assert "112" in done.stdout[:200]


def test_kb_list_gives_every_entry_as_the_contract_says(haidang: Run) -> None:
    found = lines(haidang("kb", "list", "--json").stdout)
    assert len(found) >= 60
    keys = {
        "id", "aliases", "topic", "audience", "department", "question", "phrasings", "keywords", "answer", "basis",
        "verification", "approved", "valid", "review_by", "related",
    }  # fmt: skip
    assert {frozenset(row) for row in found} == {frozenset(keys)}
    assert set(found[0]["question"]) == {"vi", "en"}
    assert set(found[0]["valid"]) == {"from", "until"}


def test_kb_check_names_file_and_line_and_ends_with_1(haidang: Run, knowledge_dir: Path, tmp_path: Path) -> None:
    assert haidang("kb", "check").returncode == 0
    copy = Path(shutil.copytree(knowledge_dir, tmp_path / "knowledge"))
    file = copy / "faq/fishing/vms.yaml"
    file.write_text(file.read_text("utf-8").replace("  topic: fishing/vms", "  topic: fishing/vms\n  colour: red", 1))
    done = haidang("kb", "check", HAIDANG_KNOWLEDGE_DIR=str(copy))
    assert done.returncode == 1
    assert "faq/fishing/vms.yaml:" in done.stdout
    assert "colour" in done.stdout
    problems = json.loads(haidang("kb", "check", "--json", HAIDANG_KNOWLEDGE_DIR=str(copy)).stdout)
    assert any(p["severity"] == "error" and p["line"] > 1 for p in problems)
    ask = haidang("ask", "chào", HAIDANG_KNOWLEDGE_DIR=str(copy))
    assert ask.returncode == 1
    assert "Traceback" not in ask.stderr
    assert "faq/fishing/vms.yaml:" in ask.stderr


def test_officers_are_invited_listed_and_revoked(haidang: Run) -> None:
    assert "Chưa có cán bộ" in haidang("officer", "list").stdout
    invited = json.loads(haidang("officer", "invite", "--name", "Hạnh", "--role", "admin", "--json").stdout)
    assert invited["link"].endswith(f"/console/login/{invited['code']}")
    second = haidang("officer", "invite", "--name", "Bình", "--role", "officer", "--role", "broadcaster")
    assert "/canbo " in second.stdout
    listed = lines(haidang("officer", "list", "--json").stdout)
    assert [row["name"] for row in listed] == ["Hạnh", "Bình"]
    assert haidang("officer", "revoke", str(listed[1]["id"])).returncode == 0
    again = haidang("officer", "revoke", str(listed[1]["id"]))
    assert again.returncode == 1
    assert lines(haidang("officer", "list", "--json").stdout)[1]["revoked_at"] is not None
    assert "/desk " in haidang("officer", "invite", "--role", "desk").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("match",),
        ("officer", "invite", "--role", "officer"),
        ("officer", "invite", "--name", "A", "--role", "king"),
        ("officer", "invite", "--name", "A", "--department", "none"),
        ("officer", "revoke", "first"),
        ("ask", "--lang", "fr", "chào"),
        ("notice", "send", "--kind", "party", "--severity", "minor", "--vi", "x"),
    ],
)
def test_wrong_use_ends_with_2(haidang: Run, arguments: tuple[str, ...]) -> None:
    done = haidang(*arguments)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr


def test_an_unknown_officer_or_notice_is_said_plainly(haidang: Run) -> None:
    for arguments in (("officer", "revoke", "99"), ("notice", "show", "TB-NONE")):
        done = haidang(*arguments)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()


def test_a_notice_is_drafted_and_one_with_an_approver_goes_out(haidang: Run, tmp_path: Path) -> None:
    text = tmp_path / "bao.txt"
    text.write_text("Bão số 9\nTàu thuyền về nơi tránh trú.\n", "utf-8")
    sent = ("notice", "send", "--kind", "weather", "--severity", "severe", "--vi", str(text))
    draft = haidang(*sent)
    assert draft.returncode == 0, draft.stderr
    assert "bản nháp" in draft.stdout
    officer = json.loads(haidang("officer", "invite", "--name", "Hạnh", "--role", "admin", "--json").stdout)["officer"]
    approved = haidang(*sent, "--approve-as", str(officer))
    assert approved.returncode == 0, approved.stderr
    assert "đã duyệt" in approved.stdout
    listed = lines(haidang("notice", "list", "--json").stdout)
    assert {row["state"] for row in listed} >= {"draft"}
    shown = json.loads(haidang("notice", "show", listed[0]["code"], "--json").stdout)
    assert shown["title"]["vi"] == "Bão số 9"
    assert set(shown["delivery"]) >= {"sent", "failed", "queued", "uncertain", "cancelled", "total", "reasons"}


def test_a_notice_is_addressed_by_profile_and_never_by_what_is_not_known(haidang: Run, tmp_path: Path) -> None:
    text = tmp_path / "bao.txt"
    text.write_text("Bão số 9\nTàu thuyền về nơi tránh trú.\n", "utf-8")
    sent = ("notice", "send", "--kind", "weather", "--severity", "minor", "--vi", str(text), "--audience")
    assert haidang(*sent, "role=fisherman area=phu-quoc,rach-gia vessel=from_15").returncode == 0
    shown = json.loads(
        haidang("notice", "show", lines(haidang("notice", "list", "--json").stdout)[0]["code"], "--json").stdout
    )
    assert shown["audience"] == {"role": ["fisherman"], "area": ["phu-quoc", "rach-gia"], "vessel": ["from_15"]}
    for wrong in ("area=atlantis", "role=pirate", "rank=admiral"):
        done = haidang(*sent, wrong)
        assert done.returncode == 1, wrong
        assert "Traceback" not in done.stderr
    assert len(lines(haidang("notice", "list", "--json").stdout)) == 1


def test_doctor_says_what_to_mend_and_lists_contacts_to_confirm(haidang: Run) -> None:
    done = haidang("doctor", "--json")
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    contacts = [row for row in found if row["subject"] == "contact"]
    assert any("0243.768.3050" in row["text"] for row in contacts)
    assert any("chưa được cơ quan duyệt" in row["text"] for row in found)
    periods = {row["level"]: row["text"] for row in found if row["subject"] == "retention"}
    assert "tin nhắn 180 ngày" in periods["ok"]
    assert "sao lưu cũ hơn 30 ngày" in periods["todo"]
    wrong = haidang("doctor", HAIDANG_TELEGRAM_TOKEN="1:x", HAIDANG_TELEGRAM_API_URL="http://127.0.0.1:9")
    assert wrong.returncode == 1
    assert "can't be reached" in wrong.stdout


def test_doctor_speaks_of_zalo_where_it_is_set_up(haidang: Run) -> None:
    oa = {f"HAIDANG_ZALO_OA_{name}": "x" for name in ("APP_ID", "APP_SECRET", "SECRET_KEY", "REFRESH_TOKEN")}
    found = json.loads(haidang("doctor", "--json", **oa).stdout)
    said = [row for row in found if row["subject"] == "zalo-oa"]
    assert [row["level"] for row in said] == ["todo", "todo"]
    assert any("https" in row["text"] for row in said)
    bot = haidang("doctor", HAIDANG_ZALO_BOT_TOKEN="t", HAIDANG_ZALO_BOT_API_URL="http://127.0.0.1:9")
    assert bot.returncode == 1
    assert "HAIDANG_ZALO_BOT_TOKEN" in bot.stdout


@pytest.mark.parametrize("name", ["HAIDANG_DATA_DIR", "HAIDANG_DATABASE_URL"])
def test_a_place_that_cannot_be_used_is_named_without_a_traceback(shell: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    value = str(tmp_path / "file") if name == "HAIDANG_DATA_DIR" else "postgresql://a@host:port/name"
    for command in ("doctor", "run"):
        done = shell(command, HAIDANG_HTTP="127.0.0.1:0", **{name: value})
        assert done.returncode == 1
        assert name in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_a_backup_is_taken_and_put_back(haidang: Run, tmp_path: Path) -> None:
    haidang("officer", "invite", "--name", "Hạnh", "--role", "admin")
    backup = tmp_path / "hotline.backup"
    assert haidang("backup", str(backup)).returncode == 0
    assert backup.stat().st_mode & 0o077 == 0, "what people wrote is for the operator's eyes"
    assert haidang("backup", str(backup)).returncode == 1
    assert "no folder" in haidang("backup", str(tmp_path / "nowhere" / "file"), "--lang", "en").stderr
    haidang("officer", "invite", "--name", "Bình", "--role", "officer")
    assert haidang("restore", str(backup)).returncode == 0
    assert [row["name"] for row in lines(haidang("officer", "list", "--json").stdout)] == ["Hạnh"]
    broken = tmp_path / "broken"
    broken.write_text("no database")
    refused = haidang("restore", str(broken))
    assert refused.returncode == 1
    assert str(broken) in refused.stderr
    assert [row["name"] for row in lines(haidang("officer", "list", "--json").stdout)] == ["Hạnh"]


@pytest.mark.postgres
def test_nothing_is_put_back_under_a_running_hotline(shell: Run, tmp_path: Path, cluster: Cluster) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("no PostgreSQL client here (Debian: apt-get install postgresql-client)")
    url = cluster.create("restored")
    shell("officer", "invite", "--name", "Hạnh", "--role", "admin", HAIDANG_DATABASE_URL=url)
    backup = tmp_path / "hotline.backup"
    assert shell("backup", str(backup), HAIDANG_DATABASE_URL=url).returncode == 0

    async def held() -> Done:
        store = Store(load_settings({"HAIDANG_DATABASE_URL": url}, env_file=None).database)
        try:
            async with store.lead("courier"):
                return await asyncio.to_thread(shell, "restore", str(backup), HAIDANG_DATABASE_URL=url)
        finally:
            await store.close()

    refused = asyncio.run(held())
    assert refused.returncode == 1
    assert "đang chạy" in refused.stderr
    assert shell("restore", str(backup), HAIDANG_DATABASE_URL=url).returncode == 0


def test_chat_is_the_hotline_in_a_terminal(shell: Run, tmp_path: Path) -> None:
    done = shell("chat", stdin="tau ca may met thi phai gan gsht\n/menu\n1\n\n")
    assert done.returncode == 0, done.stderr
    assert "Căn cứ" in done.stdout
    assert "[1]" in done.stdout
    connection = sqlite3.connect(tmp_path / "data" / "haidang.db")
    assert connection.execute("SELECT count(*) FROM inbound WHERE state = 'handled'").fetchone()[0] == 3
    connection.close()
