"""The fixed first words to somebody in danger: from the snapshot alone, so that no database is needed to say them."""

from __future__ import annotations

from bot.dialogue import buttons
from bot.faq import Snapshot, UnknownWording, Wording
from bot.faq.schema import Contact
from bot.messages import Button, ButtonStyle, OutgoingMessage, RichText, Span, join


def rescue_message(
    snapshot: Snapshot,
    language: str,
    kind: str | None = None,
    certain: bool = True,
    *,
    ask_position: bool = True,
    location_button: bool = True,
    location_menu: bool = False,
) -> OutgoingMessage:
    """The rescue numbers, then what to do; when danger is `certain`, the request for the position too.

    The numbers come even if a wording is missing: a gap in `messages/*.yaml` must not cost a life.
    """
    words = snapshot.words(language)
    parts = [_said(words, "rescue.certain" if certain else "rescue.possible")]
    parts.append(join([_line(words, contact) for contact in snapshot.organization.rescue], "\n"))
    advice = next((k.advice.get(language) for k in snapshot.emergency.kinds if k.id == kind), None)
    if advice is not None:
        parts.append((Span(text=advice),))
    if not certain:
        parts.append(_said(words, "rescue.tap"))
        return OutgoingMessage(text=_paragraphs(parts), buttons=((_sos(words),),))
    if ask_position:
        way = "position_button" if location_button else "position_menu" if location_menu else "position"
        parts.append(_said(words, f"rescue.{way}"))
        label = _label(words, "rescue.send_position") if location_button else None
        return OutgoingMessage(text=_paragraphs(parts), request_location=label)
    return OutgoingMessage(text=_paragraphs(parts))


def _line(words: Wording, contact: Contact) -> RichText:
    label = contact.label.get(words.language)
    sign = "📞 " if contact.kind == "phone" else "📻 " if contact.kind == "radio" else "• "
    return (Span(text=sign), Span(text=contact.value, bold=True), Span(text=f" – {label}"))


def _sos(words: Wording) -> Button:
    return Button(label=_label(words, "button.sos") or "SOS", data=buttons.SOS, style=ButtonStyle.DANGER)


def _said(words: Wording, key: str) -> RichText:
    try:
        return words.say(key)
    except UnknownWording:
        return ()


def _label(words: Wording, key: str) -> str | None:
    try:
        return words.line(key)
    except UnknownWording:
        return None


def _paragraphs(parts: list[RichText]) -> RichText:
    return join([part for part in parts if part], "\n\n")
