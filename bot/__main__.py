"""`python -m bot` is `haidang`."""

from bot.cli import main

main()
