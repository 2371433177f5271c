"""behaviour pass."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WINDOW = 3 * 86_400 * 1_000_000
"""Of the posts that were decided before, those of the last three days are looked at too."""

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "behaviour_marks",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="passes that took it"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("behaviour_marks", schema=None) as batch_op:
        batch_op.create_index("ix_behaviour_marks_next", ["community_id", "attempts", "id"], unique=False)

    op.create_table(
        "behaviour_passes",
        sa.Column("community_id", ID, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("community_id"),
    )

    op.create_table(
        "behaviour_facts",
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="when it was posted"),
        sa.Column("sketch", sa.LargeBinary(), nullable=False, comment="fingerprint"),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id"),
    )
    with op.batch_alter_table("behaviour_facts", schema=None) as batch_op:
        batch_op.create_index("ix_behaviour_facts_kept", ["community_id", "kept_at"], unique=False)

    op.create_table(
        "behaviour_links",
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False, comment="hash of kind and name"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False, comment="looks for others by it"),
        sa.Column("offers", sa.Boolean(), nullable=False, comment="may be found by it"),
        sa.PrimaryKeyConstraint("community_id", "key", "at", "post_id"),
    )
    with op.batch_alter_table("behaviour_links", schema=None) as batch_op:
        batch_op.create_index("ix_behaviour_links_post", ["post_id"], unique=False)

    op.create_table(
        "behaviour_findings",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column(
            "subject",
            sa.String(length=140),
            nullable=False,
            comment="account, thread or person that it is about",
        ),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("target", sa.String(length=128), nullable=False, comment="person under attack"),
        sa.Column("shield", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("community_id", "key"),
    )
    with op.batch_alter_table("behaviour_findings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_behaviour_findings_subject", ["community_id", "kind", "subject"], unique=False
        )

    op.create_table(
        "behaviour_finding_posts",
        sa.Column("finding_id", ID, nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["behaviour_findings.id"]),
        sa.PrimaryKeyConstraint("finding_id", "post_id", "revision"),
    )
    with op.batch_alter_table("behaviour_finding_posts", schema=None) as batch_op:
        batch_op.create_index("ix_behaviour_finding_posts_post", ["post_id"], unique=False)

    _mark_recent_posts()


def _mark_recent_posts() -> None:
    posts = sa.table(
        "posts", *(sa.column(name) for name in ("id", "community_id", "state", "received_at", "sequence"))
    )
    marks = sa.table(
        "behaviour_marks", *(sa.column(name) for name in ("community_id", "post_id", "at", "attempts"))
    )
    latest = sa.select(sa.func.max(posts.c.received_at)).scalar_subquery()
    recent = (
        sa.select(posts.c.community_id, posts.c.id, posts.c.received_at, sa.literal(0, sa.Integer()))
        .where(posts.c.state == "decided", posts.c.received_at >= latest - WINDOW)
        .order_by(posts.c.sequence)
    )
    op.execute(marks.insert().from_select(["community_id", "post_id", "at", "attempts"], recent))


def downgrade() -> None:
    for name in ("finding_posts", "findings", "links", "facts", "passes", "marks"):
        op.drop_table(f"behaviour_{name}")
