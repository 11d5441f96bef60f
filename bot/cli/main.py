"""The commands, gathered; each is loaded when it is asked for, so that a small one starts at once."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Annotated

import typer

from bot import __version__
from bot.errors import OperatorError

#: Name → module and the function or the group of commands in it.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("bot.cli.serving", "run"),
    "ask": ("bot.cli.ask", "ask"),
    "chat": ("bot.cli.chat", "chat"),
    "match": ("bot.cli.ask", "match"),
    "kb": ("bot.cli.kb", "app"),
    "officer": ("bot.cli.officers", "app"),
    "notice": ("bot.cli.notices", "app"),
    "doctor": ("bot.cli.doctor", "doctor"),
    "backup": ("bot.cli.safekeeping", "backup"),
    "restore": ("bot.cli.safekeeping", "restore"),
}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"haidang {__version__}")
        raise typer.Exit


def build(wanted: str | None = None) -> typer.Typer:
    """The command line with the one command that is wanted; with all of them for the help and for a wrong name."""
    app = typer.Typer(
        name="haidang",
        help="Hải Đăng: đường dây nóng hàng hải / the maritime hotline of a port authority.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def _root(
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
        ] = False,
    ) -> None:
        """Hải Đăng: đường dây nóng hàng hải / the maritime hotline of a port authority."""

    for name, (module, attribute) in COMMANDS.items():
        if wanted in COMMANDS and name != wanted:
            continue
        command = getattr(importlib.import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def main() -> None:
    """Runs a command; what the operator can mend is said in plain lines and ends with 1."""
    # What is imported lives as long as the process: looking for garbage among it costs a quarter of the start.
    gc.disable()
    try:
        app = build(next((word for word in sys.argv[1:] if not word.startswith("-")), None))
        gc.freeze()
        gc.enable()
        app()
    except OperatorError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
