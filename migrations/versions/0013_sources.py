"""What happened to the sources, cross-checks between two of them, and studies of factors."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = quantdesk.kit.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_events",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("dataset", sa.String(length=30), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=True),
        sa.Column("error_kind", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=True),
        sa.Column("next_source", sa.String(length=20), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("recovered_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_events")),
    )
    op.create_index(op.f("ix_source_events_last_at"), "source_events", ["last_at"])
    op.create_index("ix_source_events_source_dataset_last_at", "source_events", ["source", "dataset", "last_at"])
    op.create_table(
        "source_checks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("interval", sa.String(length=3), nullable=False),
        sa.Column("first_source", sa.String(length=40), nullable=False),
        sa.Column("second_source", sa.String(length=40), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_checks")),
    )
    op.create_index(op.f("ix_source_checks_at"), "source_checks", ["at"])
    op.create_index(op.f("ix_source_checks_symbol"), "source_checks", ["symbol"])
    op.create_table(
        "source_differences",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("check_id", sa.String(length=26), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("interval", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("first_source", sa.String(length=40), nullable=False),
        sa.Column("second_source", sa.String(length=40), nullable=False),
        sa.Column("first_value", sa.Float(), nullable=True),
        sa.Column("second_value", sa.Float(), nullable=True),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["source_checks.id"],
            name=op.f("fk_source_differences_check_id_source_checks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_differences")),
        sa.UniqueConstraint(
            "symbol",
            "interval",
            "day",
            "field",
            "first_source",
            "second_source",
            name="uq_source_differences_symbol_interval_day_field_sources",
        ),
    )
    op.create_index(op.f("ix_source_differences_check_id"), "source_differences", ["check_id"])
    op.create_table(
        "factor_studies",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_factor_studies_job_id_jobs")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_factor_studies_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_studies")),
    )
    op.create_index(op.f("ix_factor_studies_owner_id"), "factor_studies", ["owner_id"])


def downgrade() -> None:
    op.drop_table("factor_studies")
    op.drop_table("source_differences")
    op.drop_table("source_checks")
    op.drop_table("source_events")
