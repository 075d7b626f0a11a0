"""What the requests of a plan cost each source, held against the day's ceilings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from quantdesk.core.refresh.budget import Allotment, Allowance, Need, allot
from quantdesk.core.refresh.datasets import TABLES
from quantdesk.features.refresh.schemas import SourceBudget
from quantdesk.features.sources import service as sources
from quantdesk.kit.context import Context
from quantdesk.ports.data_source import HostHealth
from quantdesk.ports.datasets import Dataset

_WITH_FACTORS: Dataset = "stock_daily"
"""A share's bars are completed by its factors, another request; see sources.with_preclose."""
_FACTORS: Dataset = "factors"


@dataclass(frozen=True, slots=True)
class DatasetNeed:
    dataset: Dataset
    items: int
    fetches: int
    sources: tuple[str, ...]
    """In the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class DatasetSpending:
    need: DatasetNeed
    requests: int
    later: int
    """Items that wait for tomorrow."""

    @property
    def fetches(self) -> int:
        return self.need.fetches


@dataclass(frozen=True, slots=True)
class Spending:
    datasets: dict[Dataset, DatasetSpending] = field(default_factory=dict)
    """In the order of fetching."""
    budgets: dict[str, SourceBudget] = field(default_factory=dict)
    """By source, of those with hosts."""


def spend(context: Context, needs: Sequence[DatasetNeed]) -> Spending:
    """Share the requests among the sources. Blocking: it looks up the hosts' counts."""
    factors = tuple(sources.chain(context, _FACTORS))
    wanted: list[Need] = []
    for need in needs:
        if not need.sources:
            continue
        kept = TABLES.get(need.dataset)
        each, rolling = (kept.requests, kept.rolling) if kept else (1, False)
        wanted.append(Need(need.dataset, need.fetches, each, need.sources, rolling))
        if need.dataset == _WITH_FACTORS and factors:
            wanted.append(Need(_FACTORS, need.fetches, 1, factors))
    hosts = {name: context.sources[name].health() for name in {one for need in wanted for one in need.sources}}
    allotted = allot(wanted, {name: _allowance(found) for name, found in hosts.items() if found})
    datasets = {
        need.dataset: DatasetSpending(
            need,
            sum(_requests(allotted, need.dataset).values()),
            need.fetches - allotted[need.dataset].items,
        )
        for need in needs
        if need.sources
    }
    needed: Counter[str] = Counter()
    for allotment in allotted.values():
        needed.update(allotment.requests)
    budgets = {
        name: SourceBudget(
            source=name,
            hosts=[host.host for host in found],
            used=max(host.requests_today for host in found),
            ceiling=min(host.ceiling for host in found),
            needed=needed[name],
        )
        for name, found in hosts.items()
        if found
    }
    return Spending(datasets, {name: budgets[name] for name in context.sources if name in budgets})


def _requests(allotted: dict[str, Allotment], dataset: Dataset) -> Counter[str]:
    names = (dataset, _FACTORS) if dataset == _WITH_FACTORS else (dataset,)
    total: Counter[str] = Counter()
    for name in names:
        total.update(allotted[name].requests if name in allotted else {})
    return total


def _allowance(hosts: Collection[HostHealth]) -> Allowance:
    """Which of its hosts a source asks is its own affair: the one that had the most counts."""
    return Allowance(
        min(host.ceiling for host in hosts), min(max(0, host.ceiling - host.requests_today) for host in hosts)
    )
