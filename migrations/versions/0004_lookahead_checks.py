"""Checks of strategies' versions for look-ahead."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lookahead_checks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("strategy_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("spec", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_lookahead_checks_job_id_jobs")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_lookahead_checks_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("fk_lookahead_checks_strategy_id_strategies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookahead_checks")),
        sa.UniqueConstraint("strategy_id", "version", name="uq_lookahead_checks_strategy_id_version"),
    )


def downgrade() -> None:
    op.drop_table("lookahead_checks")
