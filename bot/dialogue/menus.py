"""Welcome, menu, topics, notices, and the question which entry is meant."""

from __future__ import annotations

import datetime as dt

from bot.dialogue import buttons
from bot.dialogue.actions import AskWhich, ShowMenu, ShowTopic
from bot.dialogue.context import Knowledge
from bot.dialogue.labels import button, rows
from bot.dialogue.offers import NOTICE_KINDS, Offer, topic_page, which
from bot.faq import Wording
from bot.messages import Button, OutgoingMessage, join

Rows = tuple[tuple[Button, ...], ...]

_WELCOME = (
    buttons.MENU,
    buttons.ASK,
    buttons.SUBSCRIPTIONS,
    buttons.PROFILE,
    buttons.ACCOUNT,
    buttons.LANGUAGES,
    buttons.SOS,
)


def welcome(knowledge: Knowledge, words: Wording, *, menu: bool) -> OutgoingMessage:
    """Who this is, what it can do, what is kept; and that the content isn't approved, while that is so."""
    snapshot = knowledge.snapshot
    organization = snapshot.organization
    number = next((c.value for c in organization.rescue if c.kind == "phone"), organization.rescue[0].value)
    parts = [
        words.say("welcome.who", organization=organization.name.get(words.language)),
        words.say("welcome.can"),
        words.say("welcome.sos", number=number),
    ]
    kept = organization.retention
    small = [words.say("welcome.privacy", messages=kept.messages, tickets=kept.tickets)]
    if any(entry.approved is None for entry in snapshot.entries.values()):
        small.append(words.say("welcome.trial"))
    parts.append(join(small, "\n"))
    taps = _WELCOME if menu else ()
    return OutgoingMessage(text=join(parts, "\n\n"), buttons=rows(words, taps))


def menu_page(knowledge: Knowledge, words: Wording, day: dt.date) -> OutgoingMessage:
    """The first branches of the topic tree and the fixed buttons."""
    fixed = rows(words, (buttons.ASK, buttons.SUBSCRIPTIONS, buttons.ACCOUNT, buttons.LANGUAGES, buttons.SOS))
    offers = which(ShowMenu(), knowledge, day)
    return OutgoingMessage(text=words.say("menu.title"), buttons=_rows(offers, words) + fixed, page=True)


def topic(action: ShowTopic, knowledge: Knowledge, words: Wording, day: dt.date) -> OutgoingMessage:
    """A page of a topic."""
    page = topic_page(action, knowledge, day)
    if page is None or not page.offers:
        return OutgoingMessage(text=words.say("button.gone"), buttons=rows(words, (buttons.MENU,)), page=True)
    text = words.say("menu.topic", title=page.topic.title.get(words.language))
    turns = []
    if page.page > 0:
        turns.append(_turn(words, "button.back", page.topic.id, page.page - 1))
    if page.page + 1 < page.pages:
        turns.append(_turn(words, "button.more", page.topic.id, page.page + 1))
    # "fishing/vms" hangs below "fishing".
    above = page.topic.id.rpartition("/")[0]
    up = (_turn(words, "button.up", above, 0),) if above in knowledge.snapshot.topics else ()
    below = ((tuple(turns),) if turns else ()) + ((*up, button(words, buttons.MENU)), (button(words, buttons.ASK),))
    return OutgoingMessage(text=text, buttons=_rows(page.offers, words) + below, page=True)


def which_page(action: AskWhich, knowledge: Knowledge, words: Wording, day: dt.date) -> OutgoingMessage:
    """Which of these is meant, or none."""
    offers = which(action, knowledge, day)
    return OutgoingMessage(
        text=words.say("choice.which"), buttons=(*_rows(offers, words), (button(words, buttons.NONE),))
    )


def subscriptions_page(on: frozenset[str], words: Wording) -> OutgoingMessage:
    """Each kind of notice with whether it comes, and a switch for each."""
    lines = [words.say("subscriptions.title")]
    switches = []
    for kind in NOTICE_KINDS:
        name = words.line(f"subscriptions.kind.{kind}")
        active = kind in on
        lines.append(words.say("subscriptions.line_on" if active else "subscriptions.line_off", kind=name))
        label = words.line("button.subscribe_off" if active else "button.subscribe_on", kind=name)
        switches.append((Button(label=label, data=buttons.subscribe(kind, on=not active)),))
    switches.append((button(words, buttons.PROFILE),))
    if on:
        switches.append((button(words, buttons.STOP),))
    switches.append((button(words, buttons.MENU),))
    return OutgoingMessage(text=join(lines, "\n"), buttons=tuple(switches), page=True)


def _rows(offers: tuple[Offer, ...], words: Wording) -> Rows:
    return tuple((Button(label=offer.label(words.language), data=offer.data),) for offer in offers)


def _turn(words: Wording, key: str, topic_id: str, page: int) -> Button:
    return Button(label=words.line(key), data=buttons.topic(topic_id, page))
