"""imports of words that can be taken back, names of policy versions, how many posts a shadow was compared on."""

from __future__ import annotations

import tomllib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "name",
                sa.String(length=60),
                nullable=False,
                server_default=sa.text("''"),
                comment="of the document: no two versions share one",
            )
        )
        batch_op.add_column(
            sa.Column(
                "origin",
                sa.String(length=60),
                nullable=False,
                server_default=sa.text("''"),
                comment="of a kill switch: off or on, head and clause",
            )
        )
    _name_versions()

    op.create_table(
        "shadow_counts",
        sa.Column("policy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"]),
        sa.PrimaryKeyConstraint("policy_id"),
    )

    with op.batch_alter_table("lexicon_entries", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "import_id",
                sa.BigInteger(),
                nullable=True,
                comment="import that wrote it last; none: added one by one",
            )
        )
        batch_op.create_index("ix_lexicon_entries_import", ["import_id"], unique=False)

    op.create_table(
        "lexicon_imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("library", sa.String(length=60), nullable=False),
        sa.Column(
            "author", sa.String(length=100), nullable=False, comment="who sent it: a user's name, or a key's"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column(
            "replaced", sa.Integer(), nullable=False, comment="of those, words that the list had already"
        ),
        sa.Column("undone_by", sa.String(length=100), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "undone", sa.JSON(), nullable=False, comment="how many words were removed, put back, left alone"
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("lexicon_imports", schema=None) as batch_op:
        batch_op.create_index("ix_lexicon_imports_community", ["community_id", "id"], unique=False)

    op.create_table(
        "lexicon_replaced",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("clause", sa.String(length=10), nullable=False),
        sa.Column("effective_from", sa.BigInteger(), nullable=True),
        sa.Column("effective_to", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("before_import_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["lexicon_imports.id"]),
        sa.PrimaryKeyConstraint("import_id", "entry_id"),
    )
    with op.batch_alter_table("lexicon_replaced", schema=None) as batch_op:
        batch_op.create_index("ix_lexicon_replaced_before", ["before_import_id"], unique=False)


def _name_versions() -> None:
    """Write the name that stands in each document beside it; one that is no TOML any more has none."""
    policies = sa.table("policies", sa.column("id"), sa.column("name"), sa.column("document"))
    connection = op.get_bind()
    for number, document in connection.execute(sa.select(policies.c.id, policies.c.document)).all():
        try:
            name = str(tomllib.loads(document).get("version", ""))[:60]
        except tomllib.TOMLDecodeError:
            continue
        connection.execute(policies.update().where(policies.c.id == number).values(name=name))


def downgrade() -> None:
    op.drop_table("lexicon_replaced")
    op.drop_table("lexicon_imports")
    with op.batch_alter_table("lexicon_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_lexicon_entries_import")
        batch_op.drop_column("import_id")
    op.drop_table("shadow_counts")
    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.drop_column("origin")
        batch_op.drop_column("name")
