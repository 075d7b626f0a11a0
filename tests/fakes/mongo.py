"""A stand-in for MongoDB, on the wire: OP_MSG with the few commands that the document store sends.

It is hand-made from the documentation of MongoDB 7 and no recording. What it does not know of commands,
options and filters is an error, and so are writes without majority and journal. It knows no users.
"""

from __future__ import annotations

import datetime as dt
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bson

Reply = dict[str, Any]
_HEADER = struct.Struct("<iiii")
_OP_REPLY, _OP_QUERY, _OP_MSG = 1, 2004, 2013
_MEANT = {"$db", "lsid", "$clusterTime", "$readPreference", "txnNumber"}
"""What drivers add to each command."""


class Refused(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class MongoStandIn:
    """See the module. `fault` may answer in its place: (command) -> a reply, (code, message), "cut", or None."""

    def __init__(self) -> None:
        self.data: dict[str, dict[str, Reply]] = {}
        """Documents by namespace and id."""
        self.fault: Callable[[str], Reply | tuple[int, str] | str | None] = lambda command: None
        self.commands: list[Reply] = []
        self._cursors: dict[int, tuple[str, list[Reply]]] = {}
        self._lock = threading.Lock()
        stand_in = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                while (message := _received(self.request)) is not None:
                    answer = stand_in._answer(*message)
                    if answer is None:
                        return
                    self.request.sendall(answer)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"mongodb://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: int, opcode: int, body: bytes) -> bytes | None:
        if opcode == _OP_QUERY:  # only a driver's first greeting
            command = bson.decode(body[body.index(b"\0", 4) + 9 :])
            if next(iter(command)).lower() not in ("ismaster", "hello"):
                return None
            reply = bson.encode(self._do(command))
            return _framed(request, _OP_REPLY, struct.pack("<iqii", 8, 0, 0, 1) + reply)
        if opcode != _OP_MSG:
            return None
        command = _command(body)
        name = next(iter(command))
        try:
            with self._lock:
                self.commands.append(command)
                fault = self.fault(name)
                if fault == "cut":
                    return None
                if isinstance(fault, tuple):
                    raise Refused(*fault)
                reply = fault if isinstance(fault, dict) else self._do(command)
        except Refused as error:
            reply = {"ok": 0.0, "errmsg": str(error), "code": error.code, "codeName": "Refused"}
        return _framed(request, _OP_MSG, struct.pack("<IB", 0, 0) + bson.encode(reply))

    def _do(self, command: Reply) -> Reply:
        name, value = next(iter(command.items()))
        space = f"{command.get('$db')}.{value}"
        rows = self.data.get(space, {})
        match name:
            case "hello" | "isMaster" | "ismaster":
                return _greeting()
            case "ping" | "endSessions":
                return {"ok": 1.0}
            case "update":
                _only(command, "updates", "ordered", "writeConcern")
                _require_durable(command)
                return self._update(self.data.setdefault(space, {}), command["updates"])
            case "delete":
                _only(command, "deletes", "ordered", "writeConcern")
                _require_durable(command)
                for one in command["deletes"]:
                    _only(one, "q", "limit", first=None)
                    for id in [id for id in rows if _matches(one["q"], id)]:
                        del rows[id]
                return {"ok": 1.0, "n": 1}
            case "find":
                _only(command, "filter", "projection", "sort", "limit", "batchSize", "singleBatch")
                return self._find(space, rows, command)
            case "getMore":
                _only(command, "collection", "batchSize")
                if value not in self._cursors:
                    raise Refused(43, f"cursor id {value} not found")
                space, left = self._cursors.pop(value)
                return self._batch(space, left, command.get("batchSize") or 101, "nextBatch")
            case "listCollections":
                _only(command, "cursor", "nameOnly", "filter", "authorizedCollections")
                names = [space.partition(".")[2] for space in self.data if space.startswith(f"{command['$db']}.")]
                found = [{"name": one, "type": "collection"} for one in names]
                return {
                    "ok": 1.0,
                    "cursor": {"id": 0, "ns": f"{command['$db']}.$cmd.listCollections", "firstBatch": found},
                }
            case "compact":
                _only(command, "force")
                if space not in self.data:
                    raise Refused(26, f"{space} does not exist")
                return {"ok": 1.0, "bytesFreed": 0}
        raise Refused(59, f"the stand-in does not know the command {name}")

    @staticmethod
    def _update(rows: dict[str, Reply], updates: list[Reply]) -> Reply:
        counted, inserted = 0, []
        for place, one in enumerate(updates):
            _only(one, "q", "u", "multi", "upsert", first=None)
            if list(one["q"]) != ["_id"] or any(name.startswith("$") for name in one["u"]) or one.get("multi"):
                raise Refused(9, "the stand-in knows only the replacement of one document by its _id")
            id = one["q"]["_id"]
            if id in rows:
                counted += 1
            elif one.get("upsert"):
                inserted.append({"index": place, "_id": id})
            if id in rows or one.get("upsert"):
                rows[id] = {"_id": id, **one["u"]}
        return {"ok": 1.0, "n": counted + len(inserted), "nModified": counted} | (
            {"upserted": inserted} if inserted else {}
        )

    def _find(self, space: str, rows: dict[str, Reply], command: Reply) -> Reply:
        found = [rows[id] for id in rows if _matches(command.get("filter") or {}, id)]
        if sort := command.get("sort"):
            if dict(sort) != {"_id": 1}:
                raise Refused(2, f"the stand-in does not know the order {sort}")
            found.sort(key=lambda row: row["_id"].encode())
        if projection := command.get("projection"):
            if dict(projection) != {"_id": 1}:
                raise Refused(2, f"the stand-in does not know the projection {projection}")
            found = [{"_id": row["_id"]} for row in found]
        if limit := command.get("limit"):
            found = found[:limit]
        return self._batch(space, found, command.get("batchSize") or 101, "firstBatch")

    def _batch(self, space: str, rows: list[Reply], size: int, name: str) -> Reply:
        cursor = 0
        if len(rows) > size:
            cursor = max(self._cursors, default=0) + 1
            self._cursors[cursor] = (space, rows[size:])
        return {"ok": 1.0, "cursor": {"id": bson.Int64(cursor), "ns": space, name: rows[:size]}}


def _matches(wanted: Reply, id: str) -> bool:
    if list(wanted) != ["_id"]:
        raise Refused(2, f"the stand-in does not know the filter {wanted}")
    match wanted["_id"]:
        case str(one):
            return id == one
        case {"$in": list(some), **rest} if not rest:
            return id in some
        case {"$gt": str(one), **rest} if not rest:
            return id.encode() > one.encode()
    raise Refused(2, f"the stand-in does not know the filter {wanted}")


def _only(given: Reply, *known: str, first: str | None = "") -> None:
    """Refuse options that would not be minded; the command's own name is its first."""
    names = list(given)[1:] if first is not None else list(given)
    if unknown := set(names) - set(known) - _MEANT:
        raise Refused(72, f"the stand-in does not know {sorted(unknown)}")


def _require_durable(command: Reply) -> None:
    concern = command.get("writeConcern") or {}
    if (concern.get("w"), concern.get("j")) != ("majority", True):
        raise Refused(79, f"a write with the concern {concern} would not be durable")


def _greeting() -> Reply:
    return {
        "ok": 1.0,
        "helloOk": True,
        "ismaster": True,
        "isWritablePrimary": True,
        "maxBsonObjectSize": 16 << 20,
        "maxMessageSizeBytes": 48_000_000,
        "maxWriteBatchSize": 100_000,
        "localTime": dt.datetime.now(dt.UTC),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": 1,
        "minWireVersion": 0,
        "maxWireVersion": 21,
        "readOnly": False,
    }


def _received(connection: Any) -> tuple[int, int, bytes] | None:
    header = _exactly(connection, _HEADER.size)
    if header is None:
        return None
    length, request, _, opcode = _HEADER.unpack(header)
    body = _exactly(connection, length - _HEADER.size)
    return None if body is None else (request, opcode, body)


def _exactly(connection: Any, size: int) -> bytes | None:
    parts = []
    while size:
        try:
            part = connection.recv(size)
        except OSError:
            return None
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _command(body: bytes) -> Reply:
    """Put the sections of an OP_MSG together."""
    (flags,) = struct.unpack_from("<I", body)
    if flags & ~0x10000:  # 0x10000: the client would take several answers
        raise Refused(2, f"the stand-in does not know the flags {flags}")
    at, command, sequences = 4, {}, {}
    while at < len(body):
        kind, (size,) = body[at], struct.unpack_from("<i", body, at + 1)
        section = body[at + 1 : at + 1 + size]
        if kind == 0:
            command = bson.decode(section)
        else:
            end = section.index(b"\0", 4)
            sequences[section[4:end].decode()] = bson.decode_all(section[end + 1 :])
        at += 1 + size
    return {**command, **sequences}


def _framed(request: int, opcode: int, body: bytes) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), 1, request, opcode) + body


@contextmanager
def mongo_stand_in() -> Iterator[MongoStandIn]:
    server = MongoStandIn()
    try:
        yield server
    finally:
        server.close()
