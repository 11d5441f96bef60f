"""Alembic's entry: runs on the connection that `bot.store.migrate` hands in."""

from alembic import context
from sqlmodel import SQLModel

from bot.store import tables

assert tables
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
