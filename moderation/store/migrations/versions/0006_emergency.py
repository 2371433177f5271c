"""emergency words with what they struck, looks back, groups decided together, sweeps as jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sweeps", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "total", sa.Integer(), nullable=False, comment="in the window", server_default=sa.text("0")
            )
        )
        batch_op.add_column(
            sa.Column(
                "cursor",
                sa.BigInteger(),
                nullable=False,
                comment="post or row up to which the present step has come",
                server_default=sa.text("0"),
            )
        )
        batch_op.add_column(
            sa.Column("leased_until", sa.BigInteger(), nullable=True, comment="until then a worker is at it")
        )
        batch_op.add_column(
            sa.Column(
                "attempts",
                sa.Integer(),
                nullable=False,
                comment="claims since the last progress",
                server_default=sa.text("0"),
            )
        )

    op.create_table(
        "emergency_words",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("word", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("clause", sa.String(length=10), nullable=False),
        sa.Column(
            "author", sa.String(length=100), nullable=False, comment="who added it: a user's name, or a key's"
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True, comment="when it expires; none: confirmed"),
        sa.Column("confirmed_by", sa.String(length=100), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=100), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "cursor", sa.BigInteger(), nullable=False, comment="sequence of the last post that was looked at"
        ),
        sa.Column("before_posts", sa.Integer(), nullable=False, comment="posts of the 7 days before"),
        sa.Column("before_hits", sa.Integer(), nullable=False, comment="of those, struck"),
        sa.Column("before_decided", sa.Integer(), nullable=False),
        sa.Column("before_blocked", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False, comment="struck while in force"),
        sa.Column("decided", sa.Integer(), nullable=False, comment="of those, decided by people"),
        sa.Column("blocked", sa.Integer(), nullable=False, comment="of those, blocked by people"),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("emergency_words", schema=None) as batch_op:
        batch_op.create_index("ix_emergency_words_community", ["community_id", "id"], unique=False)

    op.create_table(
        "emergency_hits",
        sa.Column("emergency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergency_words.id"]),
        sa.PrimaryKeyConstraint("emergency_id", "post_id"),
    )

    op.create_table(
        "looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="radar or gangs"),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True, comment="window of the body"),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("again_at", sa.BigInteger(), nullable=True, comment="when to look again by itself"),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id", "kind"),
    )

    op.create_table(
        "radar_dismissals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id", "text"),
    )

    op.create_table(
        "group_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clause", sa.String(length=10), nullable=False),
        sa.Column("accounts", sa.JSON(), nullable=False),
        sa.Column(
            "body", sa.JSON(), nullable=False, comment="decisions made, and items skipped with the reason"
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.ForeignKeyConstraint(["moderator_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("group_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_group_decisions_community", ["community_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("group_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_group_decisions_community")
    op.drop_table("group_decisions")
    op.drop_table("radar_dismissals")
    op.drop_table("looks")
    op.drop_table("emergency_hits")
    with op.batch_alter_table("emergency_words", schema=None) as batch_op:
        batch_op.drop_index("ix_emergency_words_community")
    op.drop_table("emergency_words")
    with op.batch_alter_table("sweeps", schema=None) as batch_op:
        batch_op.drop_column("attempts")
        batch_op.drop_column("leased_until")
        batch_op.drop_column("cursor")
        batch_op.drop_column("total")
