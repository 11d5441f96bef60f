"""Signed-in browsers: the cookie holds a random token, the store its hash."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.people.codes import digest
from bot.store import audit
from bot.store.tables import ConsoleSession, Officer

#: A long shift. After it the officer needs a new login link.
SESSION_LIFE = dt.timedelta(hours=12)


async def open_session(session: AsyncSession, officer: Officer, now: dt.datetime) -> str:
    """Signs an officer in; the token for the cookie can be read only here."""
    token = secrets.token_urlsafe(32)
    assert officer.id is not None
    session.add(
        ConsoleSession(token_hash=digest(token), officer_id=officer.id, created_at=now, expires_at=now + SESSION_LIFE)
    )
    audit(session, "session.open", f"officer:{officer.id}", now=now, by=officer)
    await session.flush()
    return token


async def officer_of_session(session: AsyncSession, token: str, now: dt.datetime) -> Officer | None:
    """The officer behind a cookie; None when it is unknown, too old, signed out or the officer was revoked."""
    found: Officer | None = await session.scalar(
        select(Officer)
        .join(ConsoleSession, col(ConsoleSession.officer_id) == col(Officer.id))
        .where(
            col(ConsoleSession.token_hash) == digest(token),
            col(ConsoleSession.revoked_at).is_(None),
            col(ConsoleSession.expires_at) > now,
            col(Officer.revoked_at).is_(None),
        )
    )
    return found


async def close_session(session: AsyncSession, token: str, now: dt.datetime) -> None:
    """Signs a browser out; an unknown token changes nothing."""
    await session.execute(
        update(ConsoleSession)
        .where(col(ConsoleSession.token_hash) == digest(token), col(ConsoleSession.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


async def end_sessions(session: AsyncSession, officer: Officer, now: dt.datetime) -> None:
    """Signs an officer out everywhere."""
    await session.execute(
        update(ConsoleSession)
        .where(col(ConsoleSession.officer_id) == officer.id, col(ConsoleSession.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
