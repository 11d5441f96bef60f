"""Dialogue, matching and the shipped knowledge together: the beginning of the hotline's main story."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue import render
from bot.dialogue.actions import (
    Action,
    AskWhich,
    GiveAnswer,
    GiveDocument,
    OpenTicket,
    RescueFirst,
    Say,
    ShowMenu,
    ShowTopic,
)
from bot.dialogue.context import Knowledge
from bot.dialogue.offers import roots
from bot.faq import Snapshot
from bot.matching import Matcher
from bot.messages import Language, Press
from tests.dialogue.conftest import NOW, Talk, a_context, data


@pytest.fixture(scope="module")
def real(shipped: Snapshot) -> Knowledge:
    """The shipped knowledge with the matcher that goes with it."""
    return Knowledge(shipped, Matcher(shipped))


def test_the_first_question_of_the_story(real: Knowledge) -> None:
    conversation = Talk(real, a_context(first_contact=True))
    replies = conversation.say("tau ca may met thi phai gan gsht")
    entries = [action.entry for action in conversation.did(GiveAnswer)]
    offered = [entry for action in conversation.did(AskWhich) for entry in action.entries]
    assert "vms-which-vessels" in entries + offered
    assert "Hải Đăng" in replies[0].message.plain


@pytest.mark.parametrize(
    "text", ["cứu với, tàu tôi đang chìm", "cuu voi tau toi dang chim", "CỨU VỚI TÀU TÔI ĐANG CHÌM"]
)
def test_danger_in_the_story(real: Knowledge, text: str) -> None:
    conversation = Talk(real, a_context(first_contact=True))
    conversation.say("chào em")
    replies = conversation.say(text)
    assert isinstance(conversation.actions[0], RescueFirst)
    assert "112" in replies[0].message.plain
    assert conversation.did(OpenTicket)[0].kind == "distress"


@pytest.mark.parametrize("text", ["hi", "cảm ơn nhiều nha", "bạn là ai", "ok", "cho tôi gặp cán bộ"])
def test_small_talk_opens_no_ticket(real: Knowledge, text: str) -> None:
    conversation = Talk(real)
    assert conversation.say(text)
    assert not conversation.did(OpenTicket)
    assert conversation.did(Say)


@pytest.mark.parametrize("language", Language)
def test_every_entry_topic_and_document_can_be_shown(real: Knowledge, language: Language) -> None:
    context = a_context(language=language)
    plain = replace(context, capabilities=replace(context.capabilities, buttons=False))
    actions: list[Action] = [GiveAnswer(entry) for entry in real.snapshot.entries]
    actions += [ShowTopic(topic, page) for topic in real.snapshot.topics for page in (0, 1)]
    actions.append(ShowMenu())
    assert len(actions) > 50
    for action in actions:
        (reply,) = render((action,), (None,), context, real, NOW)
        assert 0 < len(reply.message.plain) <= 4096
        assert all(len(value.encode()) <= 64 for value in data((reply,)))
        assert render((action,), (None,), plain, real, NOW)
        labels = [button.label for row in reply.message.buttons for button in row]
        assert all(0 < len(label) <= 62 for label in labels)


def test_every_document_can_be_shown(real: Knowledge) -> None:
    assert real.snapshot.documents
    for number, document in real.snapshot.documents.items():
        (reply,) = render((GiveDocument(number),), (None,), a_context(), real, NOW)
        assert number in reply.message.plain
        assert document.title.vi in reply.message.plain


def test_every_entry_is_reached_from_the_menu(real: Knowledge) -> None:
    conversation = Talk(real)
    seen: set[str] = set()
    waiting = [f"tp:{topic.id}:0" for topic in roots(real, NOW.date())]
    assert waiting
    while waiting:
        button = waiting.pop()
        if button in seen:
            continue
        seen.add(button)
        if button.startswith("tp:"):
            waiting += data(conversation.say(Press(data=button, press_id="1")))
    assert {f"e:{entry}" for entry in real.snapshot.entries} <= seen
