"""Reports on the quality of the stored bars."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_reports",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("job_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("datasets", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_quality_reports_job_id_jobs")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_quality_reports_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_reports")),
    )
    op.create_table(
        "quality_symbols",
        sa.Column("report_id", sa.String(length=26), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("interval", sa.String(length=3), nullable=False),
        sa.Column("dataset", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["quality_reports.id"],
            name=op.f("fk_quality_symbols_report_id_quality_reports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "symbol", "interval", name=op.f("pk_quality_symbols")),
    )
    op.create_index(
        "ix_quality_symbols_report_id_score_symbol",
        "quality_symbols",
        ["report_id", "score", "symbol", "interval"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_quality_symbols_report_id_score_symbol", table_name="quality_symbols")
    op.drop_table("quality_symbols")
    op.drop_table("quality_reports")
