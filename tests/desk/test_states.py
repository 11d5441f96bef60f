"""The table of a ticket's moves, codes and secrets."""

from __future__ import annotations

import itertools
import re

import pytest

from bot.desk import WrongState, normalise_code
from bot.desk.codes import new_code, new_secret, secret_hash, secret_matches
from bot.desk.states import MOVES, Move, after
from bot.store.tables import TicketState

ALLOWED = {
    "open": {
        "take": "taken",
        "answer": "answered",
        "close": "closed",
        "detail": "open",
        "raise": "open",
        "withdraw": "closed",
    },
    "taken": {
        "take": "taken",
        "release": "open",
        "answer": "answered",
        "close": "closed",
        "detail": "taken",
        "raise": "taken",
        "withdraw": "closed",
    },
    "answered": {
        "answer": "answered",
        "close": "closed",
        "reopen": "open",
        "detail": "open",
        "raise": "open",
        "withdraw": "closed",
    },
    "closed": {"reopen": "open", "detail": "open", "raise": "open"},
}


@pytest.mark.parametrize(("state", "move"), list(itertools.product(TicketState, Move)))
def test_every_move_is_allowed_or_refused(state: TicketState, move: Move) -> None:
    wanted = ALLOWED[state.value].get(move.value)
    if wanted is None:
        with pytest.raises(WrongState) as refused:
            after(state, move, code="HD-22222")
        assert refused.value.values == {"code": "HD-22222", "state": state.value}
    else:
        assert after(state, move, code="HD-22222").value == wanted


def test_nothing_else_is_in_the_table() -> None:
    assert len(MOVES) == sum(map(len, ALLOWED.values()))


def test_codes_can_be_read_over_the_radio() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) > 495
    assert all(re.fullmatch(r"HD-[2-9A-HJ-NP-Z]{5}", code) for code in codes)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("HD-7F3K2", "HD-7F3K2"),
        (" hd-7f3k2 ", "HD-7F3K2"),
        ("hd 7f3k2", "HD-7F3K2"),
        ("HD7F3K2", "HD-7F3K2"),
        ("HD-7F3K", None),
        ("HD-7F3K22", None),
        ("HD-7F3O2", None),
        ("KG-7F3K2", None),
        ("", None),
    ],
)
def test_a_code_is_known_however_it_is_typed(typed: str, code: str | None) -> None:
    assert normalise_code(typed) == code


def test_a_secret_opens_its_own_ticket_only() -> None:
    secret = new_secret()
    stored = secret_hash("HD-22222", secret)
    assert secret not in stored
    assert secret_matches("HD-22222", secret, stored)
    assert secret_matches("HD-22222", secret.lower().replace("-", " "), stored)
    assert not secret_matches("HD-33333", secret, stored)
    assert not secret_matches("HD-22222", "", stored)
