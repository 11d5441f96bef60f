"""People on both sides of the desk: askers with their conversations and consent, officers with roles and ways in.

In: inbound messages, one-time codes, session tokens. Out: conversations, officers, refusals. It knows nothing of
tickets and notices; the services above it ask it who somebody is and what they may do.
"""

from bot.people.askers import conversation_for, conversation_of, mark_reachable, mark_unreachable, set_language
from bot.people.erasing import erase
from bot.people.errors import (
    BadOfficer,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    LastAdministrator,
    NotAGroup,
    NotAllowed,
    Refused,
    UnknownOfficer,
)
from bot.people.invites import (
    CODE_LIFE,
    Redeemed,
    bind_group,
    bound_groups,
    desk_conversations,
    invite_desk,
    invite_public,
    peek,
    redeem,
    unbind_group,
)
from bot.people.moving import move_conversation
from bot.people.officers import (
    FIRST_ADMINISTRATOR,
    OfficerLine,
    bind_account,
    bind_officer,
    first_administrator,
    holders,
    invite,
    list_officers,
    login_code,
    officer_by_id,
    officer_of_account,
    officers_chats,
    rename,
    revoke,
)
from bot.people.roles import Permission, can, permissions, require
from bot.people.sessions import SESSION_LIFE, close_session, officer_of_session, open_session
from bot.people.subscriptions import subscribe, subscriptions, unsubscribe

__all__ = [
    "CODE_LIFE",
    "FIRST_ADMINISTRATOR",
    "SESSION_LIFE",
    "BadOfficer",
    "CodeExpired",
    "CodeUnknown",
    "CodeUsed",
    "LastAdministrator",
    "NotAGroup",
    "NotAllowed",
    "OfficerLine",
    "Permission",
    "Redeemed",
    "Refused",
    "UnknownOfficer",
    "bind_account",
    "bind_group",
    "bind_officer",
    "bound_groups",
    "can",
    "close_session",
    "conversation_for",
    "conversation_of",
    "desk_conversations",
    "erase",
    "first_administrator",
    "holders",
    "invite",
    "invite_desk",
    "invite_public",
    "list_officers",
    "login_code",
    "mark_reachable",
    "mark_unreachable",
    "move_conversation",
    "officer_by_id",
    "officer_of_account",
    "officer_of_session",
    "officers_chats",
    "open_session",
    "peek",
    "permissions",
    "redeem",
    "rename",
    "require",
    "revoke",
    "set_language",
    "subscribe",
    "subscriptions",
    "unbind_group",
    "unsubscribe",
]
