"""What people do with what is theirs, as a table: by command, by button, by number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.dialogue import decide
from bot.dialogue.actions import (
    AddDetail,
    AskProfile,
    ClearProfile,
    ConfirmErasing,
    EraseData,
    ExportData,
    GiveAnswer,
    JoinChats,
    LeaveChats,
    ListTickets,
    MakeLinkCode,
    OpenTicket,
    RecordQuestion,
    ReopenTicket,
    Say,
    SetProfile,
    SetState,
    ShowAccount,
    ShowOwnTicket,
    ShowProfile,
    StopNotices,
    TellSafe,
    WithdrawTicket,
)
from bot.dialogue.context import Awaiting, DialogueState, FollowUpBrief, Knowledge, ProfileBrief, TicketBrief
from bot.messages import Capabilities, Content, Location, Media, MediaKind, Press
from tests.dialogue.conftest import NOW, Talk, a_context, a_message, data, words

Talks = Callable[..., Talk]
ASKS = FollowUpBrief("HD-AAAA9", "question", asks=True)
TOLD = FollowUpBrief("HD-AAAA9", "question", asks=False)
MINE = (
    TicketBrief("HD-AAAA9", "question", "open"),
    TicketBrief("HD-BBBB8", "question", "answered", may_reopen=True),
    TicketBrief("HD-CCCC7", "distress", "answered"),
)
FISHER = ProfileBrief(role="fisherman", area="phu-quoc", vessel="from_15")
CALL = TicketBrief("HD-CCCC7", "distress", "open")
ADDING = DialogueState(awaiting=Awaiting.DETAILS, ticket="HD-BBBB8")
OFFERED = DialogueState(offered=("e:vms-lost",))
HERE = Location(latitude=9.9, longitude=104.1)
SURE = "tau 15m phai gan gsht khong"


def press(button: str) -> Press:
    return Press(data=button, press_id="1", message_id="9")


TABLE: dict[str, tuple[dict[str, object], Content | str, list[type]]] = {
    "account": ({}, "/toi", [ShowAccount, SetState]),
    "account by button": ({}, press("me"), [ShowAccount, SetState]),
    "profile, nothing told": ({}, "/hoso", [AskProfile, SetState]),
    "profile": ({"profile": FISHER}, "/profile", [ShowProfile, SetState]),
    "a first answer": ({}, press("ps:role:fisherman"), [SetProfile, AskProfile, SetState]),
    "the last answer": ({}, press("ps:vessel:from_15"), [SetProfile, ShowProfile, SetState]),
    "a business has no boat": (
        {"profile": ProfileBrief(role="business")},
        press("ps:area:ha-tien"),
        [SetProfile, ShowProfile, SetState],
    ),
    "a skipped answer": ({}, press("ps:role:-"), [SetProfile, AskProfile, SetState]),
    "changing one": ({"profile": FISHER}, press("pa:area"), [AskProfile, SetState]),
    "clearing": ({"profile": FISHER}, press("pc"), [ClearProfile, Say]),
    "stop": ({}, "/stop", [StopNotices]),
    "stop, by its Vietnamese name": ({}, "/dung", [StopNotices]),
    "STOP": ({}, "STOP", [StopNotices]),
    "dừng": ({}, "Dừng.", [StopNotices]),
    "dung is đúng too": ({}, "dung", [RecordQuestion, OpenTicket, SetState]),
    "stop in a sentence": ({}, "dừng tàu ở đâu", [RecordQuestion, OpenTicket, SetState]),
    "stop to an officer's question": ({"follow_up": ASKS}, "dừng", [AddDetail, SetState]),
    "stop in danger": ({"open_ticket": CALL}, "dừng", [AddDetail, SetState]),
    "tickets": ({"tickets": MINE}, "/phieu", [ListTickets, SetState]),
    "a ticket by its number": ({"tickets": MINE}, "/phieu 2", [ShowOwnTicket, SetState]),
    "a ticket by its code": ({"tickets": MINE}, "/phieu hd bbbb8", [ShowOwnTicket, SetState]),
    "a ticket that isn't there": ({"tickets": MINE}, "/phieu HD-ZZZZZ", [Say, ListTickets, SetState]),
    "a ticket by button": ({"tickets": MINE}, press("mt:show:HD-BBBB8"), [ShowOwnTicket, SetState]),
    "adding to one": ({"tickets": MINE}, press("mt:add:HD-BBBB8"), [Say, SetState]),
    "what is added": ({"tickets": MINE, "state": ADDING}, SURE, [AddDetail, SetState]),
    "a place that is added": ({"tickets": MINE, "state": ADDING}, HERE, [AddDetail, SetState]),
    "reopening": ({"tickets": MINE}, press("mt:reopen:HD-BBBB8"), [ReopenTicket, SetState]),
    "taking back": ({"tickets": MINE}, press("mt:withdraw:HD-AAAA9"), [WithdrawTicket]),
    "safe after an answer": ({"tickets": MINE}, press("ok"), [TellSafe, Say]),
    "export": ({}, "/dulieu", [ExportData]),
    "erasing is asked": ({}, "/xoadulieu", [ConfirmErasing, SetState]),
    "erasing by an old button": ({}, press("ery"), [Say]),
    "erasing": ({"state": DialogueState(awaiting=Awaiting.ERASING)}, press("ery"), [SetState, EraseData]),
    "erasing, typed": ({"state": DialogueState(awaiting=Awaiting.ERASING)}, "Xoá", [SetState, EraseData]),
    "not erasing": ({"state": DialogueState(awaiting=Awaiting.ERASING)}, press("ern"), [Say, SetState]),
    "not erasing, cancelled": ({"state": DialogueState(awaiting=Awaiting.ERASING)}, "/huy", [Say, SetState]),
    "a code for another chat": ({}, "/lienket", [MakeLinkCode]),
    "the code from another chat": ({}, "/link K7F3-2MQP", [JoinChats]),
    "leaving": ({}, "/lienket off", [LeaveChats]),
    "leaving by button": ({}, press("ul"), [LeaveChats]),
    "an answer to an officer's question": ({"follow_up": ASKS}, "15 met", [AddDetail, SetState]),
    "a number to an officer's question": ({"follow_up": ASKS, "state": OFFERED}, "1", [AddDetail, SetState]),
    "yes to an officer's question": ({"follow_up": ASKS}, "da phai", [AddDetail, SetState]),
    "thanks after an officer's question": ({"follow_up": ASKS}, "cam on", [Say]),
    "a known question after an officer's question": (
        {"follow_up": ASKS},
        SURE,
        [AddDetail, RecordQuestion, GiveAnswer, SetState],
    ),
    "a photo after an answer": ({"follow_up": TOLD}, Media(media=MediaKind.PHOTO, file_id="f"), [AddDetail, SetState]),
    "a place after an answer": ({"follow_up": TOLD}, HERE, [AddDetail, SetState]),
    "an unknown question after an answer": ({"follow_up": TOLD}, "con giay to khac thi sao", [AddDetail, SetState]),
    "a known question after an answer": ({"follow_up": TOLD}, SURE, [RecordQuestion, GiveAnswer, SetState]),
    "a reply to an answer": ({"replied_ticket": "HD-BBBB8"}, SURE, [AddDetail, SetState]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "message", "done"), TABLE.values(), ids=TABLE)
def test_what_is_done(talk: Talks, given: dict[str, object], message: Content | str, done: list[type]) -> None:
    conversation = talk(**given)
    conversation.say(message)
    assert [type(action) for action in conversation.actions] == done


def test_a_profile_in_three_taps(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say("/hoso")
    assert data(replies)[:2] == ["ps:role:fisherman", "ps:role:boat_owner"]
    replies = conversation.say(press("ps:role:fisherman"))
    assert "ps:area:phu-quoc" in data(replies)
    assert "Phú Quốc" in [b.label for reply in replies for row in reply.message.buttons for b in row]


def test_a_profile_by_numbers_where_there_are_no_buttons(talk: Talks) -> None:
    conversation = talk(capabilities=Capabilities(buttons=False))
    text = words(conversation.say("/hoso"))
    assert "1. Ngư dân" in text
    assert "7. Bỏ qua" in text
    conversation.say("1")
    assert conversation.did(SetProfile) == [SetProfile("role", "fisherman")]
    assert conversation.did(AskProfile) == [AskProfile("area")]


def test_every_page_can_be_used_without_buttons(talk: Talks) -> None:
    conversation = talk(capabilities=Capabilities(buttons=False), tickets=MINE, profile=FISHER)
    for command, expected in (
        ("/toi", "1. 📄 Phiếu của tôi"),
        ("/hoso", "1. Đổi nghề nghiệp"),
        ("/xoadulieu", "1. Xoá tất cả"),
        ("/lienket", "/lienket off"),
    ):
        assert expected in words(conversation.say(command))


def test_danger_comes_before_an_officers_question_and_before_erasing(knowledge: Knowledge) -> None:
    for changes in (
        {"follow_up": ASKS},
        {"state": DialogueState(awaiting=Awaiting.ERASING)},
        {"replied_ticket": "HD-BBBB8"},
    ):
        context = a_context(**changes)
        actions = decide(a_message("cứu với, tàu tôi đang chìm"), context, knowledge, NOW)
        assert type(actions[0]).__name__ == "RescueFirst"


def test_an_officer_woken_privately_answers_by_replying(knowledge: Knowledge) -> None:
    from bot.dialogue.actions import DeskAct
    from bot.dialogue.context import OfficerBrief

    context = a_context(officer=OfficerBrief(3, "Lan", frozenset({"officer"})), alerted_ticket="HD-CCCC7")
    actions = decide(a_message("Tàu chìm ở đâu? Có mấy người?", reply_to="5"), context, knowledge, NOW)
    assert actions == (DeskAct("answer", "HD-CCCC7", text="Tàu chìm ở đâu? Có mấy người?"),)
    stranger = a_context(alerted_ticket="HD-CCCC7")
    assert not any(isinstance(a, DeskAct) for a in decide(a_message("chào"), stranger, knowledge, NOW))
