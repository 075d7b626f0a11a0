"""How many requests a refresh needs of each source, and what of it the day's ceilings leave for tomorrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a source may be asked today."""

    ceiling: int
    """Requests a day to its hosts."""
    left: int


@dataclass(frozen=True, slots=True)
class Need:
    """What is to be asked for of one dataset."""

    dataset: str
    items: int
    each: int
    """Requests an item."""
    sources: Sequence[str]
    """In the order in which they are asked; one at least."""
    rolling: bool = False
    """Its items take turns over the nights: it never takes the half of a day's ceiling that the bars may need."""


@dataclass(frozen=True, slots=True)
class Allotment:
    """What of a need is for today."""

    items: int
    requests: dict[str, int] = field(default_factory=dict)
    """By source, for these items."""


def allot(needs: Iterable[Need], allowances: Mapping[str, Allowance]) -> dict[str, Allotment]:
    """Give by dataset what can be had today. A source without an allowance has no ceiling.

    What does not take turns comes first, in its order, and falls to the next source at a ceiling. What is left of
    the first source's ceiling, but for the last half of the day's, is shared by those that take turns: none gets
    less than an equal part while another gets more.
    """
    left = {name: allowance.left for name, allowance in allowances.items()}
    found: dict[str, Allotment] = {}
    listed = list(needs)
    for need in listed:
        if not need.rolling:
            found[need.dataset] = _spread(need, left)
    by_source: dict[str, list[Need]] = {}
    for need in listed:
        if need.rolling:
            by_source.setdefault(need.sources[0], []).append(need)
    for source, rolling in by_source.items():
        share: int | None = None
        if source in allowances:
            share = max(0, left[source] - allowances[source].ceiling // 2)
        rolling.sort(key=lambda need: need.items * need.each)
        for place, need in enumerate(rolling):
            items = need.items
            if share is not None:
                items = min(items, share // (len(rolling) - place) // need.each)
                share -= items * need.each
            found[need.dataset] = Allotment(items, {source: items * need.each} if items else {})
    return found


def _spread(need: Need, left: dict[str, int]) -> Allotment:
    wanted = need.items
    requests: dict[str, int] = {}
    for source in need.sources:
        items = wanted if source not in left else min(wanted, max(0, left[source]) // need.each)
        if items:
            requests[source] = items * need.each
            wanted -= items
            if source in left:
                left[source] -= items * need.each
    return Allotment(need.items - wanted, requests)
