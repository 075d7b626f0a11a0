"""Search in the code of all one's strategies. Code is sealed, so each is opened in memory and read line by line.

The text is looked for as it is, or as a whole word: an expression of one's own could run for hours.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from quantdesk.core.strategies.project import MAIN, Project
from quantdesk.features.strategies import coding, repository
from quantdesk.features.strategies.schemas import CodeMatch, CodeMatches
from quantdesk.features.strategies.service import instant
from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow
from quantdesk.kit.context import Context
from quantdesk.kit.crypto import Tampered
from quantdesk.kit.pagination import decode_cursor, encode_cursor
from quantdesk.kit.uow import UnitOfWork

MOST = 200
"""Matching lines of one answer."""
SECONDS = 2.0
"""After so long an answer gives what it has, and where to go on."""
_AT_ONCE = 20
_LINE = re.compile(r"\r\n|\r|\n")
_SHOWN = 300
_BEFORE = 60
"""Characters shown of a long line, and how many of them before the first match."""
_MOST_COLUMNS = 50
_ALL = 2**31
"""Past the last line of any code."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    text: str
    case: bool
    word: bool

    def places(self, line: str) -> Iterator[tuple[int, int]]:
        """Give where matches begin and end."""
        line = line if self.case else _folded(line)
        at = line.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            whole = not self.word or not (_of_word(line, at - 1) or _of_word(line, end))
            if whole:
                yield at, end
            at = line.find(self.text, end if whole else at + 1)


async def search(
    uow: UnitOfWork,
    context: Context,
    owner_id: str,
    query: str,
    *,
    case: bool,
    word: bool,
    cursor: str | None,
    limit: int,
) -> CodeMatches:
    """Give the matching lines of the newest versions, last changed strategy first. Raise KeyUnavailable."""
    until = time.monotonic() + SECONDS
    wanted = _Wanted(query if case else _folded(query), case, word)
    start, after = _place(cursor)
    found, searched = CodeMatches(items=[]), False
    while rows := await repository.newest(uow.session, owner_id, start, _AT_ONCE):
        for row, version in rows:
            # A strategy that was saved meanwhile is not the one that the cursor stands in: it went to the front.
            skipped = after if start == (row.updated_at, row.id) else 0
            if searched and time.monotonic() > until:
                found.next_cursor = _cursor(row, skipped)
                return found
            searched = True
            try:
                project = await coding.read(uow, context, owner_id, version)
            except Tampered:
                found.unreadable.append(row.name)
                continue
            room = limit - len(found.items)
            matches = await asyncio.to_thread(_in_files, wanted, project, skipped, room + 1)
            found.items += [_match(row, version, match) for match in matches[:room]]
            if len(matches) > room:
                found.next_cursor = _cursor(row, matches[room - 1].number if room else skipped)
                return found
        if len(rows) < _AT_ONCE:
            break
        # The next ones begin with the last of these, of which nothing is left.
        last = rows[-1][0]
        start, after = (last.updated_at, last.id), _ALL
    return found


@dataclass(frozen=True, slots=True)
class _Match:
    number: int
    """Of the line, counted from 1 through all files of the strategy: where a cursor stands."""
    file: str
    line: int
    text: str
    columns: list[tuple[int, int]]


def _in_files(wanted: _Wanted, project: Project, after: int, most: int) -> list[_Match]:
    """Give at most so many matching lines of a strategy's files after the line of number `after`."""
    found: list[_Match] = []
    lines = ((path, *each) for path, text in project.texts().items() for each in enumerate(_LINE.split(text), start=1))
    for number, (path, line_number, line) in enumerate(lines, start=1):
        if number <= after or not (places := list(islice(wanted.places(line), _MOST_COLUMNS))):
            continue
        first = places[0][0]
        begin = 0 if len(line) <= _SHOWN else max(0, min(first - _BEFORE, len(line) - _SHOWN))
        columns = [(start - begin, min(end - begin, _SHOWN)) for start, end in places if start < begin + _SHOWN]
        found.append(_Match(number, path, line_number, line[begin : begin + _SHOWN], columns))
        if len(found) == most:
            break
    return found


def _match(row: StrategyRow, version: StrategyVersionRow, match: _Match) -> CodeMatch:
    return CodeMatch(
        strategy_id=row.id,
        name=row.name,
        version=version.number,
        file=None if match.file == MAIN else match.file,
        line=match.line,
        text=match.text,
        columns=match.columns,
    )


def _folded(text: str) -> str:
    """Give the text in small letters, each in its place: a few, such as the Turkish İ, would become two."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(one if len(one) == 1 else "?" for one in map(str.lower, text))


def _of_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _place(cursor: str | None) -> tuple[tuple[dt.datetime, str] | None, int]:
    if cursor is None:
        return None, 0
    changed, id, line = decode_cursor(cursor, str, str, int)
    return (instant(cast(str, changed)), cast(str, id)), cast(int, line)


def _cursor(row: StrategyRow, line: int) -> str:
    return encode_cursor(row.updated_at.isoformat(), row.id, line)
