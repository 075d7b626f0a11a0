"""Optimisations with their trials, the ledger of trials, and jobs that are a part of another."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("parent_id", sa.String(length=26), nullable=True))
    op.create_index(op.f("ix_jobs_parent_id"), "jobs", ["parent_id"], unique=False)

    op.create_table(
        "optimisations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("strategy_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("spec", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("ranges", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("search", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("objective", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("walk_forward", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("folds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("overfitting", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_optimisations_job_id_jobs")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_optimisations_owner_id_users")),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("fk_optimisations_strategy_id_strategies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_optimisations")),
    )
    for column in ("job_id", "owner_id", "strategy_id"):
        op.create_index(op.f(f"ix_optimisations_{column}"), "optimisations", [column], unique=False)

    op.create_table(
        "optimisation_trials",
        sa.Column("optimisation_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fold", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("params", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("objective", sa.Float(), nullable=True),
        sa.Column("metrics", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("returns", sa.LargeBinary(), nullable=True),
        sa.Column("dates", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["optimisation_id"],
            ["optimisations.id"],
            name=op.f("fk_optimisation_trials_optimisation_id_optimisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("optimisation_id", "number", name=op.f("pk_optimisation_trials")),
    )
    op.create_index(
        "ix_optimisation_trials_fold", "optimisation_trials", ["optimisation_id", "fold", "state"], unique=False
    )

    op.create_table(
        "trials",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("strategy_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("params_hash", sa.String(length=64), nullable=False),
        sa.Column("spec_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sharpe", sa.Float(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("skewness", sa.Float(), nullable=True),
        sa.Column("kurtosis", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_trials_owner_id_users")),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategies.id"], name=op.f("fk_trials_strategy_id_strategies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sa.UniqueConstraint("source", "source_id", "number", name="uq_trials_source"),
    )
    op.create_index("ix_trials_strategy_id_id", "trials", ["strategy_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_trials_strategy_id_id", "trials")
    op.drop_table("trials")
    op.drop_index("ix_optimisation_trials_fold", "optimisation_trials")
    op.drop_table("optimisation_trials")
    for column in ("job_id", "owner_id", "strategy_id"):
        op.drop_index(op.f(f"ix_optimisations_{column}"), "optimisations")
    op.drop_table("optimisations")
    op.drop_index(op.f("ix_jobs_parent_id"), "jobs")
    op.drop_column("jobs", "parent_id")
