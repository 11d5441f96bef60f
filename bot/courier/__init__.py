"""The courier: the only one that sends.

In: outgoing rows. Out: calls to channels, and on each row what became of it. It knows lanes, rates, retries and blocked
people; it knows nothing of tickets, notices or what the messages say.
"""

from bot.courier.policy import Verdict
from bot.courier.worker import Courier

__all__ = ["Courier", "Verdict"]
