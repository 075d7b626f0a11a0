"""Refreshes of the stored bars, what became of each symbol, and their schedule."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refreshes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("newest", sa.Date(), nullable=True),
        sa.Column("symbols", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("stopped", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("goes_on_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_refreshes_job_id_jobs")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_refreshes_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refreshes")),
        sa.UniqueConstraint("due", name=op.f("uq_refreshes_due")),
    )
    op.create_index(op.f("ix_refreshes_owner_id"), "refreshes", ["owner_id"])
    op.create_index(op.f("ix_refreshes_goes_on_at"), "refreshes", ["goes_on_at"])
    op.create_table(
        "refresh_symbols",
        sa.Column("refresh_id", sa.String(length=26), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=True),
        sa.Column("inserted", sa.Integer(), nullable=True),
        sa.Column("updated", sa.Integer(), nullable=True),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("error_kind", sa.String(length=20), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["refresh_id"],
            ["refreshes.id"],
            name=op.f("fk_refresh_symbols_refresh_id_refreshes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("refresh_id", "symbol", name=op.f("pk_refresh_symbols")),
    )
    op.create_index("ix_refresh_symbols_refresh_id_state", "refresh_symbols", ["refresh_id", "state"])
    op.create_index("ix_refresh_symbols_symbol_at", "refresh_symbols", ["symbol", "at"])
    op.create_table(
        "refresh_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("updated_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_refresh_schedule_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_schedule")),
    )


def downgrade() -> None:
    op.drop_table("refresh_schedule")
    op.drop_table("refresh_symbols")
    op.drop_table("refreshes")
