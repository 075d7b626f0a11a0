"""Watchlists and the symbols in them."""

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watchlists",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_watchlists_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchlists")),
    )
    op.create_index(op.f("ix_watchlists_owner_id"), "watchlists", ["owner_id"])
    op.create_table(
        "watched_symbols",
        sa.Column("watchlist_id", sa.String(length=26), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added_at", quantdesk.kit.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["watchlist_id"],
            ["watchlists.id"],
            name=op.f("fk_watched_symbols_watchlist_id_watchlists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("watchlist_id", "symbol", name=op.f("pk_watched_symbols")),
    )
    op.create_index(op.f("ix_watched_symbols_symbol"), "watched_symbols", ["symbol"])


def downgrade() -> None:
    op.drop_table("watched_symbols")
    op.drop_table("watchlists")
