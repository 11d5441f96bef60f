"""What is offered below a text: the same list for the buttons that are shown and for the numbers that can be typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dialogue import buttons
from bot.dialogue.actions import AskWhich, GiveAnswer, GiveDocument, ShowMenu, ShowTopic
from bot.dialogue.context import Knowledge, TicketBrief
from bot.faq import Entry, Snapshot
from bot.faq.schema import Bilingual, Topic

MOST_RELATED = 3
PAGE = 6
MOST_ON_DOCUMENT = 5
DOCUMENT = "document:"
#: The kinds of notices that can be subscribed to, in the order in which they are shown.
NOTICE_KINDS = ("weather", "safety", "law", "event")

#: The questions of the profile, in this order, and what can be answered where that is fixed.
PROFILE_FIELDS = ("role", "area", "vessel")
ROLES = ("fisherman", "boat_owner", "seafarer", "business", "shipping_agent", "public")
VESSELS = ("under_6", "from_6", "from_12", "from_15", "from_24", "none")
#: What the page of all that is the person's leads to.
ACCOUNT = (
    buttons.TICKETS,
    buttons.PROFILE,
    buttons.SUBSCRIPTIONS,
    buttons.LANGUAGES,
    buttons.LINK,
    buttons.DATA,
    buttons.ERASE,
)

Offering = GiveAnswer | GiveDocument | AskWhich | ShowMenu | ShowTopic


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to choose: the button's data, and the entry, topic or document that names it."""

    data: str
    named: Entry | Topic | Bilingual | str

    def label(self, language: str) -> str:
        """The button's words, short enough for a button."""
        if isinstance(self.named, str):
            return buttons.shorten(self.named)
        if isinstance(self.named, Bilingual):
            return buttons.shorten(self.named.get(language))
        title = self.named.question if isinstance(self.named, Entry) else self.named.title
        return buttons.shorten(title.get(language))


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A page of a topic: what is on it and which pages stand before and behind."""

    topic: Topic
    offers: tuple[Offer, ...]
    page: int
    pages: int


def which(action: Offering, knowledge: Knowledge, day: dt.date) -> tuple[Offer, ...]:
    """What an action offers, in order."""
    match action:
        case GiveAnswer():
            entry = knowledge.snapshot.entry(action.entry)
            related = _live(knowledge, entry.related if entry else (), day)
            further = tuple(_of_entry(found) for found in related)[:MOST_RELATED]
            return (*_choices(entry, action.choice, knowledge, day), *further) if entry is not None else ()
        case GiveDocument():
            return _on_document(action.number, knowledge, day)
        case AskWhich():
            return tuple(offer for name in action.entries for offer in _named(name, knowledge, day))
        case ShowMenu():
            return tuple(Offer(buttons.topic(topic.id), topic) for topic in roots(knowledge, day))
        case ShowTopic():
            page = topic_page(action, knowledge, day)
            return page.offers if page is not None else ()


def roots(knowledge: Knowledge, day: dt.date) -> tuple[Topic, ...]:
    """The first branches of the topic tree that hold an answer."""
    used = {entry.topic.split("/")[0] for entry in _all_live(knowledge, day)}
    return tuple(topic for topic in knowledge.snapshot.topics.values() if topic.id in used)


def topic_page(action: ShowTopic, knowledge: Knowledge, day: dt.date) -> TopicPage | None:
    """A page of a topic: its branches when it holds too much for one page, otherwise its questions."""
    topic = knowledge.snapshot.topics.get(action.topic)
    if topic is None:
        return None
    entries = [e for e in _all_live(knowledge, day) if e.topic == topic.id or e.topic.startswith(f"{topic.id}/")]
    branches = tuple(dict.fromkeys(e.topic for e in entries))
    if len(entries) > PAGE and len(branches) > 1:
        found = [(branch, knowledge.snapshot.topics.get(branch)) for branch in branches]
        offers = [
            Offer(buttons.topic(branch), named) for branch, named in found if named is not None and branch != topic.id
        ]
        offers += [
            _of_entry(e) for e in entries if e.topic == topic.id or knowledge.snapshot.topics.get(e.topic) is None
        ]
    else:
        offers = [_of_entry(e) for e in entries]
    pages = max(1, -(-len(offers) // PAGE))
    page = min(action.page, pages - 1)
    return TopicPage(topic, tuple(offers[page * PAGE : (page + 1) * PAGE]), page, pages)


def _choices(entry: Entry, chosen: int | None, knowledge: Knowledge, day: dt.date) -> Iterable[Offer]:
    """The ways to go on from an entry that asks back, without the one that was taken."""
    for number, choice in enumerate(entry.asks.choices if entry.asks is not None else ()):
        may = choice.entry is None or any(_live(knowledge, (choice.entry,), day))
        if number != chosen and may:
            yield Offer(buttons.choice(entry.id, number), choice.label)


def _on_document(number: str, knowledge: Knowledge, day: dt.date) -> tuple[Offer, ...]:
    document = knowledge.snapshot.document_names.get(number)
    if document is None:
        return ()
    live = _live(knowledge, (e.id for e in knowledge.snapshot.entries_on(document)), day)
    return tuple(_of_entry(e) for e in live)[:MOST_ON_DOCUMENT]


def _named(name: str, knowledge: Knowledge, day: dt.date) -> Iterable[Offer]:
    if name.startswith(DOCUMENT):
        data = buttons.document(name.removeprefix(DOCUMENT))
        return (Offer(data, name.removeprefix(DOCUMENT)),) if data is not None else ()
    return (_of_entry(e) for e in _live(knowledge, (name,), day))


def _of_entry(entry: Entry) -> Offer:
    return Offer(buttons.entry(entry.id), entry)


def _live(knowledge: Knowledge, names: Iterable[str], day: dt.date) -> Iterable[Entry]:
    for name in names:
        entry = knowledge.snapshot.entry(name)
        if entry is not None and _allowed(entry, knowledge, day):
            yield entry


def _all_live(knowledge: Knowledge, day: dt.date) -> tuple[Entry, ...]:
    return tuple(e for e in knowledge.snapshot.entries.values() if _allowed(e, knowledge, day))


def _allowed(entry: Entry, knowledge: Knowledge, day: dt.date) -> bool:
    return knowledge.snapshot.answerable(entry, day, require_approval=knowledge.require_approval)


def profile_values(field: str, snapshot: Snapshot, language: str) -> tuple[tuple[str, str], ...]:
    """The answers to a question of the profile as button data with, for places, their names; "none" comes last."""
    if field == "area":
        named = [(area.id, area.name.get(language)) for area in snapshot.organization.areas]
    else:
        named = [(value, "") for value in (ROLES if field == "role" else VESSELS)]
    named.append((buttons.SKIP, ""))
    return tuple((buttons.profile(field, value), name) for value, name in named)


def profile_page_taps() -> tuple[str, ...]:
    """What can be done with a profile: change each answer, forget all, or get the notices that it is for."""
    return (*(buttons.profile_ask(field) for field in PROFILE_FIELDS), buttons.PROFILE_CLEAR, buttons.SUBSCRIPTIONS)


def own_taps(ticket: TicketBrief) -> tuple[str, ...]:
    """What its asker may do with a ticket."""
    return own_taps_of(ticket.code, ticket.kind, ticket.state, may_reopen=ticket.may_reopen)


def own_taps_of(code: str, kind: str, state: str, *, may_reopen: bool) -> tuple[str, ...]:
    """The same, by its parts: a question may be taken back, a call for help may only be told to be over."""
    taps: list[str] = []
    if state != "closed":
        taps.append(buttons.own("add", code))
        taps.append(buttons.SAFE if kind != "question" else buttons.own("withdraw", code))
    if may_reopen:
        taps.append(buttons.own("reopen", code))
    return (*taps, buttons.TICKETS)
