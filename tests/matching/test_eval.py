"""`make eval`: its counting, on made-up questions and a few made-up decisions; and the promise not to copy its set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bot.faq import Snapshot
from bot.matching import Candidate, Decision, Distress, Match, Matcher
from bot.text import clean, fold
from tests.benchmarks.eval.__main__ import main
from tests.benchmarks.eval.ablation import IDEAS, ablate
from tests.benchmarks.eval.figures import Found, decision_figures, difference, wilson
from tests.benchmarks.eval.peers import WAYS, available
from tests.benchmarks.eval.plot import svg
from tests.benchmarks.eval.questions import NoQuestions, Question, against, read_questions
from tests.benchmarks.eval.report import ablation_table, as_json, confusions, of_knowledge, table
from tests.benchmarks.eval.running import Row, ask_matcher, ask_peer
from tests.conftest import IN_CI, ROOT

SHARED = ROOT.parent / "shared" / "eval"
#: Made up here: never take one from the set itself.
ASKED = (
    Question("a1", "ghe 13m có bắt mua máy định vị hông", "answer", "plain", ("tracker-which-boats",)),
    Question("a2", "phat bao nhieu neu ko lap gsht", "answer", "folded", ("tracker-fine",)),
    Question("a3", "xem tin thoi tiet bien o dauu", "answer", "noisy", ("weather-bulletin",)),
    Question("a4", "is a pilot compulsory here", "answer", "english", ("pilot",)),
    Question("a5", "sơn cabin màu gì cũng được hả", "answer", "story", ("no-such-entry",)),
    Question("o1", "giá vàng hôm nay", "out_of_scope", "far"),
    Question("d1", "cứu với tàu tui đang chìm", "distress", "sinking"),
    Question("i1", "tàu chìm thì bảo hiểm có đền không", "distress_info", "insurance"),
    Question("s1", "cảm ơn nha", "smalltalk", "thanks"),
    Question("s2", "cho gặp cán bộ", "smalltalk", "human"),
)


def decided(decision: Decision, *entries: str, distress: Distress | None = None) -> Match:
    """A decision with its candidates."""
    entry = entries[0] if decision is Decision.ANSWER else None
    candidates = tuple(Candidate(e, 0.5) for e in entries)
    return Match(decision, distress, None, entry, 0.5, candidates, None, "vi", ())


def lines(path: Path, questions: tuple[Question, ...]) -> Path:
    """The questions as a file."""
    rows = ({"id": q.id, "text": q.text, "class": q.cls, "kind": q.kind, "expect": q.expect} for q in questions)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


def test_wilson() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


@pytest.mark.parametrize(
    ("match", "figure"),
    [
        (decided(Decision.ANSWER, "pilot"), "right"),
        (decided(Decision.ANSWER, "crew-rest", "pilot"), "wrong"),
        (decided(Decision.CLARIFY, "crew-rest", "tracker-fine", "pilot"), "asked_back_shown"),
        (decided(Decision.CLARIFY, "a", "b", "c", "pilot"), "asked_back"),
        (decided(Decision.ESCALATE, "pilot"), "passed_on"),
        (decided(Decision.SMALLTALK), "passed_on"),
        (decided(Decision.EMERGENCY, distress=Distress.CERTAIN), "alarm"),
    ],
)
def test_what_becomes_of_a_question(match: Match, figure: str) -> None:
    shares = decision_figures([(ASKED[3], match)], {})
    assert shares[figure].hits == shares[f"{figure}.english"].hits == 1
    others = {"right", "wrong", "asked_back_shown", "asked_back", "passed_on", "alarm"} - {figure}
    both = {"asked_back"} if figure == "asked_back_shown" else set()
    assert {name for name in others if shares[name].hits} == both


def test_other_messages() -> None:
    by_id = {q.id: q for q in ASKED}
    asked = [
        (by_id["o1"], decided(Decision.ANSWER, "pilot")),
        (by_id["d1"], decided(Decision.ESCALATE, distress=Distress.POSSIBLE)),
        (by_id["i1"], decided(Decision.EMERGENCY, distress=Distress.CERTAIN)),
        (by_id["s1"], decided(Decision.SMALLTALK)),
        (by_id["s2"], decided(Decision.ESCALATE)),
    ]
    hits = {name: share.hits for name, share in decision_figures(asked, {}).items()}
    assert (hits["oos_answered"], hits["distress"], hits["distress_certain"], hits["info_certain"]) == (1, 1, 0, 1)
    assert (hits["smalltalk"], hits["wrong_of_all_messages"], hits["ordinary_certain"]) == (2, 1, 0)


def test_the_bootstrap_keeps_an_entrys_questions_together() -> None:
    questions = [Question(f"q{i}", "", "answer", "plain", (f"entry-{i % 4}",)) for i in range(40)]
    right = [Found(q, q.expect) for q in questions]
    wrong = [Found(q, ("other",)) if q.expect[0] == "entry-0" else Found(q, q.expect) for q in questions]
    lead = difference(right, wrong)
    assert lead.points == 25
    assert lead.low == 0  # one entry of four: it may not be drawn at all
    assert lead.high > 50
    with pytest.raises(ValueError, match="same questions"):
        difference(right, right[::-1])


def test_no_questions_is_said_clearly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--questions", str(tmp_path)]) == 2
    assert "no questions in" in capsys.readouterr().err
    (tmp_path / "broken.jsonl").write_text('{"id": 1}\n', "utf-8")
    with pytest.raises(NoQuestions, match=r"broken\.jsonl"):
        read_questions(tmp_path)


def test_the_halves_share_nothing(tmp_path: Path) -> None:
    lines(tmp_path / "q.jsonl", ASKED)
    tuning, held = (read_questions(tmp_path, half=half) for half in ("tuning", "held"))
    assert tuning
    assert held
    assert sorted(q.id for q in (*tuning, *held)) == sorted(q.id for q in ASKED)


def test_a_tiny_run_with_the_peers_that_need_nothing_extra(small: Snapshot, matcher: Matcher) -> None:
    questions = against(ASKED, small)
    assert [(q.cls, q.kind) for q in questions if q.id == "a5"] == [("out_of_scope", "near")]
    rows = [ask_matcher("ours", lambda: matcher, questions, small)]
    peers = [way for way in WAYS if way.needs is None]
    assert set(peers) <= set(available())
    rows += [ask_peer(way.name, lambda way=way: way.build(small), questions) for way in peers]
    report = of_knowledge(rows, small, len(questions), "all")
    text = "\n".join(table(report))
    assert all(row.name in text for row in rows)
    assert report.rows[0].first.of == 4
    assert report.rows[0].three.hits >= 3
    told = json.loads(json.dumps(as_json(report)))
    assert [row["name"] for row in told["rows"]] == ["ours", *(way.name for way in peers)]
    assert told["rows"][0]["decisions"]["distress"]["hits"] == 1
    picture = ET.fromstring(svg(report))
    assert picture.tag.endswith("svg")
    assert len(picture.findall(".//{*}circle")) >= 2 * len(rows)
    assert next(confusions(report.rows[0], 3)).startswith("the ")


def test_ideas_can_be_left_out(small: Snapshot) -> None:
    ideas = [i for i in IDEAS if i.name in ("synonyms", "repair of typing", "pieces of words")]
    rows = list(ablate(small, against(ASKED, small), ideas, cases=60))
    assert [r.name if isinstance(r, Row) else r for r in rows] == [
        "all ideas",
        *(f"without {i.name}" for i in ideas),
    ]
    assert all(isinstance(r, Row) for r in rows), "an idea can't be left out any more: mend ablation.IDEAS"
    assert len(list(ablation_table(rows))) == len(rows) + 1


def test_the_whole_command_counts_as_score_py_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = (
        Question("b1", "tau ca 16m co phai gan gsht ko", "answer", "folded", ("vms-which-vessels",)),
        Question("b2", "hạn đăng kiểm xe máy ở tỉnh", "out_of_scope", "near"),
        Question("b3", "cuu tui voi, ghe chim roi", "distress", "sinking"),
        Question("b4", "xin chao", "smalltalk", "greeting"),
        Question("b5", "câu không có mục nào", "answer", "plain", ("no-such-entry",)),
    )
    folder = tmp_path / "questions"
    folder.mkdir()
    file = lines(folder / "asked.jsonl", asked)
    monkeypatch.setenv("HAIDANG_DATA_DIR", str(tmp_path / "data"))
    out = tmp_path / "out"
    assert main(["--questions", str(folder), "--out", str(out), "--no-peers", "--no-semantic"]) == 0
    ours = json.loads((out / "eval.json").read_text("utf-8"))["rows"][0]
    assert (out / "eval.svg").read_text("utf-8").startswith("<svg")
    assert ours["kinds"]["all"]["top1"]["of"] == 1
    assert ours["decisions"]["distress"]["hits"] == 1
    if not (SHARED / "score.py").is_file():
        if not IN_CI:  # the set lies beside the working copies of its authors, nowhere else
            pytest.skip(f"no {SHARED}")
        return
    haidang = tmp_path / "haidang"
    haidang.write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n', "utf-8")
    haidang.chmod(0o755)
    scored = tmp_path / "scored.json"
    command = [sys.executable, SHARED / "score.py", "--haidang", haidang, "--files", file, "--json", scored]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    theirs = json.loads(scored.read_text("utf-8"))
    shares = {name: share["percent"] for name, share in ours["decisions"].items()}
    figures = theirs["all"]
    assert ours["kinds"]["all"]["top1"]["percent"] == pytest.approx(figures["top1"], abs=0.01)
    assert ours["kinds"]["all"]["top3"]["percent"] == pytest.approx(figures["top3"], abs=0.01)
    for mine, name in (
        ("right", "direct"),
        ("wrong", "wrong"),
        ("asked_back_shown", "clarify_ok"),
        ("passed_on", "escalate"),
        ("alarm", "alarm"),
    ):
        assert shares[mine] == pytest.approx(figures[name], abs=0.01), mine
    for mine, name in (
        ("distress", "distress"),
        ("distress_certain", "distress_certain"),
        ("ordinary_certain", "ordinary_certain"),
        ("ordinary_possible", "ordinary_possible"),
        ("oos_answered", "oos_answered"),
        ("oos_asked_back", "oos_clarify"),
        ("smalltalk", "smalltalk"),
    ):
        assert shares[mine] == pytest.approx(theirs["other"][name], abs=0.01), mine


def test_no_phrasing_is_taken_from_the_question_set(shipped: Snapshot) -> None:
    if not SHARED.is_dir():
        if not IN_CI:
            pytest.skip(f"no {SHARED}")
        return
    asked = {" ".join(fold(clean(q.text)).split()): q.id for q in read_questions(SHARED)}
    assert len(asked) > 100
    own = [
        (entry.id, text)
        for entry in shipped.entries.values()
        for text in (
            *(entry.question.vi, *entry.phrasings.vi, *entry.keywords.vi),
            *(entry.question.en, *entry.phrasings.en, *entry.keywords.en),
        )
    ]
    own += [(name, text) for name, group in shipped.glossary.beyond.items() for text in (*group.vi, *group.en)]
    taken = [(entry, asked[key]) for entry, text in own if (key := " ".join(fold(clean(text)).split())) in asked]
    assert not taken, "phrasings that are questions of the set: it would measure nothing any more"
