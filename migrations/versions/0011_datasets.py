"""Tables besides bars: the file of each part, and the writes that changed it."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0011"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset_partitions",
        sa.Column("dataset", sa.String(length=24), nullable=False),
        sa.Column("partition", sa.String(length=40), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=False),
        sa.Column("write_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("parser", sa.String(length=60), nullable=False),
        sa.Column("fetched_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "partition", name=op.f("pk_dataset_partitions")),
    )
    op.create_table(
        "dataset_writes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("dataset", sa.String(length=24), nullable=False),
        sa.Column("partition", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("parser", sa.String(length=60), nullable=False),
        sa.Column("fetched_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("written_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=True),
        sa.Column("superseded_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_writes")),
    )
    op.create_index("ix_dataset_writes_superseded_at", "dataset_writes", ["superseded_at"])


def downgrade() -> None:
    op.drop_table("dataset_writes")
    op.drop_table("dataset_partitions")
