"""Zalo for tests: an Official Account's API with its OAuth, and the Bot Platform, each over a real socket, with people.

    async with OaEmulator() as zalo:
        # … start the program with zalo.environ …
        zalo.deliver_to(f"{url}/webhooks/zalo-oa")
        visitor = zalo.user("2512523625412515", "Tư")
        visitor.say("tau ca may met thi phai gan gsht")
        answer = await visitor.wait_message(containing="15 m")
        visitor.tap("Hỏi cán bộ")

Refresh tokens work once, access tokens die when another is granted, windows close, errors come inside HTTP 200, events
are signed. Trouble comes on demand: `zalo.faults.add("/v3.0/oa/message/cs", Code(-32, "rate limit"))`.
"""

from tests.fakes.telegram.faults import CutOff, Hang, Page
from tests.fakes.zalo.bot import BotEmulator, BotUser
from tests.fakes.zalo.faults import Code, Half, TooMany
from tests.fakes.zalo.oa import OaEmulator
from tests.fakes.zalo.oauth import OAuth
from tests.fakes.zalo.people import Follower, Shown

__all__ = [
    "BotEmulator",
    "BotUser",
    "Code",
    "CutOff",
    "Follower",
    "Half",
    "Hang",
    "OAuth",
    "OaEmulator",
    "Page",
    "Shown",
    "TooMany",
]
