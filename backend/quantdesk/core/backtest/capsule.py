"""The reproducibility capsule: what determines a run's numbers, and the comparison of a run with its repetition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.result import BacktestResult, Capsule
from quantdesk.core.rules.book import rulebook

HASHED = ("series", "orders", "fills", "rejections", "actions")
"""Fields of the result that `result_sha256` covers, in this order. All else is derived from them and the inputs."""

Part = Literal["code", "data", "rules", "versions", "seed", "spec"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CapsuleChange(_Part):
    """Something that determines a run and is not what it was."""

    part: Part
    name: str
    """The library, or the field of the spec; else the part."""
    before: str
    after: str


class FirstDifference(_Part):
    """Where two runs part: the first differing value of a table."""

    table: str
    """One of HASHED."""
    row: int
    """0-based; for `series` the number of the day."""
    field: str
    """Column, or `rows` where the tables differ in length."""
    before: str
    after: str


class Comparison(_Part):
    """A stored run against its repetition."""

    identical: bool
    """Byte for byte: equal result_sha256."""
    before_sha256: str
    after_sha256: str
    damaged: bool
    """The stored report's content does not give the digest in its own capsule: it was changed after the run."""
    changed: list[CapsuleChange]
    """What was not the same; empty with different results means that the strategy is not deterministic."""
    differences: list[FirstDifference]
    """The first of each table."""


def result_sha256(result: BacktestResult) -> str:
    """Digest what the run did: series, orders, fills, rejections and actions.

    Canonical JSON: compact, fields in the schema's order, decimals as strings, floats in their shortest exact form.
    """
    text = result.model_dump_json(include=set(HASHED))
    return hashlib.sha256(text.encode()).hexdigest()


def capsule_of(result: BacktestResult, *, seed: int = 0) -> Capsule:
    """Make the capsule of a finished result: its engine's digests, the rulebook's version, and what it did."""
    return Capsule(
        code_sha256=result.code_sha256,
        data_sha256=result.data_sha256,
        rules_version=rulebook().version,
        versions=result.versions,
        seed=seed,
        result_sha256=result_sha256(result),
    )


def compare(before: BacktestResult, after: BacktestResult) -> Comparison:
    """Say whether a repetition gave the same bytes, and if not what was different: inputs first, then numbers."""
    first, second = result_sha256(before), result_sha256(after)
    return Comparison(
        identical=first == second,
        before_sha256=first,
        after_sha256=second,
        damaged=before.capsule is not None and before.capsule.result_sha256 != first,
        changed=list(_changes(before, after)),
        differences=[] if first == second else list(_differences(before, after)),
    )


def _changes(before: BacktestResult, after: BacktestResult) -> Iterable[CapsuleChange]:
    old, new = before.capsule, after.capsule
    pairs: list[tuple[Part, object, object]] = [("code", before.code_sha256, after.code_sha256)]
    if old is None or new is None:
        pairs.append(("data", before.data_sha256, after.data_sha256))
    else:
        pairs += [
            ("data", old.data_sha256, new.data_sha256),
            ("rules", old.rules_version, new.rules_version),
            ("seed", old.seed, new.seed),
        ]
    for part, was, is_now in pairs:
        if was != is_now:
            yield CapsuleChange(part=part, name=part, before=str(was), after=str(is_now))
    yield from _mapping_changes("versions", before.versions, after.versions)
    yield from _mapping_changes("spec", before.spec.model_dump(mode="json"), after.spec.model_dump(mode="json"))


def _mapping_changes(part: Part, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[CapsuleChange]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield CapsuleChange(
                part=part, name=name, before=str(before.get(name, "none")), after=str(after.get(name, "none"))
            )


def _differences(before: BacktestResult, after: BacktestResult) -> Iterable[FirstDifference]:
    for table in HASHED:
        old, new = _rows(before, table), _rows(after, table)
        found = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
        if found is not None:
            field = next(name for name in old[found] if old[found][name] != new[found].get(name))
            yield FirstDifference(
                table=table, row=found, field=field, before=str(old[found][field]), after=str(new[found].get(field))
            )
        elif len(old) != len(new):
            yield FirstDifference(
                table=table, row=min(len(old), len(new)), field="rows", before=str(len(old)), after=str(len(new))
            )


def _rows(result: BacktestResult, table: str) -> Sequence[Mapping[str, Any]]:
    if table == "series":
        columns = {name: values for name, values in result.series.model_dump().items() if values is not None}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [row.model_dump(mode="json") for row in getattr(result, table)]
