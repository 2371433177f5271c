"""backtests look at the thresholds of every head: none is chosen before a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rehearsals", schema=None) as batch_op:
        batch_op.drop_column("head")


def downgrade() -> None:
    chosen = sa.Column(
        "head",
        sa.String(length=20),
        nullable=False,
        server_default="",
        comment="whose review threshold is looked at",
    )
    with op.batch_alter_table("rehearsals", schema=None) as batch_op:
        batch_op.add_column(chosen)
