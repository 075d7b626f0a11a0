"""Refreshes of all datasets: what became of each part, and a second time of the schedule for the tables."""

import json

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0012"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDICES = [
    "000001.SH", "399001.SZ", "399006.SZ", "000300.SH", "000905.SH", "000852.SH", "000016.SH", "000688.SH", "899050.BJ",
]  # fmt: skip
_KEPT = 'state, reason, start, "end", attempts, source, inserted, updated, first, last, error_kind, error, at'


def upgrade() -> None:
    # SQLite makes `refreshes` anew, and dropping the old one would delete all that refers to it.
    op.execute("CREATE TABLE refresh_kept AS SELECT * FROM refresh_symbols WHERE reason <> 'unsupported'")
    op.drop_table("refresh_symbols")
    with op.batch_alter_table("refreshes") as batch_op:
        batch_op.add_column(sa.Column("part", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("asked", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("missing", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
        batch_op.drop_column("symbols")
        batch_op.drop_constraint("uq_refreshes_due", type_="unique")
        batch_op.create_unique_constraint("uq_refreshes_part", ["part", "due"])
    op.execute("UPDATE refreshes SET part = 'evening' WHERE due IS NOT NULL")
    with op.batch_alter_table("refreshes") as batch_op:
        batch_op.alter_column("missing", server_default=None)
    _create("refresh_items", sa.Column("dataset", sa.String(length=20), nullable=False), "key")
    op.execute(
        f"INSERT INTO refresh_items (refresh_id, dataset, key, place, {_KEPT}) "  # noqa: S608 - names of columns
        f"SELECT refresh_id, 'stock_daily', symbol, 3, {_KEPT} FROM refresh_kept"
    )
    op.execute("DROP TABLE refresh_kept")
    with op.batch_alter_table("refresh_schedule") as batch_op:
        batch_op.add_column(sa.Column("night_at", sa.String(length=5), nullable=False, server_default="02:30"))
        batch_op.add_column(
            sa.Column("indices", sa.JSON(none_as_null=True), nullable=False, server_default=json.dumps(_INDICES))
        )
    with op.batch_alter_table("refresh_schedule") as batch_op:
        batch_op.alter_column("night_at", server_default=None)
        batch_op.alter_column("indices", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("refresh_schedule") as batch_op:
        batch_op.drop_column("indices")
        batch_op.drop_column("night_at")
    op.execute("CREATE TABLE refresh_kept AS SELECT * FROM refresh_items WHERE dataset = 'stock_daily'")
    op.drop_table("refresh_items")
    op.execute("UPDATE refreshes SET due = NULL WHERE part = 'night'")
    with op.batch_alter_table("refreshes") as batch_op:
        batch_op.drop_constraint("uq_refreshes_part", type_="unique")
        batch_op.create_unique_constraint("uq_refreshes_due", ["due"])
        batch_op.add_column(sa.Column("symbols", sa.JSON(none_as_null=True), nullable=True))
        batch_op.drop_column("missing")
        batch_op.drop_column("asked")
        batch_op.drop_column("part")
    _create("refresh_symbols", None, "symbol")
    op.execute(
        f"INSERT INTO refresh_symbols (refresh_id, symbol, {_KEPT}) "  # noqa: S608 - names of columns
        f"SELECT refresh_id, key, {_KEPT} FROM refresh_kept"
    )
    op.execute("DROP TABLE refresh_kept")


def _create(table: str, dataset: "sa.Column | None", key: str) -> None:
    columns = [sa.Column("refresh_id", sa.String(length=26), nullable=False)]
    if dataset is not None:
        columns.append(dataset)
    columns.append(sa.Column(key, sa.String(length=32), nullable=False))
    if dataset is not None:
        columns.append(sa.Column("place", sa.Integer(), nullable=False))
    keys = ["refresh_id", *(["dataset"] if dataset is not None else []), key]
    op.create_table(
        table,
        *columns,
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
            ["refresh_id"], ["refreshes.id"], name=op.f(f"fk_{table}_refresh_id_refreshes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_refresh_id_state", table, ["refresh_id", "state"])
    if dataset is not None:
        op.create_index(f"ix_{table}_dataset_key_at", table, ["dataset", key, "at"])
    else:
        op.create_index(f"ix_{table}_symbol_at", table, [key, "at"])
