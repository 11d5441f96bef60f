"""`haidang ask` and `match`: the matcher and the dialogue without anything around them."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from bot.cli.common import JsonOption, Lang, LangOption, clock, language, quiet_logs, settings, snapshot
from bot.curation import matcher_for
from bot.dialogue import decide, render
from bot.dialogue.actions import OpenTicket, Outcome
from bot.dialogue.context import Context, DialogueState, Knowledge
from bot.matching import Match
from bot.messages import Capabilities, ChatKind, InboundMessage, Language, Sender, Text

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
            result["why"] = list(knowledge.matcher.explain(question))
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo("\n\n".join(replies))
    if why:
        typer.echo("")
        for reason in knowledge.matcher.explain(question):
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
        capabilities=Capabilities(buttons=False, location_request=False),
    )
    actions = decide(message, context, knowledge, now)
    dry = Outcome(error="dry_run")
    outcomes = [dry if isinstance(action, OpenTicket) else None for action in actions]
    return [reply.message.plain for reply in render(actions, outcomes, context, knowledge, now)]
