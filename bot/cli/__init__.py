"""The command line: everything that an operator does in a terminal.

In: arguments. Out: text for people on stdout in Vietnamese or English, or JSON only; logs on stderr; exit codes 0 done,
1 failed or something to mend, 2 wrong use.
"""

from bot.cli.main import main

__all__ = ["main"]
