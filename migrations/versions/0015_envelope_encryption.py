"""Data keys and rotations; labels and drafts of strategies; no line of code in what jobs and checks keep."""

import json

import sqlalchemy as sa
from alembic import op

import quantdesk.kit.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_UTC = quantdesk.kit.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("master_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("replaced_at", _UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
    )
    op.create_index(op.f("ix_data_keys_master_version"), "data_keys", ["master_version"])
    in_use = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_data_keys_in_use", "data_keys", ["owner_id"], unique=True, sqlite_where=in_use, postgresql_where=in_use
    )
    op.create_table(
        "key_rotations",
        sa.Column("master_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", _UTC, nullable=False),
        sa.Column("finished_at", _UTC, nullable=True),
        sa.PrimaryKeyConstraint("master_version", name=op.f("pk_key_rotations")),
    )
    op.create_table(
        "strategy_drafts",
        sa.Column("strategy_id", sa.String(length=26), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=26), nullable=False),
        sa.Column("updated_at", _UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"],
            ["strategies.id"],
            name=op.f("fk_strategy_drafts_strategy_id_strategies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("strategy_id", name=op.f("pk_strategy_drafts")),
    )
    op.add_column("strategies", sa.Column("purged_at", _UTC, nullable=True))
    op.add_column("strategy_versions", sa.Column("label", sa.String(length=60), nullable=True))
    op.add_column("strategy_versions", sa.Column("data_key_id", sa.String(length=26), nullable=True))
    op.create_index(op.f("ix_strategy_versions_data_key_id"), "strategy_versions", ["data_key_id"])
    _forget_lines()


def _forget_lines() -> None:
    """Take lines of code out of errors and hints: the page reads them from the version again."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA secure_delete = ON")
    for table, key, column in (
        ("jobs", ("id",), "error"),
        ("optimisation_trials", ("optimisation_id", "number"), "error"),
        ("lookahead_checks", ("id",), "result"),
    ):
        read = sa.table(table, *(sa.column(name) for name in key), sa.column(column, sa.JSON()))
        kept = sa.cast(read.c[column], sa.Text())
        found = sa.select(read).where(sa.or_(kept.contains('"source'), kept.contains('"traceback"')))
        for row in bind.execute(found).mappings().all():
            place = sa.and_(*(read.c[name] == row[name] for name in key))
            bind.execute(sa.update(read).where(place).values({column: _without_lines(row[column])}))


def _without_lines(value: object) -> object:
    if isinstance(value, list):
        return [_without_lines(item) for item in value]
    if not isinstance(value, dict):
        return json.loads(json.dumps(value))
    cleaned = {name: _without_lines(item) for name, item in value.items()}
    if "source_line" in cleaned:
        cleaned["source_line"] = None
        frames = cleaned.get("traceback") or []
        cleaned["traceback"] = [
            frame.split(": ", 1)[0] if isinstance(frame, str) and frame.startswith("line ") else frame
            for frame in frames
        ]
    if "source" in cleaned and "words" in cleaned and "line" in cleaned:
        cleaned["source"] = ""
    return cleaned


def downgrade() -> None:
    op.drop_index(op.f("ix_strategy_versions_data_key_id"), "strategy_versions")
    op.drop_column("strategy_versions", "data_key_id")
    op.drop_column("strategy_versions", "label")
    op.drop_column("strategies", "purged_at")
    op.drop_table("strategy_drafts")
    op.drop_table("key_rotations")
    op.drop_table("data_keys")
