"""The daily tidying."""

from __future__ import annotations

import pytest

from quantdesk.kit.context import Context
from quantdesk_worker import housekeeping


async def test_every_part_runs_though_one_fails(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    async def good(_context: Context) -> int:
        ran.append("good")
        return 1

    async def bad(_context: Context) -> int:
        raise RuntimeError("no")

    monkeypatch.setattr(housekeeping, "PARTS", {"a": good, "b": bad, "c": good})
    await housekeeping.keep_house(context)
    assert ran == ["good", "good"]


async def test_the_parts_of_all_slices_run_on_an_empty_database(context: Context) -> None:
    for part in housekeeping.PARTS.values():
        await part(context)
