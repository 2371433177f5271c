"""guidance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "head_reviews",
        sa.Column("community_id", ID, autoincrement=False, nullable=False),
        sa.Column("head", sa.String(length=20), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False, comment="whose scores they are"),
        sa.Column(
            "points", sa.JSON(), nullable=False, comment="score: [blocked by a person, passed by a person]"
        ),
        sa.Column("posts", sa.Integer(), nullable=False, comment="reviewed posts, low scores included"),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("community_id", "head"),
    )

    op.create_table(
        "thread_modes",
        sa.Column("community_id", ID, autoincrement=False, nullable=False),
        sa.Column("thread", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "author", sa.String(length=100), nullable=False, comment="who set it: a user's name, or a key's"
        ),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("community_id", "thread"),
    )

    op.create_table(
        "timeouts",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("review_item_id", ID, nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=4), nullable=False, comment="hold or show"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="after which its time was out"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["review_item_id"], ["review_items.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("review_item_id"),
    )

    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_items_waiting",
            ["opened_at"],
            unique=False,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )

    op.create_table(
        "guidance",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("clause", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1 per clause; 0 is the shipped text"),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("cases", sa.JSON(), nullable=False, comment="of posts their ids, no text"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id", "clause", "number"),
    )

    op.create_table(
        "guidance_reads",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("clause", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "clause", "number"),
    )
    with op.batch_alter_table("guidance_reads", schema=None) as batch_op:
        batch_op.create_index("ix_guidance_reads_clause", ["community_id", "clause"], unique=False)

    op.create_table(
        "rehearsals",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("policy_id", ID, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "head", sa.String(length=20), nullable=False, comment="whose review threshold is looked at"
        ),
        sa.Column(
            "live", sa.Integer(), nullable=False, comment="version compared with; 0: the shipped policy"
        ),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False, comment="posts received before it are read"),
        sa.Column(
            "run",
            sa.Integer(),
            nullable=False,
            comment="rises with each asking: an older run changes nothing",
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column(
            "cursor", sa.BigInteger(), nullable=False, comment="sequence of the last post that was counted"
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False, comment="counts and ids of posts, no texts"),
        sa.Column("began_at", sa.BigInteger(), nullable=True),
        sa.Column("beat_at", sa.BigInteger(), nullable=False, comment="last progress"),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims since the last progress"),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("policy_id"),
    )
    with op.batch_alter_table("rehearsals", schema=None) as batch_op:
        batch_op.create_index("ix_rehearsals_state", ["state", "id"], unique=False)
    # Backtests used to be kept among the small facts.
    op.execute("DELETE FROM meta WHERE key LIKE 'rehearsal:%'")


def downgrade() -> None:
    with op.batch_alter_table("rehearsals", schema=None) as batch_op:
        batch_op.drop_index("ix_rehearsals_state")
    op.drop_table("rehearsals")
    with op.batch_alter_table("guidance_reads", schema=None) as batch_op:
        batch_op.drop_index("ix_guidance_reads_clause")
    op.drop_table("guidance_reads")
    op.drop_table("guidance")

    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.drop_index("ix_review_items_waiting", sqlite_where=WAITING, postgresql_where=WAITING)

    op.drop_table("timeouts")
    op.drop_table("thread_modes")
    op.drop_table("head_reviews")
