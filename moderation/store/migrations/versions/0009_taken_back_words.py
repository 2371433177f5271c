"""words of imports that were taken back, so that what they decided can be released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lexicon_taken_back",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("word", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["lexicon_imports.id"]),
        sa.PrimaryKeyConstraint("import_id", "kind", "word"),
    )


def downgrade() -> None:
    op.drop_table("lexicon_taken_back")
