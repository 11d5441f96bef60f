"""Profiles, chats joined by a code, deletion on request, and the rings of an alarm."""

import sqlalchemy as sa
from alembic import op

revision = "0005_people"
down_revision = "0004_forum_topics"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

COLUMNS = (
    ("person", sa.Column("role", sa.String(32), nullable=True)),
    ("person", sa.Column("area", sa.String(48), nullable=True)),
    ("person", sa.Column("vessel", sa.String(32), nullable=True)),
    ("conversation", sa.Column("erase_asked_at", MOMENT, nullable=True)),
    ("conversation", sa.Column("erased_at", MOMENT, nullable=True)),
    ("ticket", sa.Column("alarm_at", MOMENT, nullable=True)),
    ("ticket", sa.Column("alarm_ring", sa.SmallInteger(), nullable=False, server_default="0")),
    ("ticket", sa.Column("erased_at", MOMENT, nullable=True)),
)
INDEXES = (
    ("ix_conversation_person", "conversation", ["person_id"]),
    ("ix_conversation_erase", "conversation", ["erase_asked_at"]),
    ("ix_ticket_alarm", "ticket", ["alarm_at"]),
    ("ix_ticket_event_inbound", "ticket_event", ["inbound_id"]),
    ("ix_outgoing_inbound", "outgoing", ["inbound_id"]),
    ("ix_outgoing_conversation", "outgoing", ["conversation_id"]),
    ("ix_question_inbound", "question", ["inbound_id"]),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.create_table(
        "person_code",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("conversation_id", ROW_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index("ix_person_code_conversation", "person_code", ["conversation_id"], unique=False)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns, unique=False)


def downgrade() -> None:
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_table("person_code")
    for table, column in reversed(COLUMNS):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column.name)
