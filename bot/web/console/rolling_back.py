"""Taking back what the console made live: of an entry or document, with a reason, and only what was looked at."""

from __future__ import annotations

from bot import curation
from bot.curation import ChangedMeanwhile
from bot.people import NotAllowed, Refused
from bot.store.tables import RevisionState, SubjectKind
from bot.web.console.visits import Visit


async def roll_back(visit: Visit, kind: SubjectKind, key: str) -> str | None:
    """Takes the live edit of the form's page back; says why not, when it can't."""
    reason = visit.form("reason")
    if not reason:
        return visit.t("entry.reason_needed")
    try:
        async with visit.parts.store.write() as session:
            live = [line for line in await curation.history(session, kind, key) if line.state is RevisionState.LIVE]
            if live and visit.form("live") != str(live[0].id):
                raise ChangedMeanwhile(f"{key} has another live version", key=key)
            await curation.roll_back(session, kind, key, visit.officer, reason=reason, now=visit.now)
    except NotAllowed:
        raise
    except Refused as refusal:
        return visit.refusal(refusal, states="revision_state")
    visit.parts.wake_knowledge()
    return None
