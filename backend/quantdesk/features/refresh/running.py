"""A refresh at work: item by item, each outcome kept at once, so that a kill loses one fetch at most."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

from quantdesk.features.refresh.fetching import FetchBars, Log, fetch_item
from quantdesk.features.refresh.ledgers import MAX_ATTEMPTS, Ledger, Turn
from quantdesk.features.refresh.schemas import Stopped
from quantdesk.features.sources import service as sources
from quantdesk.kit.context import Context
from quantdesk.kit.errors import AppError
from quantdesk.ports.errors import SourceError, SourceKind, StoreCorrupt

STOPS_AT_ONCE: dict[SourceKind, dt.timedelta] = {
    "banned": dt.timedelta(hours=1),
    "rate_limited": dt.timedelta(minutes=10),
    "resting": dt.timedelta(minutes=10),
    "ceiling": dt.timedelta(hours=6),
}
"""Errors of a host that asking for the next item would only make worse; and the pause where the host names none."""
STOPS_IN_A_ROW: dict[SourceKind, dt.timedelta] = {
    "unreachable": dt.timedelta(minutes=10),
    "timeout": dt.timedelta(minutes=10),
}
ROW = 3
"""So many items in a row with an error of the way, and the way is taken to be closed."""
PROBES = 5
"""So many symbols without a newer day, and the supposed trading day was none, or is not published yet."""

Progress = Callable[[int, int, str | None], None]
"""Told the items done, their number, and the present one."""


async def carry_out(
    context: Context, ledger: Ledger, fetch_bars: FetchBars, on_progress: Progress, on_log: Log
) -> Stopped | None:
    """Fetch what the ledger has pending; give why it stopped early, if it did.

    A dataset whose sources refuse us or cannot be reached waits, and the others go on; what is wrong with one item
    keeps nothing else from being fetched.
    """
    done, total = await ledger.begin()
    waits: dict[str, SourceError] = {}
    failures: Counter[str] = Counter()
    probes: Counter[str] = Counter()
    proved: set[str] = set()
    stored: list[str] = []
    while (turn := await ledger.next(waits)) is not None:
        on_progress(done, total, turn.key if turn.key != "cn" else turn.dataset)
        dataset = turn.dataset
        try:
            got = await fetch_item(context, turn, fetch_bars, on_log)
        except (SourceError, StoreCorrupt, AppError) as error:
            kind = _kind(error)
            of_host = kind in STOPS_AT_ONCE or kind in STOPS_IN_A_ROW
            failures[dataset] = failures[dataset] + 1 if of_host else 0
            stops = failures[dataset] >= (_patience(context, turn) if kind in STOPS_AT_ONCE else ROW)
            again = stops or (of_host and turn.attempts < MAX_ATTEMPTS)
            await ledger.failed(turn, kind, str(error), again=again)
            if stops and isinstance(error, SourceError):
                waits[dataset] = error
                on_log(f"{dataset} waits: {error}")
            done += not again
            continue
        failures[dataset] = 0
        await ledger.answered(turn, got)
        done += 1
        if dataset.endswith("_daily") and (got.inserted or got.updated):
            stored.append(turn.key)
        if turn.reason == "behind" and turn.last is not None and turn.last == ledger.newest and dataset not in proved:
            if got.last is None or got.last > turn.last:
                proved.add(dataset)
            probes[dataset] += 1
            if probes[dataset] == PROBES and dataset not in proved:
                skipped = await ledger.skip_behind(dataset)
                done += skipped
                on_log(f"the sources have no day after {turn.last}: {skipped} symbols need not be asked for")
    if waits:
        stopped = _stopped(waits)
        await ledger.stop(stopped, min(pause_after(error) for error in waits.values()))
        return stopped
    await sources.cross_check_sample(context, stored, on_log)
    await ledger.end()
    on_progress(total, total, None)
    return None


def pause_after(error: SourceError) -> dt.timedelta:
    """Give how long to leave the sources alone."""
    if error.retry_after:
        return dt.timedelta(seconds=error.retry_after)
    return (STOPS_AT_ONCE | STOPS_IN_A_ROW)[error.kind]


def _kind(error: SourceError | StoreCorrupt | AppError) -> str:
    match error:
        case SourceError():
            return error.kind
        case AppError():
            return error.code
        case _:
            return "store_corrupt"


def _patience(context: Context, turn: Turn) -> int:
    """Of several sources the first one's error is told, and the others may do for the next item."""
    return 1 if len(sources.chain(context, turn.dataset)) == 1 else 2


def _stopped(waits: dict[str, SourceError]) -> Stopped:
    """Tell the first dataset's reason, and which datasets wait."""
    error = next(iter(waits.values()))
    return Stopped(source=error.source, kind=error.kind, message=str(error)[:500], datasets=list(waits))
