"""A user's factors."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "factors",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_factors_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factors")),
        sa.UniqueConstraint("owner_id", "name", name="uq_factors_owner_id_name"),
    )
    op.create_index(op.f("ix_factors_owner_id"), "factors", ["owner_id"])


def downgrade() -> None:
    op.drop_table("factors")
