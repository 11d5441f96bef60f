"""Files and overlay together: which of the two answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from bot.curation import Edit, Standing, compose, content_of, fingerprint_of
from bot.faq import Entry, Snapshot
from bot.store.tables import SubjectKind
from tests.curation.given import VMS, changed, reworded


def the_edit(content: dict[str, Any], base: Entry | None, *, key: str = VMS) -> Edit:
    return Edit(1, SubjectKind.ENTRY, key, content, fingerprint_of(base))


def files_with(files: Snapshot, entry: Entry) -> Snapshot:
    return replace(files, entries=MappingProxyType({**files.entries, entry.id: entry}), version="later")


def checked_on(entry: Entry, day: str) -> dict[str, Any]:
    return {**content_of(entry)["verification"], "checked": day}


def test_without_edits_the_files_are_what_is_live(shipped: Snapshot) -> None:
    assert compose(shipped, ()) == (shipped, ())


def test_an_edit_answers_while_the_files_say_what_it_was_based_on(shipped: Snapshot) -> None:
    entry = shipped.entries[VMS]
    live, (one,) = compose(shipped, [the_edit(reworded(entry), entry)])
    assert one.standing is Standing.IN_FORCE
    assert live.entries[VMS].answer.vi.startswith("Câu trả lời mới")
    assert live.version != shipped.version
    assert shipped.entries[VMS] == entry, "the files' snapshot stays what it was"


def test_a_new_entry_of_the_console_is_live_beside_the_files(shipped: Snapshot) -> None:
    content = changed(shipped.entries[VMS], id="a-new-question", aliases=[])
    live, (one,) = compose(shipped, [the_edit(content, None, key="a-new-question")])
    assert one.standing is Standing.IN_FORCE
    assert len(live.entries) == len(shipped.entries) + 1


def test_the_files_catch_up_and_the_edit_is_done_with(shipped: Snapshot) -> None:
    content = reworded(shipped.entries[VMS])
    files = files_with(shipped, Entry.model_validate(content))
    live, (one,) = compose(files, [the_edit(content, shipped.entries[VMS])])
    assert one.standing is Standing.CAUGHT_UP
    assert live.version == files.version


@pytest.mark.parametrize(
    ("file_checked", "edit_checked", "expected", "answer"),
    [
        ("2026-11-20", "2026-11-22", Standing.CONFLICT_EDIT, "console"),
        ("2026-11-22", "2026-11-22", Standing.CONFLICT_EDIT, "console"),
        ("2026-11-24", "2026-11-22", Standing.CONFLICT_FILE, "file"),
    ],
)
def test_when_both_changed_the_later_check_answers_until_a_curator_decides(
    shipped: Snapshot, file_checked: str, edit_checked: str, expected: Standing, answer: str
) -> None:
    entry = shipped.entries[VMS]
    in_file = changed(entry, answer={"vi": "file", "en": "file"}, verification=checked_on(entry, file_checked))
    in_console = changed(entry, answer={"vi": "console", "en": "console"}, verification=checked_on(entry, edit_checked))
    files = files_with(shipped, Entry.model_validate(in_file))
    live, (one,) = compose(files, [the_edit(in_console, entry)])
    assert one.standing is expected
    assert one.to_decide
    assert live.entries[VMS].answer.vi == answer


def test_an_edit_of_an_entry_that_the_files_dropped_still_answers_and_is_to_be_decided(shipped: Snapshot) -> None:
    entry = shipped.entries[VMS]
    kept = {name: e for name, e in shipped.entries.items() if name != VMS}
    for name, e in kept.items():
        kept[name] = e.model_copy(update={"related": tuple(r for r in e.related if r != VMS)})
    files = replace(shipped, entries=MappingProxyType(kept))
    live, (one,) = compose(files, [the_edit(reworded(entry), entry)])
    assert one.standing is Standing.CONFLICT_EDIT
    assert VMS in live.entries


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"topic": "nowhere"}, "topic_unknown"),
        ({"basis": [{"document": "999/1999/QH"}]}, "document_unknown"),
        ({"related": ["no-such-entry"]}, "related_unknown"),
        ({"surprise": 1}, "form"),
    ],
)
def test_an_edit_that_does_not_fit_is_left_out_and_says_why(
    shipped: Snapshot, changes: dict[str, Any], name: str
) -> None:
    entry = shipped.entries[VMS]
    live, (one,) = compose(shipped, [the_edit(changed(entry, **changes), entry)])
    assert one.standing is Standing.BROKEN
    assert name in {flaw.name for flaw in one.flaws}
    assert live.entries[VMS] == entry


def test_an_edit_that_leans_on_a_broken_one_falls_with_it_and_all_else_stays(shipped: Snapshot) -> None:
    entry = shipped.entries[VMS]
    new = changed(entry, id="new-one", aliases=[], topic="nowhere")
    leaning = changed(entry, related=["new-one"])
    live, overlaid = compose(
        shipped,
        [
            Edit(1, SubjectKind.ENTRY, "new-one", new, None),
            Edit(2, SubjectKind.ENTRY, VMS, leaning, fingerprint_of(entry)),
        ],
    )
    assert [one.standing for one in overlaid] == [Standing.BROKEN, Standing.BROKEN]
    assert live.entries == shipped.entries


def test_two_things_cannot_have_one_name(shipped: Snapshot) -> None:
    content = changed(shipped.entries[VMS], id="new-one", aliases=[VMS])
    _, (one,) = compose(shipped, [the_edit(content, None, key="new-one")])
    assert [flaw.name for flaw in one.flaws] == ["name_taken"]


def test_a_document_marked_as_replaced_shows_under_every_entry_that_rests_on_it(shipped: Snapshot) -> None:
    law = shipped.documents["18/2017/QH14"]
    content = {**content_of(law), "status": "replaced", "replaced_by": "41/2026/NĐ-CP"}
    edit = Edit(1, SubjectKind.DOCUMENT, law.number, content, fingerprint_of(law))
    live, (one,) = compose(shipped, [edit])
    assert one.standing is Standing.IN_FORCE
    resting = live.entries_on(law)
    assert len(resting) > 3
    assert all(law.number in {d.number for d in live.replaced_documents(e)} for e in resting)


def test_a_fingerprint_is_the_same_for_the_same_content_however_it_came_about(shipped: Snapshot) -> None:
    for entry in shipped.entries.values():
        assert fingerprint_of(Entry.model_validate(content_of(entry))) == fingerprint_of(entry)
    later = shipped.entries[VMS].model_copy(update={"review_by": dt.date(2030, 1, 1)})
    assert fingerprint_of(later) != fingerprint_of(shipped.entries[VMS])
