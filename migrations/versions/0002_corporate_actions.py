"""Corporate actions."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AMOUNTS = ("cash", "bonus", "conversion", "split", "rights")
_DAYS = ("announced", "record_date", "pay_date", "list_date")


def upgrade() -> None:
    op.create_table(
        "corporate_actions",
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("ex_date", sa.Date(), nullable=False),
        *(sa.Column(name, quantdesk.kit.db.DecimalText(length=40), nullable=False) for name in _AMOUNTS),
        sa.Column("rights_price", quantdesk.kit.db.DecimalText(length=40), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=True) for name in _DAYS),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("updated_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("symbol", "ex_date", name=op.f("pk_corporate_actions")),
    )


def downgrade() -> None:
    op.drop_table("corporate_actions")
