"""`haidang ask`, `match` and `chat`: the matcher and the dialogue in a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import json
import sys
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bot.app import open_house
from bot.channels.terminal import TerminalChannel
from bot.cli.common import JsonOption, Lang, LangOption, clock, language, quiet_logs, settings, snapshot
from bot.courier import Courier
from bot.curation import matcher_for
from bot.dialogue import decide, render
from bot.dialogue.actions import Effect, Outcome
from bot.dialogue.context import Context, DialogueState, Knowledge
from bot.intake import Intake, Rescue, StoredInbox
from bot.matching import Match
from bot.messages import Capabilities, ChatKind, InboundMessage, Language, Sender, Text
from bot.store import StoreUnavailable

NoSemanticOption = Annotated[
    bool, typer.Option("--no-semantic", help="leave the sentence model out (none is used at present)")
]


def record(found: Match, line_id: Any) -> dict[str, Any]:
    """The record of `match --jsonl`."""
    return {
        "id": line_id,
        "decision": found.decision.value,
        "distress": found.distress.value if found.distress else None,
        "entry": found.entry,
        "confidence": round(found.confidence, 4),
        "candidates": [{"entry": c.entry, "confidence": round(c.confidence, 4)} for c in found.candidates],
    }


def match(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines on stdin and stdout")] = False,
    no_semantic: NoSemanticOption = False,
) -> None:
    """Match many messages: {"id": …, "text": …} a line in, a decision a line out."""
    if not jsonl:
        raise typer.BadParameter("needs --jsonl", param_hint="match")
    quiet_logs()
    matcher = matcher_for(snapshot(), settings().data_dir)
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            text, line_id = asked["text"], asked["id"]
            if not isinstance(text, str):
                raise TypeError("`text` is no text")
        except (ValueError, KeyError, TypeError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else str(error)
            answer: dict[str, Any] = {"id": None, "error": f'not {{"id": …, "text": "…"}}: {what}'}
        else:
            answer = record(matcher.match(text), line_id)
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def ask(
    question: Annotated[str, typer.Argument(help="the question, as somebody would type it")],
    why: Annotated[bool, typer.Option("--why", help="say how the decision came about")] = False,
    as_json: JsonOption = False,
    lang: LangOption = None,
    no_semantic: NoSemanticOption = False,
) -> None:
    """Ask one question and see the answer; nothing is stored."""
    quiet_logs()
    chosen = language(lang)
    loaded = snapshot()
    knowledge = Knowledge(
        loaded, matcher_for(loaded, settings().data_dir), require_approval=settings().require_approval
    )
    found = knowledge.matcher.match(question)
    replies = _replies(question, knowledge, chosen if lang else None)
    if as_json:
        result = record(found, None) | {"reply": replies}
        if why:
            result["why"] = list(found.why)
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo("\n\n".join(replies))
    if why:
        typer.echo(f"\n— {found.decision.value} {found.entry or ''} {found.confidence:.2f}")
        for reason in (*found.why, *(f"{c.entry} {c.confidence:.2f}" for c in found.candidates)):
            typer.echo(f"  {reason}")


def _replies(question: str, knowledge: Knowledge, lang: Lang | None) -> list[str]:
    """What the bot would say; what would be done is only named."""
    now = clock().now()
    message = InboundMessage(
        channel="terminal", chat_id="ask", sender=Sender(id="ask"), content=Text(text=question), sent_at=now
    )
    context = Context(
        language=Language(lang or "vi"),
        language_chosen=lang is not None,
        chat_kind=ChatKind.PRIVATE,
        state=DialogueState(),
        capabilities=Capabilities(),
    )
    actions = decide(message, context, knowledge, now)
    dry = Outcome(error="dry_run")
    outcomes = [dry if isinstance(action, Effect) and _visible(action) else None for action in actions]
    return [reply.message.plain for reply in render(actions, outcomes, context, knowledge, now)]


def _visible(action: Effect) -> bool:
    from bot.dialogue.actions import AddDetail, OpenTicket, RaiseTicket

    return isinstance(action, OpenTicket | AddDetail | RaiseTicket)


@dataclass
class Terminal:
    """One conversation at a keyboard, through the same intake and courier as every platform's."""

    channel: TerminalChannel
    inbox: StoredInbox
    intake: Intake
    courier: Courier

    async def say(self, line: str) -> None:
        """Takes a line in and prints everything that comes of it."""
        try:
            await self.inbox.put([self.channel.arrival(line)])
        except StoreUnavailable as error:
            typer.echo(str(error), err=True)
            return
        await self.intake.drain()
        await self.courier.drain()


def chat(lang: LangOption = None) -> None:
    """Talk to the hotline in the terminal; an empty line or Ctrl-D ends it. Officers' answers show up by themselves."""
    quiet_logs()
    chosen = language(lang)

    async def _chat() -> None:
        async with open_house(settings()) as house:
            account = getpass.getuser()
            channel = TerminalChannel(house.clock, typer.echo, account=account, colour=sys.stdout.isatty())
            channels = {channel.name: channel}
            rescue = Rescue(lambda: house.live.knowledge, channels)
            terminal = Terminal(
                channel,
                StoredInbox(house.store, house.clock, rescue),
                Intake(house.store, channels, lambda: house.live.knowledge, house.clock, rescue),
                Courier(house.store, channels, house.clock),
            )
            typer.echo(
                "Gõ câu hỏi rồi Enter; số để bấm nút; dòng trống để dừng.\n"
                if chosen == "vi"
                else "Type a question and Enter; a number presses a button; an empty line ends.\n"
            )
            await _converse(terminal)

    asyncio.run(_chat())


async def _converse(terminal: Terminal) -> None:
    answers = asyncio.create_task(_show_answers(terminal.courier))
    try:
        while True:
            line = await asyncio.to_thread(_line)
            if not line:
                return
            await terminal.say(line)
    finally:
        answers.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answers


async def _show_answers(courier: Courier) -> None:
    while True:
        await asyncio.sleep(1)
        with contextlib.suppress(StoreUnavailable):
            await courier.drain()


def _line() -> str:
    if sys.stdin.isatty():
        sys.stdout.write("> ")
        sys.stdout.flush()
    return sys.stdin.readline().rstrip("\n")
