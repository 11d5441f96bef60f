"""The commands, gathered."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot import __version__, people
from bot.cli import ask, doctor, kb, notices, officers, safekeeping, serving
from bot.cli.common import EXPECTED, language, refused

app = typer.Typer(
    name="haidang",
    help="Hải Đăng: đường dây nóng hàng hải / the maritime hotline of a port authority.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(serving.run)
app.command("ask")(ask.ask)
app.command("chat")(ask.chat)
app.command("match")(ask.match)
app.command("doctor")(doctor.doctor)
app.command("backup")(safekeeping.backup)
app.command("restore")(safekeeping.restore)
app.add_typer(kb.app, name="kb")
app.add_typer(officers.app, name="officer")
app.add_typer(notices.app, name="notice")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"haidang {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Hải Đăng."""


def main() -> None:
    """Runs a command; what can be expected to go wrong is said in a line and ends with 1."""
    try:
        app()
    except EXPECTED as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except people.Refused as refusal:
        typer.echo(refused(refusal, language()), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
