"""The safety rule: in every state of every dialogue the rescue numbers come first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.dialogue import decide, rescue_message
from bot.dialogue.actions import (
    AddDetail,
    GiveAnswer,
    OpenTicket,
    RaiseTicket,
    RescueFirst,
    Say,
    SetLanguage,
    SetState,
    TellSafe,
    Welcome,
)
from bot.dialogue.context import Awaiting, DialogueState, Knowledge, TicketBrief
from bot.faq import Snapshot
from bot.matching import Decision, Distress, Match
from bot.messages import ChatKind, Content, Lane, Language, Location, Media, MediaKind, Press, Text
from tests.dialogue.conftest import NOW, STATES, TICKETS, Talk, a_context, a_match, a_message, data, words

Talks = Callable[..., Talk]
CRY = "cứu với, tàu tôi đang chìm"
LONG = "hôm nay trời đẹp sóng êm cá nhiều lắm " * 60 + CRY

CRIES: dict[str, Content] = {
    "text": Text(text=CRY),
    "no diacritics": Text(text="cuu voi tau toi dang chim"),
    "capitals": Text(text="CỨU VỚI TÀU TÔI ĐANG CHÌM"),
    "English": Text(text="help us, our ship is sinking"),
    "caption": Media(media=MediaKind.PHOTO, file_id="f", caption=CRY),
    "behind a command": Text(text="/hoi tàu tôi đang chìm cứu với"),
    "as a command": Text(text="/cuu voi tau toi dang chim"),
    "after 2,000 characters": Text(text=LONG),
    "button": Press(data="sos", press_id="1"),
    "command": Text(text="/sos"),
}


@pytest.mark.parametrize("content", CRIES.values(), ids=CRIES)
@pytest.mark.parametrize("ticket", TICKETS, ids=lambda t: t.kind if t else "no ticket")
@pytest.mark.parametrize("state", STATES, ids=lambda s: f"{s.awaiting}{'+' if s.question else ''}")
def test_the_rescue_numbers_come_first_in_every_state(
    knowledge: Knowledge, state: DialogueState, ticket: TicketBrief | None, content: Content
) -> None:
    for first_contact in (False, True):
        for language in Language:
            for chosen in (False, True):
                context = a_context(
                    state=state,
                    open_ticket=ticket,
                    first_contact=first_contact,
                    language=language,
                    language_chosen=chosen,
                )
                corrected = chosen and isinstance(content, Text)
                actions = decide(a_message(content, edited=corrected), context, knowledge, NOW)
                first = actions[0]
                assert isinstance(first, RescueFirst)
                assert first.certain
                assert not any(isinstance(action, Welcome) for action in actions)
                reached = [a for a in actions if isinstance(a, (OpenTicket, RaiseTicket, AddDetail))]
                assert reached
                if ticket is None:
                    assert isinstance(reached[0], OpenTicket)
                    assert reached[0].kind == "distress"
                elif ticket.kind == "distress":
                    assert isinstance(reached[0], AddDetail)
                else:
                    assert isinstance(reached[0], RaiseTicket)


def test_the_first_reply_holds_the_numbers_and_asks_for_the_position(talk: Talks, snapshot: Snapshot) -> None:
    conversation = talk(first_contact=True)
    replies = conversation.say(CRY)
    first = replies[0]
    assert first.lane is Lane.DISTRESS
    assert all(reply.distress for reply in replies)
    numbers = [contact.value for contact in snapshot.organization.rescue]
    assert numbers
    assert all(number in first.message.plain for number in numbers)
    assert first.message.plain.index(numbers[0]) < 60
    assert "tọa độ" in first.message.plain
    assert first.message.request_location
    assert "HD-AAAA1" in words(replies[1:])
    assert data(replies) == ["ok"]


def test_without_a_location_button_coordinates_are_asked_for(talk: Talks) -> None:
    conversation = talk()
    conversation.context = replace(
        conversation.context, capabilities=replace(conversation.context.capabilities, location_request=False)
    )
    first = conversation.say(CRY)[0].message
    assert first.request_location is None
    assert "gõ tọa độ" in first.plain


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9.9N 104.0E", "9°54.00'N 104°00.00'E"),
        ("9°54'N 103°50'E", "9°54.00'N 103°50.00'E"),
        ("10.01, 104.02", "10°00.60'N 104°01.20'E"),
        ("toi o 9 54 103 50", "9°54.00'N 103°50.00'E"),
    ],
)
def test_a_typed_position_reaches_the_ticket_and_is_confirmed(talk: Talks, typed: str, shown: str) -> None:
    conversation = talk()
    conversation.say(CRY)
    assert conversation.context.state.awaiting is Awaiting.POSITION
    replies = conversation.say(typed)
    (detail,) = conversation.did(AddDetail)
    assert detail.ticket == "HD-AAAA1"
    assert detail.location is not None
    assert detail.text == typed
    assert shown in words(replies)
    assert replies[0].message.clear_location_request
    assert replies[0].lane is Lane.DISTRESS
    assert conversation.context.state.awaiting is Awaiting.DETAILS


def test_a_sent_position_reaches_the_ticket_and_a_live_one_is_not_answered(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    assert "9°54.00'N 104°00.00'E" in words(conversation.say(Location(latitude=9.9, longitude=104.0)))
    assert conversation.say(Location(latitude=9.91, longitude=104.0, live=True), edited=True) == ()
    assert conversation.did(AddDetail)


def test_words_instead_of_a_position_are_passed_on_and_the_position_is_asked_for_again(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    replies = conversation.say("gần hòn Nam Du")
    assert conversation.did(AddDetail)[0].text == "gần hòn Nam Du"
    assert replies[0].message.request_location
    assert conversation.context.state.awaiting is Awaiting.POSITION


def test_even_a_clear_question_in_distress_is_heard_by_the_officers(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    conversation.say("tau 15m phai gan gsht khong")
    assert conversation.did(AddDetail)
    assert conversation.did(GiveAnswer)
    assert conversation.context.state.awaiting is Awaiting.POSITION


def test_a_position_in_the_cry_itself_is_taken(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say("cứu với, tàu tôi đang chìm ở 9°54'N 103°50'E")
    assert conversation.did(OpenTicket)[0].location is not None
    assert replies[0].message.request_location is None
    assert "9°54.00'N 103°50.00'E" in words(replies[1:])


def test_a_position_sent_before_sos_is_remembered_for_a_while(talk: Talks) -> None:
    conversation = talk()
    replies = conversation.say(Location(latitude=9.9, longitude=104.0))
    assert data(replies) == ["sos", "ask"]
    later = conversation.context
    conversation.say(Press(data="sos", press_id="1"))
    assert conversation.did(OpenTicket)[0].location is not None
    conversation.context, conversation.now = later, NOW + dt.timedelta(hours=2)
    conversation.say(Press(data="sos", press_id="2"))
    assert conversation.did(OpenTicket)[0].location is None


def test_a_position_after_the_ticket_was_closed_is_not_lost(talk: Talks) -> None:
    conversation = talk(state=DialogueState(awaiting=Awaiting.POSITION))
    conversation.say(Location(latitude=9.9, longitude=104.0))
    assert conversation.did(OpenTicket)[0].kind == "distress"


def test_possible_danger_numbers_then_the_answer_then_one_tap(talk: Talks, knowledge: Knowledge) -> None:
    text = "tau hu may tha troi thi goi ai"
    conversation = talk(first_contact=True)
    conversation.knowledge = _possible(knowledge, text, answer=True)
    replies = conversation.say(text)
    kinds = [type(action) for action in conversation.actions]
    assert kinds[0] is RescueFirst
    assert GiveAnswer in kinds
    assert OpenTicket not in kinds
    assert Welcome not in kinds
    assert data(replies)[0] == "sos"
    conversation.say(Press(data="sos", press_id="1"))
    assert conversation.did(OpenTicket)[0].kind == "distress"


def test_possible_danger_without_a_sure_answer_wakes_an_officer(talk: Talks, knowledge: Knowledge) -> None:
    text = "tau hu may tha troi thi goi ai"
    conversation = talk()
    conversation.knowledge = _possible(knowledge, text, answer=False)
    conversation.say(text)
    assert isinstance(conversation.actions[0], RescueFirst)
    assert not conversation.actions[0].certain
    assert conversation.did(OpenTicket)[0].kind == "possible_distress"
    conversation.say(CRY)
    assert conversation.did(RaiseTicket)[0].ticket == "HD-AAAA1"


def test_english_in_danger_is_answered_in_english(talk: Talks) -> None:
    text = "help us our ship is sinking"
    conversation = talk()
    conversation.knowledge.matcher.told[text] = a_match(language="en")  # type: ignore[attr-defined]
    assert "CALL FOR RESCUE NOW" in conversation.say(text)[0].message.plain
    assert conversation.did(SetLanguage)


def test_a_photo_sent_just_before_goes_with_the_call(talk: Talks) -> None:
    conversation = talk()
    conversation.say(Media(media=MediaKind.PHOTO, file_id="f"), message_id="41")
    conversation.say(CRY)
    media = conversation.did(OpenTicket)[0].media
    assert (media.chat_id, media.message_id, media.file_id) == ("7", "41", "f")


def test_safe_again_is_told_to_the_officers_and_closes_nothing(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    replies = conversation.say(Press(data="ok", press_id="1"))
    assert len(replies) == 1
    assert conversation.did(TellSafe) == [TellSafe("HD-AAAA1")]
    assert replies[0].lane is Lane.DISTRESS
    assert "HD-AAAA1" in words(replies)


def test_a_bare_number_in_distress_is_heard_by_the_officers(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    conversation.say("tau 15m phai gan gsht khong")
    conversation.say("5")
    assert conversation.did(AddDetail)[0].text == "5"


def test_cancel_does_not_cancel_a_call_for_help(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    replies = conversation.say("/huy")
    assert not conversation.did(SetState)
    assert data(replies) == ["ok"]


def test_danger_in_the_officers_group_opens_no_ticket(talk: Talks) -> None:
    conversation = talk(chat_kind=ChatKind.GROUP, is_desk=True)
    assert conversation.say(CRY) == ()
    assert conversation.actions == ()


def test_the_fixed_text_needs_nothing_but_the_snapshot(snapshot: Snapshot) -> None:
    for language in ("vi", "en"):
        for kind in (None, "no-such-kind", *(k.id for k in snapshot.emergency.kinds)):
            for certain in (True, False):
                text = rescue_message(snapshot, language, kind, certain).plain
                assert all(contact.value in text for contact in snapshot.organization.rescue)
    bare = replace(snapshot, wording={"vi": {}, "en": {}})
    assert "112" in rescue_message(bare, "vi").plain
    assert rescue_message(bare, "vi", certain=False).buttons


def _possible(knowledge: Knowledge, text: str, *, answer: bool) -> Knowledge:
    told = a_match(Decision.ANSWER, "vms-lost") if answer else a_match()

    class Unsure:
        def match(self, words: str) -> Match:
            found: Match = knowledge.matcher.match(words)
            return replace(told, distress=Distress.POSSIBLE, distress_kind=None) if words == text else found

    return replace(knowledge, matcher=Unsure())  # type: ignore[arg-type]


def test_silence_is_never_the_answer_to_a_word_of_danger(talk: Talks) -> None:
    conversation = talk()
    conversation.say(CRY)
    for text in ("chao em", "cam on", "hihi"):
        assert conversation.say(text)
        assert conversation.did(AddDetail)
        assert not conversation.did(Say)
