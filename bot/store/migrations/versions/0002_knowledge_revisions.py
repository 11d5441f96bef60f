"""Revisions of the knowledge that are written in the console."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OPEN = sa.text("state IN ('draft', 'review')")
LIVE = sa.text("state = 'live'")


def upgrade() -> None:
    op.create_table(
        "knowledge_revision",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("base", sa.String(32), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("author_id", ROW_ID, nullable=False),
        sa.Column("approver_id", ROW_ID, nullable=True),
        sa.Column("follows_id", ROW_ID, nullable=True),
        sa.Column("ticket_id", ROW_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["officer.id"]),
        sa.ForeignKeyConstraint(["approver_id"], ["officer.id"]),
        sa.ForeignKeyConstraint(["follows_id"], ["knowledge_revision.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_knowledge_revision_subject", "knowledge_revision", ["kind", "key", "id"], unique=False)
    for name, where in (("live", LIVE), ("open", OPEN)):
        op.create_index(
            f"uq_knowledge_revision_{name}",
            "knowledge_revision",
            ["kind", "key"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    op.drop_table("knowledge_revision")
