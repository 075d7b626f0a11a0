"""Quotes in InfluxDB 2: those of the last days in one bucket, the newest of symbols that have none there in another.

A quote is a point at its instant, of the series of its symbol, so that the same instant again replaces it. Replacing
keeps the fields that the new point lacks: `said` therefore tells which figures the newest writer gave.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from urllib.parse import quote as encoded
from urllib.parse import unquote

from influxdb_client import BucketRetentionRules, InfluxDBClient
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3 import Retry
from urllib3.exceptions import HTTPError

from quantdesk.adapters.quote_store.common import (
    FIGURES,
    day_of,
    figures,
    midnight,
    milliseconds,
    minutes_of,
    quote_of,
    require_sound,
)
from quantdesk.core.bars.frame import Bars
from quantdesk.ports.errors import PortError, StoreFull
from quantdesk.ports.quote_store import Quote

_MEASUREMENT = "quotes"
_AT_ONCE = 10_000
_NAMED = 50
"""So many symbols are named in a query; of more, all are read in one sweep, which is what the server does fastest."""
_SLACK_DAYS = 7
"""The bucket drops what no process was there to drop."""
_FIRST, _END = "1970-01-01T00:00:00Z", "2200-01-01T00:00:00Z"
_BITS = [(1 << place, name) for place, name in enumerate(FIGURES)]
_WHOLE = (
    '|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") '
    '|> drop(columns: ["_start", "_stop", "_time", "_measurement"])'
)


class InfluxQuoteStore:
    """See the port. The client blocks, so each call has a thread. A request of at most 10,000 quotes is one step."""

    def __init__(
        self, url: str, token: str, *, org: str, bucket: str, days: int = 5, ca_file: Path | None = None
    ) -> None:
        """Keep the quotes of the newest `days` calendar days in Shanghai, and of each symbol the newest one."""
        if days < 1:
            raise ValueError(f"days is {days}; keep at least 1")
        self._url = url
        self._token = token
        self._org = org
        self._ring, self._rest = bucket, f"{bucket}-latest"
        self._days = days
        self._ca_file = ca_file
        self._client: InfluxDBClient | None = None
        self._newest: int | None = None
        """The newest day that is stored, as far as this process knows."""
        self._writing = asyncio.Lock()
        self._opening = Lock()

    async def write(self, quotes: Sequence[Quote]) -> None:
        for one in quotes:
            require_sound(one)
        if quotes:
            async with self._writing:
                await asyncio.to_thread(self._write, quotes)

    async def latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        if not symbols:
            return {}
        return await asyncio.to_thread(self._latest, symbols)

    async def quotes(self, symbol: str, day: dt.date) -> list[Quote]:
        start = midnight(day.toordinal())
        stop = start + dt.timedelta(days=1)
        found = await asyncio.to_thread(self._read, self._ring, [symbol], _instant(start), _instant(stop))
        return sorted(found, key=lambda one: one.at)

    async def minutes(self, symbol: str, day: dt.date) -> Bars:
        return minutes_of(symbol, await self.quotes(symbol, day))

    async def close(self) -> None:
        async with self._writing:
            if self._client is not None:
                await asyncio.to_thread(self._client.close)
                self._client = None

    def _write(self, quotes: Sequence[Quote]) -> None:
        self._open()
        if self._newest is None:
            self._newest = max((day_of(one.at) for one in self._newest_of_all(self._ring)), default=0)
        days = [day_of(one.at) for one in quotes]
        newest = max(self._newest, *days)
        oldest = newest - self._days + 1
        self._send(self._ring, [one for one, day in zip(quotes, days, strict=True) if day >= oldest])
        if newest > self._newest:
            self._drop_before(oldest)
            self._newest = newest

    def _drop_before(self, day: int) -> None:
        """Drop the days before; the newest quote of symbols that have none since goes to the other bucket."""
        start = midnight(day)
        going = {one.symbol: one for one in self._newest_of_all(self._ring, stop=_instant(start))}
        if going:
            staying = {one.symbol for one in self._newest_of_all(self._ring, start=_instant(start))}
            self._send(self._rest, [one for symbol, one in going.items() if symbol not in staying])
            last = (start - dt.timedelta(seconds=1)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.999999999Z")
            with self._told():
                self._open().delete_api().delete(_FIRST, last, f'_measurement="{_MEASUREMENT}"', self._ring, self._org)

    def _send(self, bucket: str, quotes: Sequence[Quote]) -> None:
        writer = self._open().write_api(write_options=SYNCHRONOUS)
        for first in range(0, len(quotes), _AT_ONCE):
            lines = "\n".join(map(line, quotes[first : first + _AT_ONCE]))
            with self._told():
                writer.write(bucket, self._org, lines.encode(), write_precision="ms")

    def _latest(self, symbols: Sequence[str]) -> dict[str, Quote]:
        found: dict[str, Quote] = {}
        for bucket in (self._ring, self._rest):
            missing = [symbol for symbol in dict.fromkeys(symbols) if symbol not in found]
            if missing:
                named = missing if len(missing) <= _NAMED else []
                newest = {one.symbol: one for one in self._newest_of_all(bucket, named)}
                found |= {symbol: newest[symbol] for symbol in missing if symbol in newest}
        return found

    def _newest_of_all(
        self, bucket: str, symbols: Sequence[str] = (), start: str = _FIRST, stop: str = _END
    ) -> Iterable[Quote]:
        """Give the newest quote of each symbol, of those named or of all.

        Of each field the newest value comes, at its own instant: the row of the newest instant is the quote.
        """
        newest: dict[str, Quote] = {}
        for one in self._read(bucket, symbols, start, stop, "|> last() "):
            if one.symbol not in newest or one.at > newest[one.symbol].at:
                newest[one.symbol] = one
        return newest.values()

    def _read(self, bucket: str, symbols: Sequence[str], start: str, stop: str, step: str = "") -> list[Quote]:
        where = f'r._measurement == "{_MEASUREMENT}"'
        if symbols:
            where += " and (" + " or ".join(f'r.symbol == "{tag(symbol)}"' for symbol in symbols) + ")"
        query = f'from(bucket: "{bucket}") |> range(start: {start}, stop: {stop}) |> filter(fn: (r) => {where}) '
        with self._told():
            rows = [record.values for record in self._open().query_api().query_stream(query + step + _WHOLE)]
        found = []
        for row in rows:
            if row.get("at") is None or row.get("said") is None:
                continue  # older values of single fields, by last()
            said = row["said"]
            values = [row.get(name) if said & bit else None for bit, name in _BITS]
            found.append(quote_of(unquote(row["symbol"]), row["at"], values, row.get("source") or ""))
        return found

    def _open(self) -> InfluxDBClient:
        with self._opening:
            if self._client is None:
                client = InfluxDBClient(
                    self._url,
                    self._token,
                    org=self._org,
                    timeout=(2_000, 30_000),
                    # A write may be repeated: the same points are the same points.
                    retries=Retry(
                        total=2, connect=1, backoff_factor=0.2, status_forcelist=(429, 503), allowed_methods=None
                    ),
                    ssl_ca_cert=None if self._ca_file is None else str(self._ca_file),
                )
                try:
                    with self._told():
                        self._make_buckets(client)
                except BaseException:
                    client.close()
                    raise
                self._client = client
            return self._client

    def _make_buckets(self, client: InfluxDBClient) -> None:
        seconds = (self._days + _SLACK_DAYS) * 86_400
        buckets = client.buckets_api()
        for name, rules in (
            (self._ring, [BucketRetentionRules(type="expire", every_seconds=seconds)]),
            (self._rest, []),
        ):
            if buckets.find_bucket_by_name(name) is None:
                with contextlib.suppress(_Conflict), _conflicts():
                    buckets.create_bucket(bucket_name=name, retention_rules=rules, org=self._org)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the client's errors into those of a port, which say what to do."""
        where = f"InfluxDB at {self._url}"
        try:
            yield
        except ApiException as error:
            said = str(error.message or error.reason or "").strip()[:200]
            if error.status in (401, 403):
                what = f"check QD_QUOTES__TOKEN, and that it may read and write {self._ring} and {self._rest}"
                raise PortError(f"{where} refuses the token; {what}") from error
            if error.status == 404:
                raise PortError(f"{where}: {said}; check QD_QUOTES__ORG and QD_QUOTES__BUCKET") from error
            if error.status in (507, 413) or "no space left" in said:
                raise StoreFull(f"{where} is full: {said}") from error
            raise PortError(f"{where} answers {error.status}: {said}") from error
        except InfluxDBError as error:
            raise PortError(f"{where}: {error.message}; check QD_QUOTES__ORG") from error
        except (HTTPError, OSError) as error:
            what = "start it, or check QD_QUOTES__URL"
            raise PortError(f"{where} does not answer ({type(error).__name__}); {what}") from error


def tag(symbol: str) -> str:
    """Give the symbol as a tag: without any character that line protocol or Flux could take for more than a letter.

    Escaping alone would not do: in line protocol nothing can stand for a backslash at the end or a line's end.
    """
    return encoded(symbol, safe="")


def line(quote: Quote) -> str:
    """Give the quote in line protocol, its instant in milliseconds."""
    at = milliseconds(quote.at)
    said, fields = 0, ""
    for (bit, name), value in zip(_BITS, figures(quote), strict=True):
        if value is not None:
            said |= bit
            fields += f"{name}={float(value)!r},"
    source = quote.source.replace("\\", "\\\\").replace('"', '\\"')
    return f'{_MEASUREMENT},symbol={tag(quote.symbol)} {fields}source="{source}",said={said}i,at={at}i {at}'


class _Conflict(Exception):
    """Another process has made the bucket meanwhile."""


@contextlib.contextmanager
def _conflicts() -> Iterator[None]:
    try:
        yield
    except ApiException as error:
        if error.status == 422 and "exists" in str(error.body):
            raise _Conflict from error
        raise


def _instant(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
