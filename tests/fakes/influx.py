"""A stand-in for InfluxDB 2, on the wire: it takes line protocol strictly and answers the few Flux queries we send.

It is hand-made from the documentation of InfluxDB 2.7 and no recording. Queries, predicates and routes that it does
not know are errors. Started alone: python -m tests.fakes.influx prints its address and serves until its input ends.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN, ORG = "stand-in-token", "quantdesk"

Value = float | int | str | bool
Series = dict[int, dict[str, Value]]
"""Fields by instant in nanoseconds."""
Tags = tuple[tuple[str, str], ...]


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Bucket:
    def __init__(self, name: str, seconds: int) -> None:
        self.name = name
        self.seconds = seconds
        """How long points are kept; 0 for ever."""
        self.series: dict[tuple[str, Tags], Series] = {}
        self.kinds: dict[tuple[str, str], type] = {}

    def write(self, points: list[tuple[str, Tags, dict[str, Value], int]], now: float) -> None:
        oldest = int((now - self.seconds) * 1e9) if self.seconds else -(1 << 63)
        for measurement, _, fields, at in points:
            if at < oldest:
                raise Refused(422, "failure writing points to database: points beyond retention policy dropped=1")
            for name, value in fields.items():
                kind = self.kinds.setdefault((measurement, name), type(value))
                if kind is not type(value):
                    raise Refused(422, f'field type conflict: input field "{name}" is not of type {kind.__name__}')
        for measurement, tags, fields, at in points:
            self.series.setdefault((measurement, tags), {}).setdefault(at, {}).update(fields)

    def delete(self, start: int, stop: int, measurement: str) -> None:
        for (name, _), points in self.series.items():
            if name == measurement:
                for at in [at for at in points if start <= at <= stop]:
                    del points[at]


# --- line protocol -----------------------------------------------------------------------------------------------

_NAME = r'(?:[^,= \\"\n]|\\.)+'
_FIELD = r'(?:"(?:[^"\\]|\\.)*"|[-+]?\d+i|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|true|false)'
_LINE = re.compile(
    rf"(?P<measurement>{_NAME})(?P<tags>(?:,{_NAME}={_NAME})*) (?P<fields>{_NAME}={_FIELD}(?:,{_NAME}={_FIELD})*)"
    r"(?: (?P<at>-?\d+))?(?:\n|\Z)",
    re.DOTALL,
)
_TAG = re.compile(rf"({_NAME})=({_NAME})", re.DOTALL)
_SET = re.compile(rf"({_NAME})=({_FIELD})", re.DOTALL)
_UNIT = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def parse_lines(body: str, unit: int) -> Iterator[tuple[str, Tags, dict[str, Value], int]]:
    """Give the points. Raise Refused for a body that is no line protocol, as a whole."""
    at = 0
    while at < len(body):
        found = _LINE.match(body, at)
        if found is None or found["at"] is None:
            raise Refused(400, f"unable to parse {body[at : at + 80]!r}: no line protocol with an instant")
        pairs = sorted((_plain(name), _plain(value)) for name, value in _TAG.findall(found["tags"]))
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused(400, f"unable to parse {found[0][:80]!r}: duplicate tags")
        fields = {_plain(name): _value(text) for name, text in _SET.findall(found["fields"])}
        yield _plain(found["measurement"]), tuple(pairs), fields, int(found["at"]) * unit
        at = found.end()


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    if text.endswith("\\"):
        raise Refused(400, f"unable to parse: {text!r} ends with a backslash")
    return re.sub(r"\\([,= ])", r"\1", text)


def _value(text: str) -> Value:
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if text in ("true", "false"):
        return text == "true"
    return int(text[:-1]) if text.endswith("i") else float(text)


# --- Flux --------------------------------------------------------------------------------------------------------

_TIME = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)"
_QUERY = re.compile(
    rf'from\(bucket: "([^"\\]+)"\) \|> range\(start: {_TIME}, stop: {_TIME}\) '
    r'\|> filter\(fn: \(r\) => r\._measurement == "([^"\\]+)"(?: and \((r\.symbol == [^)]*)\))?\) '
    r"(\|> last\(\) )?"
    r'\|> pivot\(rowKey: \["_time"\], columnKey: \["_field"\], valueColumn: "_value"\) '
    r'\|> drop\(columns: \["_start", "_stop", "_time", "_measurement"\]\)'
)
_SYMBOL = re.compile(r'r\.symbol == "([^"\\]*)"')


def nanoseconds(text: str) -> int:
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = dt.datetime.fromisoformat(f"{whole}+00:00") - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (seconds.days * 86_400 + seconds.seconds) * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))


def answer(query: str, buckets: dict[str, Bucket]) -> str:
    """Evaluate a query; give annotated CSV. Raise Refused for one of another shape."""
    found = _QUERY.fullmatch(query.strip())
    if found is None:
        raise Refused(400, f"the stand-in does not know this query: {query}")
    name, start, stop, measurement, named, last = found.groups()
    if name not in buckets:
        raise Refused(404, f'failed to initialize execute state: could not find bucket "{name}"')
    symbols = None
    if named is not None:
        parts = named.split(" or ")
        if not all(_SYMBOL.fullmatch(part) for part in parts):
            raise Refused(400, f"the stand-in does not know this filter: {named}")
        symbols = {part[len('r.symbol == "') : -1] for part in parts}
    tables = []
    begin, end = nanoseconds(start), nanoseconds(stop)
    for (of, tags), points in sorted(buckets[name].series.items()):
        if of != measurement or (symbols is not None and dict(tags).get("symbol") not in symbols):
            continue
        times = sorted(at for at in points if begin <= at < end)
        rows = {at: points[at] for at in times}
        if last:
            rows = _last_of_each_field(rows)
        if rows:
            tables.append((dict(tags), list(rows.values())))
    return _csv(tables)


def _last_of_each_field(rows: Series) -> Series:
    """Do as last() does on tables of one field each, then pivot."""
    newest: dict[str, int] = {}
    for at, fields in rows.items():
        for name in fields:
            newest[name] = max(at, newest.get(name, at))
    found: Series = {}
    for name, at in newest.items():
        found.setdefault(at, {})[name] = rows[at][name]
    return dict(sorted(found.items()))


_KINDS = {float: "double", int: "long", str: "string", bool: "boolean"}


def _csv(tables: list[tuple[dict[str, str], list[dict[str, Value]]]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    before: tuple[Any, ...] | None = None
    for number, (tags, rows) in enumerate(tables):
        kinds = {name: _KINDS[type(value)] for row in rows for name, value in sorted(row.items())}
        columns = (*tags, *sorted(kinds))
        schema = (columns, tuple(kinds.get(name, "string") for name in columns))
        if schema != before:
            if before is not None:
                writer.writerow([])
            writer.writerow(["#datatype", "string", "long", *schema[1]])
            writer.writerow(["#group", "false", "false", *("true" if name in tags else "false" for name in columns)])
            writer.writerow(["#default", "_result", "", *("" for _ in columns)])
            writer.writerow(["", "result", "table", *columns])
            before = schema
        for row in rows:
            cells = ({**tags, **row}.get(name) for name in columns)
            texts = (str(cell).lower() if isinstance(cell, bool) else cell for cell in cells)
            writer.writerow(["", "", number, *("" if text is None else text for text in texts)])
    writer.writerow([])
    return out.getvalue()


# --- the server --------------------------------------------------------------------------------------------------


class InfluxStandIn:
    """See the module. `fault` may answer in its place: (method, path) -> (status, message), or None."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.fault: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        self.now: Callable[[], float] = lambda: dt.datetime.now(dt.UTC).timestamp()
        self.requests: list[str] = []
        self._lock = threading.Lock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                stand_in._serve(self)

            def do_POST(self) -> None:
                stand_in._serve(self)

            def log_message(self, *_: Any) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        parts = urlsplit(request.path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, kind, content = 200, "application/json", b""
        try:
            with self._lock:
                self.requests.append(f"{request.command} {parts.path}")
                if fault := self.fault(request.command, parts.path):
                    raise Refused(*fault)
                if request.headers.get("Authorization") != f"Token {TOKEN}":
                    raise Refused(401, "unauthorized access")
                status, kind, content = self._do(request.command, parts.path, given, body)
        except Refused as error:
            code = {401: "unauthorized", 404: "not found", 422: "unprocessable entity"}.get(error.status, "invalid")
            status, content = error.status, json.dumps({"code": code, "message": str(error)}).encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _do(self, method: str, path: str, given: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        match method, path:
            case "GET", "/api/v2/orgs":
                found = [{"id": "00000000000000a1", "name": ORG}] if given.get("org", ORG) == ORG else []
                return 200, "application/json", json.dumps({"orgs": found}).encode()
            case "GET", "/api/v2/buckets":
                names = [given["name"]] if "name" in given else list(self.buckets)
                return (
                    200,
                    "application/json",
                    json.dumps({"buckets": [self._told(n) for n in names if n in self.buckets]}).encode(),
                )
            case "POST", "/api/v2/buckets":
                wanted = json.loads(body)
                if wanted["name"] in self.buckets:
                    raise Refused(422, f"bucket with name {wanted['name']} already exists")
                rules = wanted.get("retentionRules") or []
                self.buckets[wanted["name"]] = Bucket(wanted["name"], rules[0]["everySeconds"] if rules else 0)
                return 201, "application/json", json.dumps(self._told(wanted["name"])).encode()
            case "POST", "/api/v2/write":
                points = list(parse_lines(body.decode(), _UNIT[given["precision"]]))
                self._bucket(given).write(points, self.now())
                return 204, "application/json", b""
            case "POST", "/api/v2/query":
                self._org(given)
                return 200, "text/csv; charset=utf-8", answer(json.loads(body)["query"], self.buckets).encode()
            case "POST", "/api/v2/delete":
                wanted = json.loads(body)
                predicate = re.fullmatch(r'_measurement="([^"\\]+)"', wanted["predicate"])
                if predicate is None:
                    raise Refused(400, f"the stand-in does not know this predicate: {wanted['predicate']}")
                times = nanoseconds(wanted["start"]), nanoseconds(wanted["stop"])
                self._bucket(given).delete(*times, predicate[1])
                return 204, "application/json", b""
        raise Refused(404, f"the stand-in does not know {method} {path}")

    def _org(self, given: dict[str, str]) -> None:
        if given.get("org") != ORG:
            raise Refused(404, f'organization name "{given.get("org")}" not found')

    def _bucket(self, given: dict[str, str]) -> Bucket:
        self._org(given)
        if given.get("bucket") not in self.buckets:
            raise Refused(404, f'bucket "{given.get("bucket")}" not found')
        return self.buckets[given["bucket"]]

    def _told(self, name: str) -> dict[str, Any]:
        seconds = self.buckets[name].seconds
        rules = [{"type": "expire", "everySeconds": seconds}] if seconds else []
        return {"id": "00000000000000b1", "orgID": "00000000000000a1", "name": name, "retentionRules": rules}


@contextmanager
def influx_stand_in() -> Iterator[InfluxStandIn]:
    server = InfluxStandIn()
    try:
        yield server
    finally:
        server.close()


if __name__ == "__main__":
    with influx_stand_in() as served:
        print(served.url, flush=True)
        sys.stdin.read()
