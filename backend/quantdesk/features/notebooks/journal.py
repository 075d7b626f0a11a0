"""All that a document's kernel has told and that still holds, so that a page that comes back misses nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from quantdesk.features.notebooks.debug_messages import BreakpointsSet, CodeContinued, CodeStopped
from quantdesk.features.notebooks.messages import (
    CellCleared,
    CellOutput,
    CellStarted,
    CellStream,
    OutputsCleared,
    Status,
    Told,
)

KEEP_CHARS = 16_000_000
"""Of all outputs of a document; the oldest cells' go first."""
STREAM_CHARS = 8_000
"""Pieces of printed text are joined up to this length."""

_OF_NOW = Status | BreakpointsSet | CodeStopped | CodeContinued
"""What says how it is, and is no output."""


class Journal:
    def __init__(self, kept: Sequence[Told] = ()) -> None:
        self._kept: list[Told] = list(kept)
        self._chars = sum(_weight(one) for one in self._kept)
        self._lost = 0
        """The highest number of a message that was dropped though it still held."""
        self.last = max((one.number for one in self._kept), default=0)

    def add(self, told: Told) -> Told:
        """Number a message and keep it; drop what it makes void, and the oldest cells when there is too much."""
        self.last += 1
        told = told.model_copy(update={"number": self.last})
        match told:
            case OutputsCleared():
                self._drop(lambda one: not isinstance(one, _OF_NOW))
            case CellStarted(cell=cell):
                self._drop(lambda one: _cell(one) == cell)
            case CellCleared(cell=cell, wait=False):
                self._drop(lambda one: _cell(one) == cell and not isinstance(one, CellStarted | _OF_NOW))
            case CellOutput(display=str(display), update=True):
                self._drop(lambda one: isinstance(one, CellOutput) and one.update and one.display == display)
            case Status():
                self._drop(lambda one: isinstance(one, Status))
            case BreakpointsSet():
                self._drop(lambda one: isinstance(one, BreakpointsSet))
            case CodeStopped() | CodeContinued():
                self._drop(lambda one: isinstance(one, CodeStopped | CodeContinued))
        self._kept.append(told)
        self._chars += _weight(told)
        while self._chars > KEEP_CHARS and len(self._kept) > 1:
            oldest = self._kept[0]
            self._lost = max(self._lost, *(one.number for one in self._drop(partial(_together, oldest))))
        return told

    def after(self, number: int) -> tuple[bool, list[Told]]:
        """Give what was told after a number; with True it is all that there is, and begins anew."""
        if number < self._lost or number > self.last:
            return True, joined(self._kept)
        return False, joined([one for one in self._kept if one.number > number])

    def knows(self, cell: str) -> bool:
        """Say whether anything of a cell is kept."""
        return any(_cell(one) == cell for one in self._kept)

    def _drop(self, void: Callable[[Told], bool]) -> list[Told]:
        gone = [one for one in self._kept if void(one)]
        self._kept = [one for one in self._kept if not void(one)]
        self._chars -= sum(_weight(one) for one in gone)
        return gone


def joined(told: Sequence[Told]) -> list[Told]:
    """Join neighbouring pieces of printed text."""
    found: list[Told] = []
    for one in told:
        before = found[-1] if found else None
        if (
            isinstance(one, CellStream)
            and isinstance(before, CellStream)
            and (one.cell, one.name) == (before.cell, before.name)
            and len(before.text) + len(one.text) <= STREAM_CHARS
        ):
            found[-1] = one.model_copy(update={"text": before.text + one.text})
        else:
            found.append(one)
    return found


def _cell(told: Told) -> str | None:
    return getattr(told, "cell", None)


def _together(oldest: Told, one: Told) -> bool:
    return one is oldest or (_cell(oldest) is not None and _cell(one) == _cell(oldest))


def _weight(told: Told) -> int:
    match told:
        case CellStream(text=text):
            return len(text) + 100
        case CellOutput(data=data):
            return sum(len(str(value)) for value in data.values()) + 100
        case _:
            return len(getattr(told, "traceback", "")) + len(getattr(told, "code", "")) + 100
