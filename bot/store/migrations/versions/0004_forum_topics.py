"""Groups with topics, the topic that a message stands in, and notices whose public posts are marked as over."""

import sqlalchemy as sa
from alembic import op

revision = "0004_forum_topics"
down_revision = "0003_attachments"
branch_labels = None
depends_on = None

IN_TOPIC = sa.text("platform_topic_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("conversation", sa.Column("forum", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("notice", sa.Column("public_marked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outgoing", sa.Column("platform_topic_id", sa.String(64), nullable=True))
    op.create_index(
        "ix_outgoing_topic",
        "outgoing",
        ["channel", "chat_id", "platform_topic_id"],
        unique=False,
        sqlite_where=IN_TOPIC,
        postgresql_where=IN_TOPIC,
    )


def downgrade() -> None:
    op.drop_index("ix_outgoing_topic", "outgoing")
    op.drop_column("outgoing", "platform_topic_id")
    op.drop_column("notice", "public_marked_at")
    op.drop_column("conversation", "forum")
