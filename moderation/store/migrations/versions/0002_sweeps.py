"""sweeps back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweeps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="words, contact or policy"),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("may_block", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column(
            "author", sa.String(length=100), nullable=False, comment="who looked: a user's name, or a key's"
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False, comment="read in the window"),
        sa.Column("matched", sa.Integer(), nullable=False, comment="that the criteria strike"),
        sa.Column("decided", sa.Integer(), nullable=False, comment="left alone: a person had decided them"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_by", sa.String(length=100), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "receipt",
            sa.JSON(),
            nullable=False,
            comment="as it stood when the sweep was applied or undone",
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sweeps", schema=None) as batch_op:
        batch_op.create_index("ix_sweeps_community", ["community_id", "id"], unique=False)

    op.create_table(
        "sweep_posts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sweep_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("data_id", sa.String(length=128), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("before", sa.String(length=8), nullable=False),
        sa.Column("after", sa.String(length=8), nullable=False),
        sa.Column("clause_before", sa.String(length=10), nullable=False),
        sa.Column("clause", sa.String(length=10), nullable=False),
        sa.Column(
            "verdict_before", sa.Integer(), nullable=False, comment="number of the post's verdict before"
        ),
        sa.Column("verdict_after", sa.Integer(), nullable=True),
        sa.Column("verdict_undone", sa.Integer(), nullable=True),
        sa.Column("review_item_id", sa.BigInteger(), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False, comment="the sweep opened the review item"),
        sa.Column("queue", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False, comment="why it was left as it is"),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sweep_id", "post_id"),
    )
    with op.batch_alter_table("sweep_posts", schema=None) as batch_op:
        batch_op.create_index("ix_sweep_posts_state", ["sweep_id", "state", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sweep_posts", schema=None) as batch_op:
        batch_op.drop_index("ix_sweep_posts_state")

    op.drop_table("sweep_posts")
    with op.batch_alter_table("sweeps", schema=None) as batch_op:
        batch_op.drop_index("ix_sweeps_community")

    op.drop_table("sweeps")
