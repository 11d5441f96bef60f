"""What curators have to look at, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from bot.curation import Reason, work_on, worklist
from bot.faq import Entry, Snapshot
from bot.faq.schema import DocumentStatus
from tests.curation.given import VMS, changed

TODAY = dt.date(2026, 11, 24)
APPROVED = {"by": "Hòa", "on": "2026-11-24"}
LAW = "18/2017/QH14"


def quiet(shipped: Snapshot, **changes: Any) -> Entry:
    """An entry that nobody has to look at, but for the changes."""
    entry = shipped.entries[VMS]
    calm = {
        "approved": APPROVED,
        "verification": {"status": "verified", "checked": "2026-11-24"},
        "review_by": "2027-06-01",
        "basis": [{"document": LAW, "article": "Điều 50"}],
    }
    return Entry.model_validate(changed(entry, **{**calm, **changes}))


def the_law(shipped: Snapshot, **changes: Any) -> Snapshot:
    documents = {**shipped.documents, LAW: shipped.documents[LAW].model_copy(update=changes)}
    return replace(shipped, documents=MappingProxyType(documents))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"approved": None}, Reason.UNAPPROVED),
        (
            {
                "verification": {
                    "status": "secondary",
                    "checked": "2026-11-24",
                    "confirm": {"vi": "mức phạt", "en": "the fine"},
                }
            },
            Reason.SECONDARY,
        ),
        ({"review_by": "2026-11-23"}, Reason.OVERDUE),
        ({"review_by": "2026-12-20"}, Reason.REVIEW),
        ({"valid": {"from": None, "until": "2026-11-23"}}, Reason.OUTSIDE),
    ],
)
def test_each_reason(shipped: Snapshot, changes: dict[str, Any], reason: Reason | None) -> None:
    law = the_law(shipped, status=DocumentStatus.IN_FORCE, checked=dt.date(2026, 11, 22))
    assert work_on(law, quiet(shipped, **changes), TODAY).reasons == ((reason,) if reason else ())


@pytest.mark.parametrize(
    ("changes", "basis", "reason"),
    [
        ({"status": DocumentStatus.UNKNOWN}, [LAW], Reason.STATUS),
        ({"status": DocumentStatus.REPLACED, "replaced_by": "41/2026/NĐ-CP"}, [LAW], Reason.REPLACED),
        ({"status": DocumentStatus.REPLACED, "replaced_by": "41/2026/NĐ-CP"}, [LAW, "41/2026/NĐ-CP"], None),
        ({"status": DocumentStatus.EXPIRED}, [LAW], Reason.REPLACED),
        ({"status": DocumentStatus.IN_FORCE, "checked": dt.date(2026, 11, 25)}, [LAW], Reason.AMENDED),
    ],
)
def test_what_happens_to_a_document_reaches_the_answers_on_it(
    shipped: Snapshot, changes: dict[str, Any], basis: list[str], reason: Reason | None
) -> None:
    entry = quiet(shipped, basis=[{"document": number, "article": "Điều 1"} for number in basis])
    law = the_law(shipped, **{"checked": dt.date(2026, 11, 22), **changes})
    assert work_on(law, entry, TODAY).reasons == ((reason,) if reason else ())


def test_the_most_pressing_stands_on_top(shipped: Snapshot) -> None:
    found = worklist(the_law(shipped, status=DocumentStatus.REPLACED, replaced_by="41/2026/NĐ-CP"), TODAY)
    assert found
    assert Reason.REPLACED in found[0].reasons
    assert [w.reasons[0] for w in found] == sorted((w.reasons[0] for w in found), key=list(Reason).index)
