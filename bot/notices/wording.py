"""A notice as people receive it (pure)."""

from __future__ import annotations

import datetime as dt

from bot.clock import show_time
from bot.dialogue import buttons as taps
from bot.faq import Snapshot
from bot.messages import Button, Lane, Language, OutgoingMessage, RichText, join, rich
from bot.store.tables import Notice, NoticeKind, Severity

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
