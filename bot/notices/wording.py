"""A notice as people receive it (pure)."""

from __future__ import annotations

import datetime as dt

from bot.clock import show_time
from bot.dialogue import buttons as taps
from bot.faq import Snapshot
from bot.messages import Button, Lane, Language, OutgoingMessage, RichText, join, plain, rich
from bot.notices.errors import UnknownNotice
from bot.store.tables import Notice, NoticeKind, NoticeState, Severity

#: An edit has to fit into one message; the limits of a notice's texts see to it for one language.
ONE_MESSAGE = 3900
#: States in which the public knows of a notice.
PUBLISHED = (NoticeState.SENDING, NoticeState.COMPLETED, NoticeState.STOPPED)
_URGENT_KINDS = (NoticeKind.WEATHER, NoticeKind.SAFETY)
_URGENT = (Severity.EXTREME, Severity.SEVERE)


def lane_of(notice: Notice) -> Lane:
    """Dangerous weather and safety go before everything else that is broadcast."""
    urgent = notice.kind in _URGENT_KINDS and notice.severity in _URGENT
    return Lane.URGENT_NOTICE if urgent else Lane.NOTICE


def notice_message(
    snapshot: Snapshot, notice: Notice, language: Language | str, *, public: bool = False
) -> OutgoingMessage:
    """The message in a conversation's language, with a button to stop receiving its kind.

    A public channel has readers of both languages and gets both. An English reader of a notice without English gets the
    Vietnamese text, and is told so.
    """
    language = Language(language)
    if public:
        languages = (Language.VI, Language.EN) if notice.text_en else (Language.VI,)
        return OutgoingMessage(
            text=join([_text(snapshot, notice, each) for each in languages], "\n\n"), silent=_is_silent(notice)
        )
    words = snapshot.words(language.value)
    kind = words.line(f"notice.kind_{notice.kind.value}")
    off = Button(label=words.line("notice.stop_receiving", kind=kind), data=taps.subscribe(notice.kind.value, on=False))
    return OutgoingMessage(text=_text(snapshot, notice, language), buttons=((off,),), silent=_is_silent(notice))


def shown_by_link(snapshot: Snapshot, notice: Notice, language: Language | str, *, now: dt.datetime) -> OutgoingMessage:
    """The message to somebody who opened a link to it; what no longer holds is marked. Raises `UnknownNotice`."""
    if notice.state not in PUBLISHED or (notice.send_at is not None and notice.send_at > now):
        raise UnknownNotice(f"{notice.code} isn't public", code=notice.code)
    message = notice_message(snapshot, notice, language)
    mark = over_mark(notice, now)
    if mark is None:
        return message
    words = snapshot.words(Language(language).value)
    return message.model_copy(update={"text": join([words.say(mark), message.text], "\n\n"), "silent": True})


def public_message_when_over(snapshot: Snapshot, notice: Notice, mark: str) -> OutgoingMessage:
    """A public post of a notice that no longer holds: what it said stays readable below the mark, in one message."""
    languages = (Language.VI, Language.EN) if notice.text_en else (Language.VI,)
    marks = join([snapshot.words(each.value).say(mark) for each in languages], "\n")
    text = notice_message(snapshot, notice, Language.VI, public=True).text
    if len(plain(text)) > ONE_MESSAGE:
        text = _text(snapshot, notice, Language.VI)
    return OutgoingMessage(text=join([marks, text], "\n\n"), silent=True)


def over_mark(notice: Notice, now: dt.datetime) -> str | None:
    """The key of the words that say why a notice no longer holds; None while it does."""
    if notice.state is NoticeState.STOPPED:
        return "notice.stopped"
    if notice.expires_at is not None and notice.expires_at <= now:
        return "notice.over"
    return None


def _is_silent(notice: Notice) -> bool:
    return notice.severity is Severity.MINOR


def _text(snapshot: Snapshot, notice: Notice, language: Language) -> RichText:
    words = snapshot.words(language.value)
    title, text = notice.title_vi, notice.text_vi
    parts: list[RichText] = []
    if language is Language.EN:
        if notice.text_en:
            title, text = notice.title_en, notice.text_en
        else:
            parts.append(words.say("notice.only_vietnamese"))
    parts.append(rich("{text}", text=text))
    if notice.expires_at is not None:
        parts.append(words.say("notice.until", time=show_time(notice.expires_at)))
    return words.say(
        "notice.message",
        mark=words.say(f"notice.mark_{notice.severity.value}"),
        kind=words.line(f"notice.kind_{notice.kind.value}"),
        title=title,
        text=join(parts, "\n\n"),
        organization=snapshot.organization.short_name.get(language.value),
        time=show_time(sent_time(notice)),
        code=notice.code,
    )


def sent_time(notice: Notice) -> dt.datetime:
    """When a notice is (to be) sent, as its readers are told."""
    return notice.send_at or notice.approved_at or notice.created_at
