"""Read the rulebook's files and refuse rows that contradict each other."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from quantdesk.core.rules import derivative_rows as derivatives
from quantdesk.core.rules import rows

_Row = TypeVar("_Row", bound=rows.Row)
_AT_LEAST_ONE = Field(min_length=1)


class RuleDataError(ValueError):
    """The rule files are wrong. The message names the row and what to put right."""


class RuleTables(rows.Frozen):
    """All rows, by table."""

    version: int
    digest: str
    """Of the files' bytes, 16 hex digits: two results with one digest were made under the same rules."""
    sources: dict[str, rows.RuleSource]
    limit: Annotated[list[rows.LimitRow], _AT_LEAST_ONE]
    first_days: list[rows.FirstDaysRow]
    event: list[rows.EventRow]
    rounding: list[rows.RoundingRow]
    tick: Annotated[list[rows.TickRow], _AT_LEAST_ONE]
    lot: Annotated[list[rows.LotRow], _AT_LEAST_ONE]
    settlement: Annotated[list[rows.SettlementRow], _AT_LEAST_ONE]
    fund_codes: list[rows.FundCodes]
    stamp_duty: list[rows.StampDutyRow]
    transfer_fee: list[rows.TransferFeeRow]
    commission: list[rows.CommissionRow]
    handling: list[rows.HandlingRow]
    session: list[rows.SessionRow]
    dividend_tax: list[rows.DividendTaxRow]
    quote_units: dict[str, rows.RuleText]
    last_days: dict[str, rows.RuleText]
    contract: list[derivatives.ContractRow]
    margin: list[derivatives.MarginRow]
    futures_limit: list[derivatives.FuturesLimitRow]
    futures_fee: list[derivatives.FuturesFeeRow]
    futures_session: list[rows.SessionRow]
    crypto_pair: list[derivatives.CryptoPairRow]
    crypto_fee: list[derivatives.CryptoFeeRow]
    crypto_session: list[rows.SessionRow]

    @property
    def dated(self) -> list[tuple[str, list[rows.Row]]]:
        """Give (name of the table, rows) of every table whose rows are dated."""
        tables = ((name, getattr(self, name)) for name in type(self).model_fields)
        return [(name, list(table)) for name, table in tables if _is_dated(table)]

    @cached_property
    def fund_prefixes(self) -> dict[str, rows.FundCategory]:
        return {code: entry.category for entry in self.fund_codes for code in entry.codes}


def packaged() -> dict[str, bytes]:
    """Give the rule files that come with the package, by name."""
    folder = files("quantdesk.core.rules") / "data"
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.name.endswith(".toml")}


def load(texts: Mapping[str, bytes]) -> RuleTables:
    """Read rule files, given by name. Raise RuleDataError."""
    joined: dict[str, Any] = {}
    digest = sha256()
    for name in sorted(texts):
        digest.update(name.encode() + b"\0" + texts[name] + b"\0")
        try:
            content = tomllib.loads(texts[name].decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleDataError(f"{name}: {error}") from error
        for table, value in content.items():
            if table in joined:
                raise RuleDataError(f"{name}: table {table} stands in another file too; keep it in one")
            joined[table] = value
    try:
        tables = RuleTables.model_validate({**joined, "digest": digest.hexdigest()[:16]})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RuleDataError(f"{where}: {first['msg']}; the value is {first['input']!r}") from error
    _check_references(tables)
    for name, dated in tables.dated:
        _check_dates(name, dated)
    return tables


def by_key(table: list[_Row]) -> dict[str, list[_Row]]:
    """Give the rows of each key, oldest first."""
    found: dict[str, list[_Row]] = {}
    for row in sorted(table, key=lambda row: row.since):
        for key in row.keys():  # noqa: SIM118 - a method of the row, not a mapping's
            found.setdefault(key, []).append(row)
    return found


def _is_dated(table: object) -> bool:
    return isinstance(table, list) and bool(table) and isinstance(table[0], rows.Row)


def _check_references(tables: RuleTables) -> None:
    seen: set[str] = set()
    for name, table in tables.dated:
        for row in table:
            if row.id in seen:
                raise RuleDataError(f"{name}: id {row.id} is used twice; ids are unique over all tables")
            seen.add(row.id)
            if row.source not in tables.sources:
                raise RuleDataError(f"{row.id}: source {row.source} is not in sources.toml; add it there")
    for contract in tables.contract:
        if contract.unit not in tables.quote_units:
            raise RuleDataError(f"{contract.id}: unit {contract.unit} is not among quote_units; add it there")
        if contract.last_day not in tables.last_days:
            raise RuleDataError(f"{contract.id}: last_day {contract.last_day} is not among last_days; add it there")
    products = {product for contract in tables.contract for product in contract.products}
    for rate in (*tables.margin, *tables.futures_limit, *tables.futures_fee):
        for product in rate.products:
            if product not in products:
                raise RuleDataError(f"{rate.id}: product {product} has no contract row; add it or correct the product")
    codes = [code for entry in tables.fund_codes for code in entry.codes]
    for code in codes:
        if codes.count(code) > 1:
            raise RuleDataError(f"fund_codes: {code} is listed twice; a code has one category")


def _check_dates(name: str, table: list[rows.Row]) -> None:
    for row in table:
        if row.until is not None and row.until < row.since:
            raise RuleDataError(f"{row.id}: until {row.until} is before since {row.since}")
    for key, dated in by_key(table).items():
        for before, after in pairwise(dated):
            if before.until is None or before.until >= after.since:
                raise RuleDataError(
                    f"{name} of {key}: {before.id} overlaps {after.id}, which begins on {after.since}; "
                    f"end {before.id} the day before"
                )
            if before.until + dt.timedelta(days=1) != after.since:
                raise RuleDataError(
                    f"{name} of {key}: nothing holds between {before.id} (until {before.until}) "
                    f"and {after.id} (since {after.since}); close the gap"
                )
