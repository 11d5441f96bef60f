"""`haidang kb …`: the curated knowledge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import JsonOption, LangOption, clock, fail, language, overlay, quiet_logs, say, settings, snapshot
from bot.clock import local_day
from bot.curation import Standing, build_calibration, check_matching
from bot.curation import export as write_overlay
from bot.faq import Entry, Snapshot, inspect

app = typer.Typer(help="Kho kiến thức / the curated knowledge.", no_args_is_help=True)


@app.command("check")
def check(
    as_json: JsonOption = False,
    form_only: Annotated[
        bool, typer.Option("--form-only", help="leave out what needs the matcher (half a minute)")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Lint the knowledge: form, sources, dates, links, phrasings. Exit 1 when there are errors."""
    quiet_logs()
    chosen = language(lang)
    loaded, reading, problems = inspect(settings().knowledge_dir, today=local_day(clock().now()))
    if loaded is not None and not form_only and not any(p.severity == "error" for p in problems):
        problems = tuple(
            sorted((*problems, *check_matching(loaded, reading)), key=lambda p: (p.severity, p.file, p.line))
        )
    errors = [p for p in problems if p.severity == "error"]
    if as_json:
        rows = [{"file": p.file, "line": p.line, "severity": p.severity, "message": p.message} for p in problems]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(str(problem))
        count = len(loaded.entries) if loaded else 0
        warnings = len(problems) - len(errors)
        say(
            chosen,
            f"{count} mục, {len(errors)} lỗi, {warnings} cảnh báo",
            f"{count} entries, {len(errors)} errors, {warnings} warnings",
        )
    if errors:
        raise typer.Exit(1)


def as_record(loaded: Snapshot, entry: Entry) -> dict[str, Any]:
    """An entry as `kb list --json` prints it."""
    return {
        "id": entry.id,
        "aliases": list(entry.aliases),
        "topic": entry.topic,
        "audience": [a.value for a in entry.audience],
        "department": loaded.department_of(entry).id,
        "question": entry.question.model_dump(),
        "phrasings": {"vi": list(entry.phrasings.vi), "en": list(entry.phrasings.en)},
        "keywords": {"vi": list(entry.keywords.vi), "en": list(entry.keywords.en)},
        "answer": entry.answer.model_dump(),
        "basis": [
            {"document": b.document, "article": b.article, "url": str(b.url) if b.url else None} for b in entry.basis
        ],
        "verification": {"status": entry.verification.status, "checked": entry.verification.checked.isoformat()},
        "approved": entry.approved.model_dump(mode="json") if entry.approved else None,
        "valid": {
            "from": entry.valid.from_.isoformat() if entry.valid.from_ else None,
            "until": entry.valid.until.isoformat() if entry.valid.until else None,
        },
        "review_by": entry.review_by.isoformat(),
        "related": list(entry.related),
    }


@app.command("list")
def list_entries(as_json: JsonOption = False, lang: LangOption = None) -> None:
    """List the live entries; --json: one object a line."""
    quiet_logs()
    chosen = language(lang)
    loaded = snapshot()
    for entry in loaded.entries.values():
        if as_json:
            typer.echo(json.dumps(as_record(loaded, entry), ensure_ascii=False))
        else:
            typer.echo(f"{entry.id:32} {entry.question.get(chosen)}")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="folder to write the YAML files into")], lang: LangOption = None
) -> None:
    """Write what was edited in the console out as YAML."""
    quiet_logs()
    chosen = language(lang)
    if folder.exists() and not folder.is_dir():
        raise fail(
            f"{folder} không phải là thư mục; chọn thư mục khác"
            if chosen == "vi"
            else f"{folder} is no folder; choose another"
        )
    _, overlaid = overlay()
    folder.mkdir(parents=True, exist_ok=True)
    written = write_overlay(settings().knowledge_dir, folder, overlaid)
    for path in written:
        typer.echo(str(folder / path))
    for one in overlaid:
        if one.standing in (Standing.CONFLICT_FILE, Standing.BROKEN):
            say(
                chosen,
                f"Bỏ qua {one.edit.key}: cần quyết định trong console trước ({one.standing.value}).",
                f"Left out {one.edit.key}: needs a decision in the console first ({one.standing.value}).",
                err=True,
            )
    if written:
        say(
            chosen,
            f"Đã ghi {len(written)} tệp. Chép đè lên {settings().knowledge_dir}, rồi chạy `haidang kb check`.",
            f"{len(written)} files written. Copy them over {settings().knowledge_dir}, then run `haidang kb check`.",
        )
    else:
        say(
            chosen,
            "Không có sửa đổi nào từ console: mọi mục đều nằm trong các tệp YAML.",
            "No edits were made in the console: every entry stands in the YAML files.",
        )


@app.command("build")
def build(lang: LangOption = None) -> None:
    """Calibrate the matcher on the present entries and keep the result in the data folder."""
    quiet_logs()
    chosen = language(lang)
    path = build_calibration(snapshot(), settings().data_dir)
    say(chosen, f"Đã hiệu chỉnh, ghi vào {path}", f"Calibrated, written to {path}")
