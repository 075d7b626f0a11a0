"""Reports on the data's quality: started as a job, read by dataset and symbol; coverage by month."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np

from quantdesk.core.bars.frame import Interval
from quantdesk.core.instruments.symbol import SymbolError, is_simulated, kind_of
from quantdesk.core.quality.checks import SymbolReport
from quantdesk.core.quality.collect import MOST_OF_A_KIND, runs
from quantdesk.core.quality.coverage import month_shares, months_between
from quantdesk.core.quality.finding import KINDS, TABLE, Kind
from quantdesk.core.quality.score import Tally
from quantdesk.features.jobs import service as jobs
from quantdesk.features.jobs.schemas import TERMINAL, Job
from quantdesk.features.market import service as market
from quantdesk.features.quality import repository
from quantdesk.features.quality.checking import Checker, Facts, due_days, one
from quantdesk.features.quality.errors import BarsNotThere, QualityReportNotFound
from quantdesk.features.quality.repairs import bar_row, quarantined
from quantdesk.features.quality.schemas import (
    BarRows,
    CoverageMonths,
    Dataset,
    DatasetName,
    Gap,
    KindCount,
    QualityOverview,
    QualityReport,
    QuarantinedBar,
    SymbolFindings,
    SymbolGaps,
    SymbolOrder,
    SymbolQuality,
    ToldFinding,
)
from quantdesk.features.quality.tables import QualityReportRow, QualitySymbolRow
from quantdesk.kit import clock
from quantdesk.kit.context import Context
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.bar_store import BarStore, Coverage

HISTORY = 20
_FIRST_MONTH = "1990-12"


async def start(uow: UnitOfWork, context: Context, principal: Principal) -> str:
    """Queue a check of all that is stored; give the job's id."""
    report_id = new_id()
    job = await jobs.create(
        uow,
        context,
        owner_id=principal.user_id,
        kind="quality",
        title="检查数据质量",
        queue="data",
        payload={},
        subject_id=report_id,
    )
    uow.session.add(
        QualityReportRow(
            id=report_id, owner_id=principal.user_id, job_id=job.id, created_at=clock.utcnow(), datasets=[]
        )
    )
    await uow.session.flush()
    return job.id


async def finish(
    uow: UnitOfWork, report_id: str, datasets: Sequence[dict[str, Any]], symbols: Sequence[dict[str, Any]]
) -> None:
    """Write what a check found, in the transaction that ends its job."""
    row = await uow.session.get_one(QualityReportRow, report_id)
    row.finished_at = clock.utcnow()
    row.datasets = list(datasets)
    days = ("first", "last")
    await repository.put_symbols(
        uow.session,
        report_id,
        [{**one, **{name: one[name] and dt.date.fromisoformat(one[name]) for name in days}} for one in symbols],
    )
    await repository.forget_old(uow.session, HISTORY)


async def overview(uow: UnitOfWork) -> QualityOverview:
    """Give the newest report, the check that is under way, and the reports before."""
    done = await repository.finished(uow.session, HISTORY)
    newest = await repository.newest(uow.session)
    rows = [*done, *([newest] if newest is not None else [])]
    by_id = await jobs.get_many(uow, list({row.job_id for row in rows}))
    reports = [_report(row, by_id[row.job_id]) for row in done]
    job = by_id[newest.job_id] if newest is not None else None
    running = job if job is not None and job.state not in TERMINAL else None
    return QualityOverview(latest=reports[0] if reports else None, running=running, history=reports)


async def list_symbols(
    uow: UnitOfWork,
    context: Context,
    *,
    dataset: DatasetName | None,
    kind: Kind | None,
    query: str,
    order: SymbolOrder,
    cursor: str | None,
    limit: int,
) -> Page[SymbolQuality]:
    """Give the symbols of the newest report, the worst first or by symbol. Raise QualityReportNotFound."""
    done = await repository.finished(uow.session, 1)
    if not done:
        raise QualityReportNotFound
    chosen = None
    if query.strip():
        hits = await market.search(uow, context, query, stored=True, limit=500)
        chosen = [hit.symbol for hit in hits] or [query.strip().upper()]
    after = cast(tuple[int, str, str], decode_cursor(cursor, int, str, str)) if cursor else None
    found = await repository.page_symbols(
        uow.session,
        done[0].id,
        dataset=dataset,
        kind=kind,
        symbols=chosen,
        by_symbol=order == "symbol",
        after=after,
        limit=limit + 1,
    )
    shown = found[:limit]
    names = await market.names(uow, {row.symbol for row in shown})
    return Page(
        items=[_symbol(row, names.get(row.symbol)) for row in shown],
        next_cursor=encode_cursor(shown[-1].score, shown[-1].symbol, shown[-1].interval)
        if len(found) > limit
        else None,
    )


async def findings(uow: UnitOfWork, context: Context, text: str, interval: Interval) -> SymbolFindings:
    """Check a symbol as it is stored now. Raise BadSymbol, BarsNotThere."""
    symbol = market.canonical(text)
    checker = await one(uow, context, symbol)
    found = await asyncio.to_thread(checker.check, symbol, interval)
    if found is None:
        raise BarsNotThere(f"no bars of {symbol} ({interval}) are stored", symbol=symbol)
    dataset, report = found
    names = await market.names(uow, [symbol])
    return SymbolFindings(
        quality=SymbolQuality(
            symbol=symbol,
            name=names.get(symbol),
            interval=interval,
            dataset=dataset,
            score=report.tally.score,
            bars=report.tally.rows,
            missing=report.tally.missing,
            errors=report.tally.errors,
            warnings=report.tally.warnings,
            first=report.first,
            last=report.last,
            counts=_counts(report.counts),
        ),
        findings=[
            ToldFinding(
                date=item.date,
                at=item.at,
                kind=item.kind,
                severity=item.severity,
                field=item.field,
                value=item.value,
                expected=item.expected,
                count=item.count,
                name_zh=TABLE[item.kind].zh,
                name_en=TABLE[item.kind].en,
                zh=item.zh,
                en=item.en,
            )
            for item in report.findings
        ],
        truncated=any(count > MOST_OF_A_KIND for count in report.counts.values()),
        quarantined=await quarantined(context, symbol),
    )


async def rows_around(context: Context, text: str, interval: Interval, day: dt.date, around: int) -> BarRows:
    """Give the stored bars before and after a day, and those of it. Raise BadSymbol, BarsNotThere."""
    symbol = market.canonical(text)
    bars = await asyncio.to_thread(context.bars.read, symbol, interval)
    if bars is None:
        raise BarsNotThere(f"no bars of {symbol} ({interval}) are stored", symbol=symbol)
    first = int(np.searchsorted(bars.time, np.datetime64(day)))
    last = int(np.searchsorted(bars.time, np.datetime64(day) + np.timedelta64(1, "D")))
    cut = bars.take(slice(max(first - around, 0), min(last, first + 300) + around))
    return BarRows(symbol=symbol, interval=interval, rows=[bar_row(cut, row) for row in range(len(cut))])


async def in_quarantine(context: Context, text: str | None) -> list[QuarantinedBar]:
    """Give the bars in quarantine, of one symbol or of all. Raise BadSymbol."""
    return await quarantined(context, market.canonical(text) if text else None)


async def coverage_months(
    uow: UnitOfWork, context: Context, *, dataset: DatasetName | None, query: str, cursor: str | None, limit: int
) -> CoverageMonths:
    """Give the share of trading days with a bar by month, of a page of symbols."""
    stored = await asyncio.to_thread(context.bars.list_coverage, "1d")
    chosen = [item for item in stored if dataset is None or _dataset(item.symbol) == dataset]
    if query.strip():
        hits = {hit.symbol for hit in await market.search(uow, context, query, stored=True, limit=500)}
        chosen = [item for item in chosen if item.symbol in hits or query.strip().upper() in item.symbol]
    if cursor:
        after = cast(str, decode_cursor(cursor, str)[0])
        chosen = [item for item in chosen if item.symbol > after]
    shown = chosen[:limit]
    checker = Checker(context.bars, Facts({}, {}), clock.today())
    months, shares = await asyncio.to_thread(_shares, context.bars, checker, shown)
    names = await market.names(uow, [item.symbol for item in shown])
    return CoverageMonths(
        months=months,
        symbols=[item.symbol for item in shown],
        names=[names.get(item.symbol) for item in shown],
        shares=shares,
        next_cursor=encode_cursor(shown[-1].symbol) if len(chosen) > limit else None,
    )


async def gaps(context: Context, text: str) -> SymbolGaps:
    """Give the trading days without a daily bar, as runs. Raise BadSymbol, BarsNotThere."""
    symbol = market.canonical(text)
    checker = Checker(context.bars, Facts({}, {}), clock.today())
    return await asyncio.to_thread(_gaps, context.bars, checker, symbol)


def stored_rows(found: Iterable[tuple[DatasetName, SymbolReport]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give (datasets, symbols) of a check as JSON, for `finish`."""
    symbols: list[dict[str, Any]] = []
    tallies: dict[tuple[DatasetName, Interval], Tally] = {}
    counts: dict[tuple[DatasetName, Interval], Counter[Kind]] = {}
    spans: dict[tuple[DatasetName, Interval], list[dt.date]] = {}
    numbers: Counter[tuple[DatasetName, Interval]] = Counter()
    for dataset, report in found:
        key = dataset, report.interval
        numbers[key] += 1
        tallies[key] = tallies.get(key, Tally()) + report.tally
        counts.setdefault(key, Counter()).update(report.counts)
        spans.setdefault(key, []).extend(day for day in (report.first, report.last) if day is not None)
        symbols.append(
            {
                "symbol": report.symbol,
                "interval": report.interval,
                "dataset": dataset,
                "score": round(report.tally.score * 10),
                "bars": report.tally.rows,
                "missing": report.tally.missing,
                "errors": report.tally.errors,
                "warnings": report.tally.warnings,
                "first": report.first.isoformat() if report.first else None,
                "last": report.last.isoformat() if report.last else None,
                "counts": dict(report.counts),
                "kinds": "".join(f"|{kind}" for kind in sorted(report.counts)) + "|",
            }
        )
    datasets = [
        Dataset(
            dataset=name,
            interval=interval,
            symbols=numbers[name, interval],
            rows=tally.rows,
            missing=tally.missing,
            errors=tally.errors,
            warnings=tally.warnings,
            score=tally.score,
            first=min(spans[name, interval], default=None),
            last=max(spans[name, interval], default=None),
            counts=_counts(counts[name, interval]),
        ).model_dump(mode="json")
        for (name, interval), tally in sorted(tallies.items())
    ]
    return datasets, symbols


def _shares(store: BarStore, checker: Checker, shown: Sequence[Coverage]) -> tuple[list[str], list[list[float | None]]]:
    if not shown:
        return [], []
    first = max(min(item.first for item in shown), dt.date.fromisoformat(f"{_FIRST_MONTH}-01"))
    months = months_between(first, max(item.last for item in shown))
    shares = []
    for item in shown:
        bars = store.read(item.symbol, "1d")
        days = np.array([], dtype="datetime64[D]") if bars is None else bars.time
        due = _due(checker, item)
        row = np.round(month_shares(days, due, months), 4)
        shares.append([None if np.isnan(value) else value for value in row.tolist()])
    return [str(month) for month in months], shares


def _due(checker: Checker, item: Coverage) -> np.ndarray:
    calendar = checker.market(simulated=is_simulated(item.symbol)).calendar
    return due_days(calendar, item, coin=_dataset(item.symbol) == "crypto")


def _gaps(store: BarStore, checker: Checker, symbol: str) -> SymbolGaps:
    coverage, bars = store.coverage(symbol, "1d"), store.read(symbol, "1d")
    if coverage is None or bars is None:
        raise BarsNotThere(f"no daily bars of {symbol} are stored", symbol=symbol)
    due = _due(checker, coverage)
    absent = ~np.isin(due, bars.time)
    return SymbolGaps(
        symbol=symbol,
        first=coverage.first,
        last=coverage.last,
        due=len(due),
        have=int(len(due) - absent.sum()),
        gaps=[
            Gap(first=due[at].item(), last=due[at + length - 1].item(), days=length)
            for at, length in runs(np.flatnonzero(absent))
        ],
    )


def _dataset(symbol: str) -> DatasetName | None:
    if is_simulated(symbol):
        return "demo"
    try:
        return kind_of(symbol)
    except SymbolError:
        return None


def _report(row: QualityReportRow, job: Job) -> QualityReport:
    return QualityReport(
        id=row.id,
        job=job,
        created_at=row.created_at,
        finished_at=row.finished_at,
        datasets=[Dataset.model_validate(one) for one in row.datasets],
    )


def _symbol(row: QualitySymbolRow, name: str | None) -> SymbolQuality:
    return SymbolQuality(
        symbol=row.symbol,
        name=name,
        interval=cast(Interval, row.interval),
        dataset=cast(DatasetName, row.dataset),
        score=row.score / 10,
        bars=row.bars,
        missing=row.missing,
        errors=row.errors,
        warnings=row.warnings,
        first=row.first,
        last=row.last,
        counts=_counts(Counter(cast("dict[Kind, int]", row.counts))),
    )


def _counts(counts: Counter[Kind]) -> list[KindCount]:
    known = [(kind, count) for kind, count in counts.most_common() if kind in KINDS]
    return [
        KindCount(kind=kind, severity=TABLE[kind].severity, zh=TABLE[kind].zh, en=TABLE[kind].en, count=count)
        for kind, count in known
    ]
