"""A refresh at work: symbol by symbol, each outcome kept at once, so that a kill loses one fetch at most."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Protocol

from quantdesk.features.refresh.ledgers import MAX_ATTEMPTS, Ledger
from quantdesk.features.refresh.schemas import Stopped
from quantdesk.features.sources import service as sources
from quantdesk.kit.context import Context
from quantdesk.ports.bar_store import WriteReceipt
from quantdesk.ports.errors import SourceError, SourceKind, StoreCorrupt

STOPS_AT_ONCE: dict[SourceKind, dt.timedelta] = {
    "banned": dt.timedelta(hours=1),
    "rate_limited": dt.timedelta(minutes=10),
    "resting": dt.timedelta(minutes=10),
    "ceiling": dt.timedelta(hours=6),
}
"""Errors of a host that asking for the next symbol would only make worse; and the pause where the host names none."""
STOPS_IN_A_ROW: dict[SourceKind, dt.timedelta] = {
    "unreachable": dt.timedelta(minutes=10),
    "timeout": dt.timedelta(minutes=10),
}
ROW = 3
"""So many symbols in a row with an error of the way, and the way is taken to be closed."""
PROBES = 5
"""So many symbols without a newer day, and the supposed trading day was none, or is not published yet."""

Log = Callable[[str], None]
Progress = Callable[[int, int, str | None], None]
"""Told the symbols done, their number, and the present one."""


class Fetch(Protocol):
    """Fetches a symbol's bars to a day from the first source that can, and stores them. Raise SourceError."""

    def __call__(
        self, context: Context, symbol: str, on_log: Log, *, end: dt.date | None
    ) -> Awaitable[tuple[str, WriteReceipt]]: ...


async def carry_out(
    context: Context, ledger: Ledger, fetch: Fetch, on_progress: Progress, on_log: Log
) -> Stopped | None:
    """Fetch what the ledger has pending; give why it stopped early, if it did.

    Sources that refuse us or cannot be reached end the run; what is wrong with one symbol does not.
    """
    done, total = await ledger.begin()
    # Of several sources the first one's error is told, and the others may do for the next symbol.
    patience = 1 if len(sources.chain(context, "stock_daily")) == 1 else 2
    failures = probes = 0
    proved = False
    while (turn := await ledger.next()) is not None:
        on_progress(done, total, turn.symbol)
        try:
            source, receipt = await fetch(context, turn.symbol, on_log, end=turn.end)
        except (SourceError, StoreCorrupt) as error:
            kind = error.kind if isinstance(error, SourceError) else "store_corrupt"
            of_host = kind in STOPS_AT_ONCE or kind in STOPS_IN_A_ROW
            failures = failures + 1 if of_host else 0
            stops = failures >= (patience if kind in STOPS_AT_ONCE else ROW)
            again = stops or (of_host and turn.attempts < MAX_ATTEMPTS)
            await ledger.failed(turn, kind, str(error), again=again)
            if stops and isinstance(error, SourceError):
                stopped = Stopped(source=error.source, kind=error.kind, message=str(error)[:500])
                await ledger.stop(stopped, pause_after(error))
                return stopped
            done += not again
            continue
        failures = 0
        coverage = await asyncio.to_thread(context.bars.coverage, turn.symbol, "1d")
        await ledger.answered(turn, source, receipt, coverage)
        done += 1
        if turn.reason == "behind" and turn.last is not None and turn.last == ledger.newest and not proved:
            proved = coverage is None or coverage.last > turn.last
            probes += 1
            if probes == PROBES and not proved:
                skipped = await ledger.skip_behind()
                done += skipped
                on_log(f"the sources have no day after {turn.last}: {skipped} symbols need not be asked for")
    await ledger.end()
    on_progress(total, total, None)
    return None


def pause_after(error: SourceError) -> dt.timedelta:
    """Give how long to leave the sources alone."""
    if error.retry_after:
        return dt.timedelta(seconds=error.retry_after)
    return (STOPS_AT_ONCE | STOPS_IN_A_ROW)[error.kind]
