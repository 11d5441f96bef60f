"""`python -m tests.benchmarks.eval`: measures, prints the table, writes `eval.json` and `eval.svg`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.faq import Snapshot
from bot.settings import load_settings
from tests.benchmarks.eval.ablation import ablate
from tests.benchmarks.eval.ours import NoKnowledge, live_knowledge, matchers, sentence_ways
from tests.benchmarks.eval.peers import WAYS, available
from tests.benchmarks.eval.plot import svg
from tests.benchmarks.eval.questions import HALVES, NoQuestions, Question, against, read_questions
from tests.benchmarks.eval.report import (
    Report,
    ablation_json,
    ablation_table,
    as_json,
    confusions,
    of_knowledge,
    table,
)
from tests.benchmarks.eval.running import Row, ask_matcher, ask_peer

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; 2 where there is nothing to measure."""
    asked = _options().parse_args(arguments)
    settings = load_settings()
    half = None if asked.half == "all" else asked.half
    try:
        questions = read_questions(asked.questions, half=half)
        snapshot, problems = live_knowledge(settings.knowledge_dir)
    except (NoQuestions, NoKnowledge) as error:
        print(error, file=sys.stderr)
        return 2
    if problems:
        print(f"{len(problems)} errors in the knowledge, measured all the same; first: {problems[0]}", file=sys.stderr)
    questions = against(questions, snapshot)
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.ablation:
        return _ablation(snapshot, questions, asked.out)
    rows = _rows(snapshot, questions, asked.out if asked.vectors is None else asked.vectors, settings.data_dir, asked)
    report = of_knowledge(rows, snapshot, len(questions), asked.half)
    print("\n".join(table(report)))
    _write(report, asked.out)
    if asked.confusions:
        for row in report.ours:
            print("\n" + "\n".join(confusions(row, asked.confusions)))
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.eval", description=__doc__)
    options.add_argument("--questions", type=Path, default=ROOT.parent / "shared" / "eval", help="folder of *.jsonl")
    options.add_argument("--half", choices=(*HALVES, "all"), default="all", help="ask only one half of the questions")
    options.add_argument("--out", type=Path, default=ROOT / "build" / "eval", help="folder for eval.json and eval.svg")
    options.add_argument("--vectors", type=Path, help="data folder with the sentence model's vectors (default: --out)")
    options.add_argument("--no-peers", action="store_true", help="only our own matcher")
    options.add_argument("--no-semantic", action="store_true", help="without the sentence model's rows")
    options.add_argument("--ablation", action="store_true", help="our matcher with one idea left out at a time")
    options.add_argument("--confusions", type=int, default=0, metavar="N", help="print the N worst confusions")
    return options


def _rows(
    snapshot: Snapshot, questions: Sequence[Question], vectors: Path, data_dir: Path, asked: argparse.Namespace
) -> list[Row]:
    rows = []
    for name, build in matchers(snapshot, data_dir):
        if asked.no_semantic and rows:
            continue
        _tell(name)
        rows.append(ask_matcher(name, build, questions, snapshot))
    if not asked.no_peers:
        present = list(available())
        for way in WAYS:
            if way not in present:
                print(f"{way.name}: {way.needs} isn't installed (pip install -e '.[eval]')", file=sys.stderr)
                continue
            _tell(way.name)
            rows.append(ask_peer(way.name, lambda way=way: way.build(snapshot), questions))  # type: ignore[misc]
        if not asked.no_semantic:
            for name, sentences in sentence_ways(snapshot, vectors):
                _tell(name)
                rows.append(ask_peer(name, sentences, questions))
    return rows


def _tell(name: str) -> None:
    print(f"… {name}", file=sys.stderr)


def _write(report: Report, folder: Path) -> None:
    (folder / "eval.json").write_text(json.dumps(as_json(report), ensure_ascii=False, indent=1), "utf-8")
    (folder / "eval.svg").write_text(svg(report), "utf-8")
    print(f"\nwritten to {folder / 'eval.json'} and eval.svg")


def _ablation(snapshot: Snapshot, questions: Sequence[Question], folder: Path) -> int:
    rows: list[Row | str] = []
    for row in ablate(snapshot, questions):
        _tell(row if isinstance(row, str) else row.name)
        rows.append(row)
    print("\n".join(ablation_table(rows)))
    (folder / "ablation.json").write_text(json.dumps(ablation_json(rows), ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
