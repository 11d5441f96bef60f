"""What people do with what is theirs: profile, tickets, notices, data, and chats on other channels."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import buttons
from bot.dialogue.actions import (
    Action,
    AddDetail,
    AskProfile,
    ClearProfile,
    ConfirmErasing,
    EraseData,
    ExportData,
    JoinChats,
    LeaveChats,
    ListTickets,
    MakeLinkCode,
    ReopenTicket,
    Say,
    SetProfile,
    ShowAccount,
    ShowOwnTicket,
    ShowProfile,
    StopNotices,
    WithdrawTicket,
)
from bot.dialogue.buttons import Pressed
from bot.dialogue.context import Awaiting, DialogueState, ProfileBrief
from bot.dialogue.offers import ACCOUNT, PROFILE_FIELDS, own_taps, profile_page_taps, profile_values
from bot.dialogue.turn import Turn
from bot.matching import Decision
from bot.messages import Location, Media, MediaKind, Text

Actions = tuple[Action, ...]

#: Whole messages that stop all notices. Without its mark "dung" is "đúng" as well, so it isn't among them.
STOP_WORDS = frozenset(
    {
        "stop",
        "stop notices",
        "unsubscribe",
        "dừng",
        "dừng lại",
        "ngừng",
        "ngưng",
        "dừng nhận tin",
        "dung nhan tin",
        "dừng thông báo",
        "dung thong bao",
        "thôi nhận tin",
        "thoi nhan tin",
        "tắt thông báo",
        "tat thong bao",
    }
)
_YES = frozenset(["xóa", "xoá", "xoa", "yes", "delete", "đồng ý", "dong y", "có", "1"])
#: For these a boat says nothing.
_WITHOUT_BOAT = frozenset(["business", "shipping_agent", "public"])
#: Small talk that ends a conversation: after an officer's answer it is no answer to a question.
_FAREWELLS = frozenset(["thanks", "bye", "praise"])


def account(turn: Turn) -> Actions:
    """All that is the person's, on one page."""
    return (ShowAccount(), *turn.keep(offered=ACCOUNT))


# --- profile ----------------------------------------------------------------------------------------------------------


def profile(turn: Turn) -> Actions:
    """What the person told of themselves; who told nothing is asked the first question."""
    if turn.context.profile == ProfileBrief():
        return ask_profile(turn, PROFILE_FIELDS[0])
    return _profile_page(turn, turn.context.profile)


def ask_profile(turn: Turn, field: str) -> Actions:
    """One question of the profile, with the answers to choose from."""
    offered = tuple(offer for offer, _ in profile_values(field, turn.knowledge.snapshot, turn.context.language))
    return (AskProfile(field), *turn.remember(DialogueState(offered=offered)))


def set_profile(turn: Turn, pressed: Pressed) -> Actions:
    """Writes an answer down and asks the next question that is still open."""
    field, value = pressed.parts[0], None if pressed.subject == buttons.SKIP else pressed.subject
    told = replace(turn.context.profile, **{field: value})
    following = PROFILE_FIELDS[PROFILE_FIELDS.index(field) + 1 :]
    still = [f for f in following if getattr(told, f) is None and not (f == "vessel" and told.role in _WITHOUT_BOAT)]
    shown = ask_profile(turn, still[0]) if still else _profile_page(turn, told)
    return (SetProfile(field, value), *shown)


def clear_profile(turn: Turn) -> Actions:
    """Forgets what was told."""
    return (ClearProfile(), Say("profile_form.cleared", buttons=(buttons.PROFILE,)))


def _profile_page(turn: Turn, told: ProfileBrief) -> Actions:
    return (ShowProfile(told), *turn.remember(DialogueState(offered=profile_page_taps())))


# --- notices ----------------------------------------------------------------------------------------------------------


def stopped_by_word(turn: Turn) -> Actions | None:
    """A whole message that says stop."""
    if turn.in_distress or (turn.follow_up is not None and turn.follow_up.asks):
        return None
    said = " ".join(turn.text.casefold().rstrip(".!").split())
    return (StopNotices(),) if said in STOP_WORDS else None


# --- tickets ----------------------------------------------------------------------------------------------------------


def tickets(turn: Turn) -> Actions:
    """The person's tickets, each with a button."""
    offered = tuple(buttons.own("show", ticket.code) for ticket in turn.context.tickets)
    return (ListTickets(), *turn.keep(offered=offered))


def own(turn: Turn, pressed: Pressed) -> Actions:
    """What the person does with one ticket."""
    code = pressed.subject
    match pressed.parts[0]:
        case "add":
            state = DialogueState(awaiting=Awaiting.DETAILS, ticket=code, media=turn.state.media)
            return (Say("tickets.add", {"code": code}), *turn.remember(state))
        case "reopen":
            state = DialogueState(awaiting=Awaiting.DETAILS, ticket=code)
            return (ReopenTicket(code), *turn.remember(state))
        case "withdraw":
            return (WithdrawTicket(code), *turn.remember(DialogueState()))
    return show_own(turn, code)


def show_own(turn: Turn, code: str) -> Actions:
    """One ticket with what can be done with it."""
    brief = next((ticket for ticket in turn.context.tickets if ticket.code == code), None)
    return (ShowOwnTicket(code), *turn.keep(offered=own_taps(brief) if brief is not None else ()))


def named(turn: Turn, typed: str) -> Actions:
    """`/phieu 2` or `/phieu HD-7F3K2`."""
    if typed.isdigit() and 1 <= int(typed) <= len(turn.context.tickets):
        return show_own(turn, turn.context.tickets[int(typed) - 1].code)
    code = typed.upper().replace(" ", "-")
    if code in {ticket.code for ticket in turn.context.tickets}:
        return show_own(turn, code)
    return (Say("tickets.unknown", {"code": typed[:16]}), *tickets(turn)) if typed else tickets(turn)


def went_on(turn: Turn) -> Actions | None:
    """What belongs to a ticket by what was said last: it was chosen, replied to, or its officer asked back."""
    content = turn.message.content
    if not isinstance(content, (Text, Media, Location)) or turn.message.edited:
        return None
    if isinstance(content, Media) and content.media is MediaKind.STICKER:
        return None
    chosen = turn.state.ticket if turn.state.awaiting is Awaiting.DETAILS else None
    code = turn.context.replied_ticket or chosen
    if code is not None:
        return _to_ticket(turn, code)
    if turn.follow_up is None or (isinstance(content, Location) and content.live):
        return None
    if not turn.text:
        return _to_ticket(turn, turn.follow_up.code)
    if not turn.follow_up.asks or turn.match.smalltalk in _FAREWELLS:
        return None  # whether it is a question of its own is for the matcher to say
    if turn.match.decision is Decision.ANSWER:
        return None  # `asked` answers it, and the officer reads it as well
    return _to_ticket(turn, turn.follow_up.code)


def _to_ticket(turn: Turn, code: str) -> Actions:
    content = turn.message.content
    location = content if isinstance(content, Location) else None
    if location is None and not turn.text and turn.media is None:
        return (Say("empty", buttons=(buttons.MENU,)),)
    words = turn.text
    if not words and isinstance(content, Media):
        words = turn.officers_words(f"ticket.media.{content.media.value}")
    detail = AddDetail(code, text=words, location=location, media=turn.media)
    language = turn.language_of_words() if turn.text else ()
    return (*language, detail, *turn.remember(DialogueState(awaiting=Awaiting.DETAILS, question=turn.text or None)))


# --- data -------------------------------------------------------------------------------------------------------------


def export() -> Actions:
    """Everything that is stored, for the person."""
    return (ExportData(),)


def ask_erasing(turn: Turn) -> Actions:
    """Says what goes and what stays, and asks once more."""
    call = turn.call_for_help
    state = DialogueState(awaiting=Awaiting.ERASING, offered=(buttons.ERASE_YES, buttons.ERASE_NO))
    return (ConfirmErasing(call.code if call is not None else None), *turn.remember(state))


def confirmed_erasing(turn: Turn) -> Actions | None:
    """A typed yes or anything else after the question whether to erase."""
    if turn.state.awaiting is not Awaiting.ERASING or not isinstance(turn.message.content, Text):
        return None
    if " ".join(turn.text.casefold().rstrip(".!").split()) in _YES:
        return erase(turn)
    if turn.text == "2":
        return keep_data(turn)
    return None


def erase(turn: Turn) -> Actions:
    """Erases, if that was asked just now: an old button does nothing."""
    if turn.state.awaiting is not Awaiting.ERASING:
        return (Say("erase.again"),)
    return (*turn.remember(DialogueState()), EraseData())


def keep_data(turn: Turn) -> Actions:
    """Thought better of it."""
    return (Say("erase.kept", buttons=(buttons.MENU,)), *turn.remember(DialogueState()))


def link(turn: Turn, code: str) -> Actions:
    """A code for another chat, or the code from another chat."""
    if code.casefold() in ("bo", "bỏ", "huy", "huỷ", "hủy", "go", "gỡ", "off", "leave"):
        return leave_chats()
    return (JoinChats(code),) if code else (MakeLinkCode(),)


def leave_chats() -> Actions:
    """Makes this chat a person of its own again."""
    return (LeaveChats(),)
