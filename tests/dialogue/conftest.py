"""A small world for conversations: a few entries, the shipped wording, and a matcher that says what it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest
import yaml

from bot.dialogue import Reply, decide, render
from bot.dialogue.actions import (
    Action,
    AddDetail,
    DeskAct,
    Effect,
    OpenTicket,
    Outcome,
    RaiseTicket,
    SetLanguage,
    SetState,
    Subscribe,
)
from bot.dialogue.context import Awaiting, Context, DialogueState, Knowledge, TicketBrief
from bot.faq import Snapshot
from bot.faq.schema import Document, Emergency, Entry, Glossary, Organization, Topic
from bot.matching import Candidate, Decision, Distress, Match, Matcher, distress_of
from bot.messages import (
    Capabilities,
    ChatKind,
    Content,
    InboundMessage,
    Language,
    Sender,
    Text,
)

#: 09:00 on a Tuesday in Vietnam.
NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"


def an_entry(entry_id: str, topic: str = "fishing/vms", **changes: Any) -> Entry:
    """An entry of the small world."""
    data: dict[str, Any] = {
        "id": entry_id,
        "topic": topic,
        "audience": ["fisherman"],
        "question": {"vi": f"Câu hỏi {entry_id}?", "en": f"Question {entry_id}?"},
        "phrasings": {"vi": ["x"], "en": ["x"]},
        "answer": {"vi": f"Trả lời {entry_id}.", "en": f"Answer {entry_id}."},
        "basis": [{"document": "18/2017/QH14", "article": "Điều 50 khoản 2"}],
        "verification": {"status": "verified", "checked": "2026-11-22"},
        "review_by": "2027-06-01",
    }
    return Entry.model_validate(data | changes)


ENTRIES = (
    an_entry("vms-which", related=["vms-lost", "vms-port", "vms-expired", "vms-fine", "lic-who"]),
    an_entry("vms-lost"),
    an_entry("vms-port"),
    an_entry("vms-fine", "fishing/penalties", verification={
        "status": "secondary", "checked": "2026-11-20", "confirm": {"vi": "mức phạt", "en": "the fine"}}),
    an_entry("vms-expired", valid={"from": None, "until": "2025-12-31"}),
    an_entry("lic-who", "fishing/licence", approved={"by": "Phòng Pháp chế", "on": "2026-11-01"},
             handler={"vi": "Chi cục Thủy sản", "en": "Fisheries office"}),
    an_entry("old-law", "fishing/licence", basis=[
        {"document": "26/2019/NĐ-CP", "article": "Điều 44"}, {"document": "18/2017/QH14", "article": "Điều 1"},
        {"document": "18/2017/QH14", "article": "Điều 2"}]),
    an_entry("port-in", "port/vessel", department="vessel-formalities"),
    an_entry("zones-which", "fishing/zones", related=["vms-which"], asks={
        "question": {"vi": "Tàu dài bao nhiêu mét?", "en": "How long is the boat?"},
        "choices": [
            {"label": {"vi": "Dưới 12 m", "en": "Under 12 m"}, "answer": {"vi": "Vùng ven bờ.", "en": "Inshore."}},
            {"label": {"vi": "Từ 15 m", "en": "15 m and more"}, "answer": {"vi": "Vùng khơi.", "en": "Offshore."}},
            {"label": {"vi": "Không biết", "en": "Not known"}, "entry": "lic-who"},
            {"label": {"vi": "Hết hạn", "en": "Expired"}, "entry": "vms-expired"}]}),
)  # fmt: skip

DOCUMENTS = (
    Document.model_validate({"number": "18/2017/QH14", "aliases": ["Luật Thủy sản"],
        "title": {"vi": "Luật Thủy sản", "en": "Law on Fisheries"}, "issuer": "Quốc hội",
        "status": "in_force", "checked": "2026-11-22", "url": "https://vanban.chinhphu.vn/luat"}),
    Document.model_validate({"number": "26/2019/NĐ-CP",
        "title": {"vi": "Nghị định hướng dẫn Luật Thủy sản", "en": "Decree on fisheries"}, "issuer": "Chính phủ",
        "status": "replaced", "replaced_by": "41/2026/NĐ-CP", "checked": "2026-11-22"}),
    Document.model_validate({"number": "41/2026/NĐ-CP",
        "title": {"vi": "Nghị định 41", "en": "Decree 41"}, "issuer": "Chính phủ",
        "status": "in_force", "checked": "2026-11-22"}),
)  # fmt: skip


def _leaves(data: Any, where: str = "") -> dict[str, str]:
    if not isinstance(data, dict):
        return {where: str(data).rstrip("\n")}
    return {
        k: v for name, value in data.items() for k, v in _leaves(value, f"{where}.{name}" if where else name).items()
    }


def _file(name: str) -> Any:
    return yaml.safe_load((KNOWLEDGE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The small world, with the wording, the organization and the danger that ship."""
    topics = [Topic.model_validate(data) for data in _file("topics.yaml")]
    return Snapshot(
        entries=MappingProxyType({entry.id: entry for entry in ENTRIES}),
        documents=MappingProxyType({document.number: document for document in DOCUMENTS}),
        topics=MappingProxyType({topic.id: topic for topic in topics}),
        organization=Organization.model_validate(_file("organization.yaml")),
        emergency=Emergency.model_validate(_file("emergency.yaml")),
        glossary=Glossary(),
        wording=MappingProxyType({language: _leaves(_file(f"messages/{language}.yaml")) for language in ("vi", "en")}),
    )


def a_match(decision: Decision = Decision.ESCALATE, entry: str | None = None, **changes: Any) -> Match:
    """What the matcher may say."""
    names = changes.pop("offered", (entry,) if entry else ())
    confidence = changes.pop("confidence", 0.95 if decision is Decision.ANSWER else 0.5)
    match = Match(
        decision=decision,
        distress=None,
        distress_kind=None,
        entry=entry if decision is Decision.ANSWER else None,
        confidence=confidence,
        candidates=tuple(Candidate(name, confidence) for name in names),
        smalltalk=None,
        language="vi",
        why=(),
    )
    return replace(match, **changes)


@dataclass
class ToldMatcher:
    """A matcher that says what it is told; for the rest it is unsure. Danger is recognised by the real rules."""

    snapshot: Snapshot
    told: dict[str, Match] = field(default_factory=dict)

    def match(self, text: str) -> Match:
        """The told match with the danger in the text."""
        found = self.told.get(text, a_match())
        distress, kind = distress_of(text, self.snapshot.emergency)
        decision = Decision.EMERGENCY if distress is Distress.CERTAIN else found.decision
        entry = None if decision is Decision.EMERGENCY else found.entry
        return replace(found, decision=decision, entry=entry, distress=distress, distress_kind=kind)


TOLD = {
    "tau 15m phai gan gsht khong": a_match(Decision.ANSWER, "vms-which"),
    "what vessels need a vms": a_match(Decision.ANSWER, "vms-which", language="en"),
    "vms": a_match(Decision.ANSWER, "vms-which", language="en"),
    "hoi khong ro": a_match(Decision.CLARIFY, offered=("vms-lost", "vms-expired", "vms-port", "lic-who", "port-in")),
    "tat het": a_match(Decision.CLARIFY, offered=("vms-expired",)),
    "vung nao": a_match(Decision.ANSWER, "zones-which"),
    "het han": a_match(Decision.ANSWER, "vms-expired"),
    "nghi dinh 26": a_match(Decision.ANSWER, "document:26/2019/NĐ-CP"),
    "chao em": a_match(Decision.SMALLTALK, smalltalk="greeting"),
    "cam on": a_match(Decision.SMALLTALK, smalltalk="thanks"),
    "do ngu": a_match(Decision.SMALLTALK, smalltalk="abuse"),
    "huong dan": a_match(Decision.SMALLTALK, smalltalk="help"),
    "hihi": a_match(Decision.SMALLTALK, smalltalk="laughter"),
    "cho gap can bo": a_match(Decision.ESCALATE, smalltalk="human"),
    "tau vao cang can gi": a_match(Decision.ESCALATE, offered=("port-in",), confidence=0.4),
}


@pytest.fixture
def knowledge(snapshot: Snapshot) -> Knowledge:
    """The small world with its matcher."""
    return Knowledge(snapshot, cast(Matcher, ToldMatcher(snapshot, dict(TOLD))))


def a_context(**changes: Any) -> Context:
    """A private chat in Vietnamese that has been going on for a while."""
    base = Context(
        language=Language.VI,
        language_chosen=False,
        chat_kind=ChatKind.PRIVATE,
        state=DialogueState(),
        capabilities=Capabilities(),
    )
    return replace(base, **changes)


def a_message(content: Content | str, **changes: Any) -> InboundMessage:
    """A message in a private chat."""
    data: dict[str, Any] = {
        "channel": "telegram",
        "chat_id": "7",
        "sender": Sender(id="7", name="Ba <b>Tư</b>"),
        "content": Text(text=content) if isinstance(content, str) else content,
        "sent_at": NOW,
        "message_id": "55",
    }
    return InboundMessage(**(data | changes))


@dataclass
class Talk:
    """A conversation: carries the state on as intake does, with made-up tickets."""

    knowledge: Knowledge
    context: Context = field(default_factory=a_context)
    now: dt.datetime = NOW
    actions: tuple[Action, ...] = ()
    opened: int = 0

    def say(self, content: Content | str, **changes: Any) -> tuple[Reply, ...]:
        """One message, handled; the replies to it."""
        message = a_message(content, chat_kind=self.context.chat_kind, **changes)
        self.actions = decide(message, self.context, self.knowledge, self.now)
        outcomes = [self._outcome(action) if isinstance(action, Effect) else None for action in self.actions]
        replies = render(self.actions, outcomes, self.context, self.knowledge, self.now)
        self._carry_on()
        return replies

    def did(self, kind: type[Action]) -> list[Any]:
        """The latest message's actions of one kind."""
        return [action for action in self.actions if isinstance(action, kind)]

    def _outcome(self, action: Effect) -> Outcome:
        match action:
            case OpenTicket():
                self.opened += 1
                return Outcome(
                    ticket=f"HD-AAAA{self.opened}",
                    secret="XK4TQ-77PNM",
                    due_at=dt.datetime(2026, 11, 25, 7, 30, tzinfo=dt.UTC),
                    department="Bộ phận pháp chế",
                    kind=action.kind,
                )
            case AddDetail() | RaiseTicket():
                kind = "distress" if isinstance(action, RaiseTicket) else self._kind()
                return Outcome(ticket=action.ticket, kind=kind)
            case DeskAct():
                return Outcome(ticket=action.ticket)
            case Subscribe():
                on = (
                    self.context.subscriptions | {action.kind}
                    if action.on
                    else self.context.subscriptions - {action.kind}
                )
                return Outcome(subscriptions=frozenset(on))
        return Outcome()

    def _kind(self) -> str | None:
        return self.context.open_ticket.kind if self.context.open_ticket else None

    def _carry_on(self) -> None:
        for action in self.actions:
            match action:
                case SetState():
                    kept = DialogueState.model_validate_json(action.state.model_dump_json(exclude_defaults=True))
                    self.context = replace(self.context, state=kept)
                case OpenTicket():
                    ticket = TicketBrief(f"HD-AAAA{self.opened}", action.kind, "open")
                    self.context = replace(self.context, open_ticket=ticket)
                case RaiseTicket():
                    self.context = replace(self.context, open_ticket=TicketBrief(action.ticket, "distress", "open"))
                case SetLanguage():
                    chosen = action.chosen or self.context.language_chosen
                    self.context = replace(self.context, language=Language(action.language), language_chosen=chosen)
        self.context = replace(self.context, first_contact=False)


@pytest.fixture
def talk(knowledge: Knowledge) -> Callable[..., Talk]:
    """Starts a conversation in some context."""
    return lambda **changes: Talk(knowledge, a_context(**changes))


def words(replies: tuple[Reply, ...]) -> str:
    """All that is said, as plain text."""
    return "\n---\n".join(reply.message.plain for reply in replies)


def data(replies: tuple[Reply, ...]) -> list[str]:
    """The data of all buttons, in order."""
    return [b.data for reply in replies for row in reply.message.buttons for b in row if b.data is not None]


STATES = tuple(
    DialogueState(awaiting=awaiting, question=question, offered=("e:vms-lost",) if awaiting is Awaiting.CHOICE else ())
    for awaiting in Awaiting
    for question in (None, "hoi khong ro")
)
TICKETS = (None, *(TicketBrief("HD-AAAA9", kind, "open") for kind in ("question", "possible_distress", "distress")))
