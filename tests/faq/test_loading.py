"""Knowledge becomes live whole or not at all, and each problem is named by file and line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.faq import KnowledgeError, Snapshot, check, load

TODAY = dt.date(2026, 11, 24)
VMS = "faq/fishing/vms.yaml"


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replaces the first occurrence; returns its line."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_what_ships_loads_without_an_error(shipped: Snapshot, knowledge_dir: Path) -> None:
    assert len(shipped.entries) >= 60
    _, found = check(knowledge_dir, today=TODAY)
    assert [p for p in found if p.severity == "error"] == []


def test_the_first_entries_come_from_all_fields(shipped: Snapshot) -> None:
    fields = {entry.topic.split("/")[0] for entry in shipped.entries.values()}
    assert {"fishing", "safety", "port"} <= fields
    assert any("colreg" in str(path) for path in ("colreg",))


def test_nothing_that_ships_claims_to_be_approved(shipped: Snapshot) -> None:
    assert [entry.id for entry in shipped.entries.values() if entry.approved] == []


def test_every_entry_has_phrasings_in_both_languages(shipped: Snapshot) -> None:
    thin = [e.id for e in shipped.entries.values() if len(e.phrasings.vi) < 15 or len(e.phrasings.en) < 5]
    assert thin == []


def test_no_asker_is_sent_to_a_page_that_is_not_official(shipped: Snapshot) -> None:
    links = [str(d.url) for d in shipped.documents.values() if d.url]
    links += [str(b.url) for e in shipped.entries.values() for b in e.basis if b.url]
    assert links
    allowed = re.compile(r"https?://([a-z0-9-]+\.)*(gov\.vn|chinhphu\.vn|quochoi\.vn|imo\.org|ilo\.org|un\.org)(/|$)")
    assert [link for link in links if not allowed.match(link)] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (VMS, "- id: vms-which-vessels", "- id: [", "no valid YAML"),
        (VMS, "- id: vms-which-vessels", "- id: VMS which", "id: String should match"),
        (VMS, "  topic: fishing/vms", "  topik: fishing/vms", "topik: Extra inputs"),
        (VMS, "  topic: fishing/vms", "  topic: fishing/vms\n  topic: fishing/vms", "stands twice"),
        (VMS, "    status: secondary", "    status: rumour", "verification.status"),
        (VMS, "  review_by: 20", "  review_by: x20", "review_by"),
        ("topics.yaml", "- id: fishing", "- fishing\n- id: fishing", "Input should be a valid dictionary"),
        ("organization.yaml", "default_department: ", "default_department: no-", "is no department"),
        ("documents.yaml", "  status: in_force", "  status: replaced", "`replaced_by` is empty"),
    ],
)
def test_a_broken_file_is_named_with_its_line(folder: Path, name: str, old: str, new: str, says: str) -> None:
    line = edit(folder, name, old, new)
    matching = [p for p in problems(folder) if says in p]
    assert matching, problems(folder)
    where = re.match(rf"{re.escape(name)}:(\d+): error: ", matching[0])
    assert where, matching[0]
    if name != "organization.yaml":
        assert abs(int(where[1]) - line) <= 4


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / VMS).write_bytes("- id: cảng".encode("cp1258", errors="replace") + b"\xff\xfe")
    assert any("UTF-8" in p and p.startswith(VMS) for p in problems(folder))


def test_the_same_id_twice_names_both_places(folder: Path) -> None:
    text = (folder / VMS).read_text("utf-8")
    (folder / "faq/fishing/zz.yaml").write_text(text, "utf-8")
    assert any(p.startswith("faq/fishing/zz.yaml") and f"is already at {VMS}:" in p for p in problems(folder))


def _unknown_document(text: str) -> str:
    return re.sub(r"document: [^,}\n]+", "document: 999/2099/NĐ-CP", text, count=1)


def _dead_related(text: str) -> str:
    return re.sub(r"  related: \[", "  related: [no-such-entry, ", text, count=1)


def _long_answer(text: str) -> str:
    return re.sub(r"(    vi: \|-?\n)(      )", r"\1\2" + "dài " * 300, text, count=1)


def _other_figure(text: str) -> str:
    return re.sub(r"(    en: \|-?\n)(      )", r"\1\g<2>98765 boats. ", text, count=1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_unknown_document, "is not in documents.yaml"),
        (_dead_related, "related 'no-such-entry' doesn't exist"),
        (_long_answer, "characters, 900 at most"),
        (_other_figure, "figures differ between vi and en: 98765"),
    ],
)
def test_what_disagrees_across_files_is_found(folder: Path, change: Callable[[str], str], says: str) -> None:
    path = folder / VMS
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")
    assert path.read_text("utf-8") != before
    assert any(says in p for p in problems(folder)), problems(folder)


ASKS = """  asks:
    question: {{vi: "Tàu dài bao nhiêu?", en: "How long is the boat?"}}
    choices:
      - label: {{vi: "Dưới 12 m", en: "Under 12 m"}}
        {one}
      - label: {{vi: "Từ 12 m", en: "12 m and more"}}
        answer: {{vi: "Có.", en: "Yes."}}
"""


@pytest.mark.parametrize(
    ("one", "says"),
    [
        ("entry: no-such-entry", "choice 'no-such-entry' doesn't exist"),
        ('answer: {vi: "6 m", en: "7 m"}', "figures differ between vi and en: 6, 7"),
        ("answer: {vi: " + "a" * 901 + ", en: a}", "characters, 900 at most"),
        ("entry: vms-in-port\n        answer: {vi: a, en: b}", "either an `entry` that it leads to, or an `answer`"),
        ("{}".replace("{}", "# nothing"), "either an `entry` that it leads to, or an `answer`"),
    ],
)
def test_what_an_entry_asks_back_is_checked_like_an_answer(folder: Path, one: str, says: str) -> None:
    edit(folder, VMS, "  basis:\n", ASKS.format(one=one) + "  basis:\n")
    assert any(says in p for p in problems(folder)), problems(folder)


def test_wording_must_exist_in_both_languages_with_the_same_placeholders(folder: Path) -> None:
    with (folder / "messages/vi.yaml").open("a", encoding="utf-8") as file:
        file.write('\nonly_here: "Chào {name}"\n')
    assert any("only_here: missing in messages/en.yaml" in p for p in problems(folder))
    with (folder / "messages/en.yaml").open("a", encoding="utf-8") as file:
        file.write('\nonly_here: "Hello {nme}"\n')
    assert any("placeholders differ" in p for p in problems(folder))


def test_reviews_that_are_due_are_warnings(knowledge_dir: Path) -> None:
    _, found = check(knowledge_dir, today=dt.date(2030, 1, 1))
    due = [p for p in found if "review was due" in p.message]
    assert len(due) >= 60
    assert {p.severity for p in due} == {"warning"}


def test_an_entry_on_a_replaced_document_is_known(shipped: Snapshot) -> None:
    flagged = [e for e in shipped.entries.values() if shipped.replaced_documents(e)]
    for entry in flagged:
        assert all(d.status in ("replaced", "expired") for d in shipped.replaced_documents(entry))
    assert flagged, "the facts rest on replaced decrees in several places"


def test_a_missing_folder_says_which_setting_to_mend(tmp_path: Path) -> None:
    assert any("HAIDANG_KNOWLEDGE_DIR" in p for p in problems(tmp_path / "none"))
