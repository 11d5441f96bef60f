"""Askers' conversations as tables: given a state and a message, what is done and what is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.dialogue.actions import (
    AddDetail,
    AskWhich,
    BindOfficer,
    GiveAnswer,
    GiveDocument,
    MarkTapped,
    OpenTicket,
    RecordFeedback,
    RecordQuestion,
    Say,
    SetLanguage,
    SetReachable,
    SetState,
    ShowMenu,
    ShowSubscriptions,
    ShowTopic,
    Subscribe,
    Welcome,
)
from bot.dialogue.context import Awaiting, DialogueState, Knowledge, TicketBrief
from bot.matching import Decision
from bot.messages import Content, Lane, Language, Media, MediaKind, Membership, MembershipChange, Press
from tests.dialogue.conftest import Talk, a_match, data, words

Talks = Callable[..., Talk]
QUESTION_TICKET = TicketBrief("HD-AAAA9", "question", "open")
PHOTO = Media(media=MediaKind.PHOTO, file_id="f")
ASKING_PHOTO = Media(media=MediaKind.PHOTO, caption="cau hoi la")
SHOWN = [RecordQuestion, GiveAnswer, SetState]
VOICE = Media(media=MediaKind.VOICE, file_id="v")


def press(button: str) -> Press:
    return Press(data=button, press_id="1", message_id="9")


#: given (changes of the context), message, the types of what is done
TABLE: dict[str, tuple[dict[str, object], Content | str, list[type]]] = {
    "a sure question": ({}, "tau 15m phai gan gsht khong", [RecordQuestion, GiveAnswer, SetState]),
    "on first contact": (
        {"first_contact": True},
        "tau 15m phai gan gsht khong",
        [Welcome, RecordQuestion, GiveAnswer, SetState],
    ),
    "an unsure question": ({}, "hoi khong ro", [RecordQuestion, AskWhich, SetState]),
    "an unknown question": ({}, "cau hoi la", [RecordQuestion, OpenTicket, SetState]),
    "an answer outside its validity": ({}, "het han", [RecordQuestion, OpenTicket, SetState]),
    "only candidates outside their validity": ({}, "tat het", [RecordQuestion, OpenTicket, SetState]),
    "a document's number": ({}, "nghi dinh 26", [RecordQuestion, GiveDocument, SetState]),
    "a greeting": ({}, "chao em", [Say]),
    "a greeting on first contact": ({"first_contact": True}, "chao em", [Welcome]),
    "thanks": ({}, "cam on", [Say]),
    "abuse": ({}, "do ngu", [Say]),
    "help": ({}, "huong dan", [Say]),
    "other small talk": ({}, "hihi", [Say]),
    "wants a person": ({}, "cho gap can bo", [Say, SetState]),
    "wants a person while one is at it": ({"open_ticket": QUESTION_TICKET}, "cho gap can bo", [Say]),
    "what the officer is asked": (
        {"state": DialogueState(awaiting=Awaiting.QUESTION)},
        "tau 15m phai gan gsht khong",
        [RecordQuestion, OpenTicket, SetState],
    ),
    "a detail": (
        {"state": DialogueState(awaiting=Awaiting.DETAILS), "open_ticket": QUESTION_TICKET},
        "tau so KG 12345",
        [AddDetail, SetState],
    ),
    "an unsure text among details": (
        {"state": DialogueState(awaiting=Awaiting.DETAILS), "open_ticket": QUESTION_TICKET},
        "hoi khong ro",
        [AddDetail, SetState],
    ),
    "a sure question among details": (
        {"state": DialogueState(awaiting=Awaiting.DETAILS), "open_ticket": QUESTION_TICKET},
        "tau 15m phai gan gsht khong",
        [RecordQuestion, GiveAnswer, SetState],
    ),
    "details when no ticket is open any more": (
        {"state": DialogueState(awaiting=Awaiting.DETAILS)},
        "hoi khong ro",
        [RecordQuestion, AskWhich, SetState],
    ),
    "a photo as detail": (
        {"state": DialogueState(awaiting=Awaiting.DETAILS), "open_ticket": QUESTION_TICKET},
        PHOTO,
        [AddDetail],
    ),
    "a photo": ({}, PHOTO, [Say, SetState]),
    "a voice message for the officer": (
        {"state": DialogueState(awaiting=Awaiting.QUESTION)},
        VOICE,
        [OpenTicket, SetState],
    ),
    "a photo with an unknown question": ({}, ASKING_PHOTO, [RecordQuestion, OpenTicket, SetState]),
    "a sticker": ({}, Media(media=MediaKind.STICKER), [Say]),
    "nothing": ({}, "  ", [Say]),
    "start": ({}, "/start", [Welcome]),
    "start with an entry": ({"first_contact": True}, "/start e-vms-which", [Welcome, *SHOWN]),
    "start with an unknown payload": ({}, "/start e-nonsense", [Welcome]),
    "start with an officer's code": ({"first_contact": True}, "/start o-ABCD-1234", [BindOfficer]),
    "login": ({}, "/canbo ABCD-1234", [BindOfficer]),
    "login without a code": ({}, "/login", [Say]),
    "menu": ({}, "/menu", [ShowMenu, SetState]),
    "ask": ({}, "/hoi", [Say, SetState]),
    "ask at once": ({}, "/ask bao gio mo cang", [RecordQuestion, OpenTicket, SetState]),
    "notices": ({}, "/thongbao", [ShowSubscriptions, SetState]),
    "language": ({}, "/ngonngu", [Say, SetState]),
    "language at once": ({}, "/language english", [SetLanguage, Say]),
    "an unknown command": ({}, "/nonsense", [Say, Say]),
    "desk in private": ({}, "/desk ABCD", [Say]),
    "cancel": ({"state": DialogueState(awaiting=Awaiting.QUESTION)}, "/huy", [Say, SetState]),
    "helpful": ({}, press("y:vms-which"), [RecordFeedback, Say, MarkTapped]),
    "unhelpful": ({}, press("w:vms-which"), [RecordFeedback, Say, MarkTapped]),
    "a related question": ({}, press("e:vms-lost"), [RecordQuestion, GiveAnswer, SetState]),
    "an entry that is gone": ({}, press("e:nonsense"), [Say]),
    "an entry outside its validity": ({}, press("e:vms-expired"), [OpenTicket, SetState]),
    "a choice": ({}, press("c:zones-which:0"), [GiveAnswer, SetState]),
    "a choice that leads elsewhere": ({}, press("c:zones-which:2"), [RecordQuestion, GiveAnswer, SetState]),
    "a choice that is gone": ({}, press("c:zones-which:9"), [Say]),
    "a choice of an entry without any": ({}, press("c:vms-which:0"), [Say]),
    "a document": ({}, press("d:26/2019/NĐ-CP"), [GiveDocument, SetState]),
    "a topic": ({}, press("tp:fishing:0"), [ShowTopic, SetState]),
    "a topic that is gone": ({}, press("tp:nonsense:0"), [Say]),
    "a switch": ({}, press("s:on:weather"), [Subscribe]),
    "a switch for nothing": ({}, press("s:on:nonsense"), [Say]),
    "a language": ({}, press("lang:en"), [SetLanguage, Say]),
    "a forged press": ({}, press("e:'; drop table"), [Say]),
    "an officer's button in a stranger's chat": ({}, press("t:take:HD-AAAA1"), [Say]),
    "safe without a call for help": ({}, press("ok"), [Say]),
    "another question, nothing remembered": ({}, press("new"), [Say, SetState]),
    "none of these, long ago": ({}, press("n"), [Say, SetState]),
    "blocked": ({}, Membership(change=MembershipChange.BLOCKED), [SetReachable]),
    "back": ({}, Membership(change=MembershipChange.RETURNED), [SetReachable]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "message", "done"), TABLE.values(), ids=TABLE)
def test_what_is_done(talk: Talks, given: dict[str, object], message: Content | str, done: list[type]) -> None:
    conversation = talk(**given)
    replies = conversation.say(message)
    assert [type(action) for action in conversation.actions] == done
    silent = [SetReachable]
    assert bool(replies) is (done != silent)
    assert all(reply.lane is Lane.REPLY and not reply.distress for reply in replies)


def test_a_question_its_answer_and_feedback(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say("tau 15m phai gan gsht khong")
    text = words(replies)
    assert "Trả lời vms-which." in text
    assert "• 18/2017/QH14 – Luật Thủy sản: Điều 50 khoản 2" in text
    assert "Kiểm tra ngày 22/11/2026" in text
    assert "chưa được cơ quan duyệt" in text
    # three related at most, and none that may not be given
    assert data(replies) == ["e:vms-lost", "e:vms-port", "e:vms-fine", "y:vms-which", "w:vms-which", "a:vms-which"]
    replies = conversation.say(press("w:vms-which"))
    assert data(replies) == ["a:vms-which"]
    conversation.say(press("a:vms-which"))
    (opened,) = conversation.did(OpenTicket)
    assert opened.question == "tau 15m phai gan gsht khong"
    assert opened.entry == "vms-which"
    # tapped twice: no second ticket
    conversation.say(press("a:vms-which"))
    assert not conversation.did(OpenTicket)


def test_did_you_mean_then_none_of_these(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say("hoi khong ro")
    assert data(replies) == ["e:vms-lost", "e:vms-port", "e:lic-who", "n"]
    replies = conversation.say(press("n"))
    (opened,) = conversation.did(OpenTicket)
    assert opened.question == "hoi khong ro"
    assert opened.entry == "vms-lost"
    text = words(replies)
    assert "HD-AAAA1" in text
    assert "trước 14:30 25/11/2026" in text
    assert "Bộ phận pháp chế" in text
    assert "XK4TQ-77PNM" in text
    conversation.say(press("n"))
    assert not conversation.did(OpenTicket)


def test_an_answer_that_depends_on_something_asks_back_with_buttons(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say("vung nao")
    assert words(replies).startswith("Câu hỏi zones-which?\n\nTrả lời zones-which.\n\nTàu dài bao nhiêu mét?")
    # what may not be given today isn't offered
    assert data(replies)[:4] == ["c:zones-which:0", "c:zones-which:1", "c:zones-which:2", "e:vms-which"]
    replies = conversation.say(press("c:zones-which:1"))
    assert words(replies).startswith("Câu hỏi zones-which? · Từ 15 m\n\nVùng khơi.")
    assert "• 18/2017/QH14" in words(replies)
    assert data(replies)[:2] == ["c:zones-which:0", "c:zones-which:2"]
    conversation.say(press("a:zones-which"))
    assert conversation.did(OpenTicket)[0].question == "vung nao"


def test_a_choice_may_lead_to_another_entry(talk: Talks) -> None:
    conversation = talk()
    conversation.say("vung nao")
    assert words(conversation.say(press("c:zones-which:2"))).startswith("Câu hỏi lic-who?")


def test_a_choice_can_be_typed_as_a_number_where_there_are_no_buttons(talk: Talks) -> None:
    conversation = talk()
    capabilities = replace(conversation.context.capabilities, buttons=False)
    conversation.context = replace(conversation.context, capabilities=capabilities)
    assert "1. Dưới 12 m\n2. Từ 15 m" in words(conversation.say("vung nao"))
    assert "Vùng ven bờ." in words(conversation.say("1"))


@pytest.mark.parametrize("number", ["2", "2.", "2)"])
def test_did_you_mean_by_number(talk: Talks, number: str) -> None:
    conversation = talk()
    conversation.say("hoi khong ro")
    conversation.say(number)
    (answer,) = conversation.did(GiveAnswer)
    assert answer.entry == "vms-port"
    assert answer.asked == "hoi khong ro"
    assert not conversation.did(RecordQuestion)  # it was recorded when it was asked


def test_zero_is_none_of_these_and_other_numbers_are_told(talk: Talks) -> None:
    conversation = talk()
    conversation.say("hoi khong ro")
    assert "từ 1 đến 3" in words(conversation.say("7"))
    conversation.say("0")
    assert conversation.did(OpenTicket)


def test_without_buttons_everything_can_be_typed(talk: Talks) -> None:
    conversation = talk()
    capabilities = replace(conversation.context.capabilities, buttons=False)
    conversation.context = replace(conversation.context, capabilities=capabilities)
    replies = conversation.say("hoi khong ro")
    assert data(replies) == []
    assert "1. Câu hỏi vms-lost?" in words(replies)
    assert "0. Không phải" in words(replies)
    text = words(conversation.say("/menu"))
    assert "1. Tàu cá" in text
    assert "/sos" in text
    conversation.say("1")
    assert conversation.did(ShowTopic)[0].topic == "fishing"
    assert "1. Bật" in words(conversation.say("/thongbao"))
    conversation.say("1")
    assert conversation.did(Subscribe)[0].on


def test_where_few_buttons_fit_what_can_be_chosen_is_numbered_and_the_rest_stays(talk: Talks) -> None:
    conversation = talk()
    capabilities = replace(conversation.context.capabilities, max_buttons=3)
    conversation.context = replace(conversation.context, capabilities=capabilities)
    replies = conversation.say("hoi khong ro")
    assert data(replies) == ["n"]
    assert "1. Câu hỏi vms-lost?" in words(replies)
    assert "Trả lời 1, 2 hoặc 3." in words(replies)
    conversation.say("2")
    assert conversation.did(GiveAnswer)


def test_what_the_platform_keeps_back_is_answered_with_telephone_numbers(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say(Media(media=MediaKind.WITHHELD), message_id="78")
    assert "Xin gọi điện" in words(replies)
    assert not conversation.did(OpenTicket)


def test_the_position_is_asked_for_as_the_platform_lets_it_be_sent(talk: Talks) -> None:
    for location_request, location_menu, way in (
        (True, False, "bấm nút gửi vị trí"),
        (False, True, "dấu + cạnh ô nhập tin"),
        (False, False, "gõ tọa độ trên máy định vị"),
    ):
        conversation = talk()
        capabilities = replace(
            conversation.context.capabilities, location_request=location_request, location_menu=location_menu
        )
        conversation.context = replace(conversation.context, capabilities=capabilities)
        assert way in words(conversation.say("/sos"))
        assert way.split()[0] in words(conversation.say("tau bi chet may"))


def test_an_officer_is_asked_for_and_then_what(talk: Talks) -> None:
    conversation = talk()
    conversation.say("cho gap can bo")
    assert conversation.context.state.awaiting is Awaiting.QUESTION
    conversation.say("tau vao cang can gi")
    assert conversation.did(OpenTicket)[0].entry == "port-in"
    conversation.say("tau so KG 1")
    assert conversation.did(AddDetail)[0].text == "tau so KG 1"


def test_what_was_taken_for_a_detail_can_be_another_question(talk: Talks) -> None:
    conversation = talk()
    conversation.say("cau hoi la")
    replies = conversation.say("con mot viec nua")
    assert data(replies) == ["new"]
    conversation.say(press("new"))
    assert conversation.did(OpenTicket)[0].question == "con mot viec nua"


def test_an_unread_photo_goes_to_the_officer_who_is_asked(talk: Talks) -> None:
    conversation = talk()
    conversation.say(PHOTO, message_id="77")
    conversation.say(press("ask"))
    media = conversation.did(OpenTicket)[0].media
    assert (media.chat_id, media.message_id, media.media) == ("7", "77", MediaKind.PHOTO)


def test_a_long_text_is_handed_over_whole_when_its_beginning_is_unsure(talk: Talks) -> None:
    text = "cau hoi dai " * 420
    conversation = talk()
    conversation.say(text)
    assert len(text) > 5000
    assert conversation.did(OpenTicket)[0].question == text.strip()


def test_a_long_text_with_a_sure_beginning_is_answered_with_a_note(talk: Talks) -> None:
    text = "x" * 2500
    conversation = talk()
    conversation.knowledge.matcher.told[text[:2000]] = a_match(Decision.ANSWER, "vms-which")  # type: ignore[attr-defined]
    replies = conversation.say(text)
    assert "chỉ đọc phần đầu" in words(replies)
    conversation.say(press("a:vms-which"))
    assert conversation.did(OpenTicket)[0].question == text


def test_unapproved_answers_are_not_given_where_approval_is_required(talk: Talks, knowledge: Knowledge) -> None:
    conversation = talk()
    conversation.knowledge = replace(knowledge, require_approval=True)
    conversation.say("tau 15m phai gan gsht khong")
    assert conversation.did(OpenTicket)
    conversation = talk()
    conversation.knowledge = replace(knowledge, require_approval=True)
    replies = conversation.say("hoi khong ro")
    assert data(replies) == ["e:lic-who", "n"]
    replies = conversation.say(press("e:lic-who"))
    assert "chưa được" not in words(replies)


def test_english_is_answered_in_english_but_one_word_changes_nothing(talk: Talks) -> None:
    conversation = talk()
    assert "Trả lời" in words(conversation.say("vms"))
    assert "Answer vms-which." in words(conversation.say("what vessels need a vms"))
    assert conversation.context.language is Language.EN
    assert not conversation.context.language_chosen
    assert "Article 50 clause 2" in words(conversation.say("vms"))


def test_a_chosen_language_stays(talk: Talks) -> None:
    conversation = talk(language_chosen=True)
    assert "Trả lời" in words(conversation.say("what vessels need a vms"))


def test_a_correction_that_changes_no_word_is_not_answered_again(talk: Talks) -> None:
    conversation = talk()
    conversation.say("tau 15m phai gan gsht khong")
    assert conversation.say("tau 15m phai gan gsht khong", edited=True) == ()
    assert conversation.say("hoi khong ro", edited=True)


def test_mark_up_that_somebody_typed_stays_literal(talk: Talks) -> None:
    text = "<b>cau</b> **hoi** __la__ {code}"
    conversation = talk()
    conversation.say(text)
    assert conversation.did(OpenTicket)[0].question == text


def test_cancel_leaves_the_ticket_and_makes_room_for_a_new_question(talk: Talks) -> None:
    conversation = talk()
    conversation.say("cau hoi la")
    assert "HD-AAAA1" in words(conversation.say("/huy"))
    conversation.say("cau hoi khac")
    assert conversation.did(OpenTicket)


def test_marks_of_doubt(talk: Talks) -> None:
    text = words(talk().say(press("e:vms-fine")))
    assert "Bộ phận pháp chế) sẽ xác nhận: mức phạt" in text
    text = words(talk().say(press("e:old-law")))
    assert "26/2019/NĐ-CP đã bị thay thế bởi 41/2026/NĐ-CP" in text
    assert "• 18/2017/QH14 – Luật Thủy sản: Điều 1; Điều 2" in text
    assert "Nơi giải quyết: Chi cục Thủy sản" in words(talk().say(press("e:lic-who")))
    text = words(talk().say("nghi dinh 26"))
    assert "đã bị thay thế" in text
    assert "41/2026/NĐ-CP" in text


def test_the_welcome_says_who_what_and_that_it_is_a_trial(talk: Talks) -> None:
    conversation = talk(first_contact=True)
    text = words(conversation.say("/start"))
    for part in ("Hải Đăng", "Cảng vụ Hàng hải Kiên Giang", "chưa được cơ quan duyệt", "112", "/sos"):
        assert part in text
    assert "Hải Đăng" not in words(conversation.say("tau 15m phai gan gsht khong"))


def test_switching_notices(talk: Talks) -> None:
    conversation = talk(subscriptions=frozenset({"law"}))
    replies = conversation.say("/thongbao")
    assert data(replies) == ["s:on:weather", "s:on:safety", "s:off:law", "s:on:event", "pf", "stop", "m"]
    text = words(conversation.say(press("s:on:weather")))
    assert "Đã bật: Thời tiết, bão" in text
    assert "Quy định mới: đang nhận" in text


def test_a_moved_group_keeps_its_place(talk: Talks) -> None:
    conversation = talk()
    conversation.say(Membership(change=MembershipChange.MOVED, new_chat_id="-100"))
    assert conversation.did(SetReachable)[0].new_chat_id == "-100"
