"""The officers' group: what reaches an asker is unmistakable, everything else reaches nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from bot.dialogue import render
from bot.dialogue.actions import Action, BindGroup, DeskAct, Outcome, QueueLine, Say, ShowQueue
from bot.dialogue.context import Context, Knowledge, OfficerBrief
from bot.messages import (
    ChatKind,
    Content,
    Media,
    MediaKind,
    MediaRef,
    Membership,
    MembershipChange,
    OutgoingMessage,
    Press,
    rich,
)
from tests.dialogue.conftest import NOW, Talk, a_context, data, words

Talks = Callable[..., Talk]
OFFICER = OfficerBrief(1, "Chị Lan", frozenset({"officer"}))
DESK = {"chat_kind": ChatKind.GROUP, "is_desk": True}
AT_DESK = DESK | {"officer": OFFICER}
REPLY = AT_DESK | {"replied_ticket": "HD-AAAA1"}
STRANGER = Say("desk_group.stranger")


def press(button: str) -> Press:
    return Press(data=button, press_id="1", message_id="9")


TABLE: dict[str, tuple[dict[str, object], Content | str, Action | None]] = {
    "binding a desk": ({"chat_kind": ChatKind.GROUP}, "/desk ABCD-1234", BindGroup("desk", "ABCD-1234")),
    "binding a channel": ({"chat_kind": ChatKind.CHANNEL}, "/kenh ABCD-1234", BindGroup("public", "ABCD-1234")),
    "binding without a code": ({"chat_kind": ChatKind.GROUP}, "/desk", Say("bind.group_how")),
    "talk in an unbound group": ({"chat_kind": ChatKind.GROUP}, "tàu tôi đang chìm", None),
    "a command in an unbound group": ({"chat_kind": ChatKind.GROUP}, "/help", None),
    "a tap in an unbound group": ({"chat_kind": ChatKind.GROUP}, press("t:take:HD-AAAA1"), None),
    "talk at the desk": (AT_DESK, "ai rảnh không", None),
    "a photo at the desk": (AT_DESK, Media(media=MediaKind.PHOTO), None),
    "an unknown command at the desk": (AT_DESK, "/nonsense", None),
    "take by button": (AT_DESK, press("t:take:HD-AAAA1"), DeskAct("take", "HD-AAAA1")),
    "close by button": (AT_DESK, press("t:close:HD-AAAA1"), DeskAct("close", "HD-AAAA1")),
    "show by button": (AT_DESK, press("t:show:HD-AAAA1"), DeskAct("show", "HD-AAAA1")),
    "take by a stranger": (DESK, press("t:take:HD-AAAA1"), STRANGER),
    "a forged button": (AT_DESK, press("t:answer:HD-AAAA1"), Say("button.gone")),
    "an asker's button": (AT_DESK, press("sos"), Say("button.gone")),
    "the queue": (AT_DESK, "/hangdoi", ShowQueue()),
    "the queue for a stranger": (DESK, "/queue", STRANGER),
    "a login code in the group": (DESK, "/canbo ABCD", Say("bind.private_only")),
    "help": (AT_DESK, "/help", Say("desk_group.help")),
    "take by code": (AT_DESK, "/nhan hd-aaaa1", DeskAct("take", "HD-AAAA1")),
    "close without a code": (AT_DESK, "/dong", Say("desk_group.help")),
    "an answer": (
        REPLY,
        "Tàu đang chìm thì gọi 112.",
        DeskAct("answer", "HD-AAAA1", text="Tàu đang chìm thì gọi 112."),
    ),
    "an answer by a stranger": (REPLY | {"officer": None}, "Dạ", STRANGER),
    "a note": (REPLY, "/note hỏi lại chị Hoa", DeskAct("note", "HD-AAAA1", text="hỏi lại chị Hoa")),
    "an empty note": (REPLY, "/note", Say("desk_group.note_how")),
    "take by reply": (REPLY, "/nhan", DeskAct("take", "HD-AAAA1")),
    "give back by reply": (REPLY, "/release", DeskAct("release", "HD-AAAA1")),
    "close by reply": (REPLY, "/close", DeskAct("close", "HD-AAAA1")),
    "an unknown command as reply": (REPLY, "/gui", Say("desk_group.help")),
    "a photo as answer": (
        REPLY,
        Media(media=MediaKind.PHOTO, caption="mẫu đơn"),
        DeskAct(
            "answer", "HD-AAAA1", text="mẫu đơn", media=MediaRef(chat_id="7", message_id="55", media=MediaKind.PHOTO)
        ),
    ),
    "a sticker as reply": (REPLY, Media(media=MediaKind.STICKER), None),
    "added to a group": (
        {"chat_kind": ChatKind.GROUP},
        Membership(change=MembershipChange.ADDED),
        Say("bind.group_how"),
    ),
}


@pytest.mark.parametrize(("given", "message", "done"), TABLE.values(), ids=TABLE)
def test_what_is_done_in_groups(
    talk: Talks, given: dict[str, object], message: Content | str, done: Action | None
) -> None:
    conversation = talk(**given)
    replies = conversation.say(message)
    if done is None:
        assert conversation.actions == ()
        assert replies == ()
    else:
        assert conversation.actions[-1] == done


def test_a_note_is_never_taken_for_an_answer(talk: Talks) -> None:
    for text in ("/note mật", "/NOTE mật", " /note mật", "/ghichu mật", "/note\nmật", "/note@haidang_bot mật"):
        conversation = talk(**REPLY)
        conversation.say(text)
        assert not [act for act in conversation.did(DeskAct) if act.act == "answer"]


def test_a_corrected_reply_is_not_sent_again(talk: Talks) -> None:
    conversation = talk(**REPLY)
    assert "không gửi" in words(conversation.say("Sửa lại", edited=True))
    assert not conversation.did(DeskAct)


def test_an_answer_gets_its_tick(talk: Talks) -> None:
    assert words(talk(**REPLY).say("Dạ được.")) == "✓ Đã gửi cho người hỏi HD-AAAA1"


@pytest.mark.parametrize(
    ("error", "values", "said"),
    [
        ("already_taken", {"name": "Anh Bình"}, "HD-AAAA1: đồng nghiệp Anh Bình đang xử lý."),
        ("wrong_state", {"state": "closed"}, "HD-AAAA1: không làm được, phiếu đã đóng."),
        ("not_allowed", {}, "Anh/chị không có quyền làm việc này."),
        ("a_new_refusal", {}, "Không thực hiện được. Xin thử lại."),
    ],
)
def test_refusals_are_told(knowledge: Knowledge, error: str, values: dict[str, str], said: str) -> None:
    outcome = Outcome(error=error, values=values)
    assert _rendered(knowledge, DeskAct("take", "HD-AAAA1"), outcome) == said


def test_an_answer_that_cannot_be_delivered_is_told(knowledge: Knowledge) -> None:
    outcome = Outcome(ticket="HD-AAAA1", values={"unreachable": "1"})
    assert "không gửi được" in _rendered(knowledge, DeskAct("answer", "HD-AAAA1", text="x"), outcome)


def test_a_card_is_shown_as_it_came(knowledge: Knowledge) -> None:
    card = OutgoingMessage(text=rich("phiếu"))
    assert _rendered(knowledge, DeskAct("show", "HD-AAAA1"), Outcome(card=card)) == "phiếu"


def test_the_queue_is_listed_shortly(knowledge: Knowledge) -> None:
    due = dt.datetime(2026, 11, 25, 7, 30, tzinfo=dt.UTC)
    line = QueueLine("HD-AAAA1", "distress", "open", "chìm <b>" + "x" * 200, due, None)
    replies = render((ShowQueue(),), (Outcome(queue=(line,) * 30),), _context(), knowledge, NOW)
    text = words(replies)
    assert "30 phiếu" in text
    assert "14:30 25/11/2026" in text
    assert "chìm <b>" in text
    assert len(text) < 4000
    assert data(replies)[0] == "t:show:HD-AAAA1"
    assert words(render((ShowQueue(),), (Outcome(),), _context(), knowledge, NOW)) == "Không có phiếu nào đang chờ."


def _rendered(knowledge: Knowledge, action: Action, outcome: Outcome) -> str:
    return words(render((action,), {0: outcome}, _context(), knowledge, NOW))


def _context() -> Context:
    return a_context(**AT_DESK)
