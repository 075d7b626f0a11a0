"""The whole API in this process, with one of everything in it, for generated requests."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
import zlib
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
import requests
from fastapi import FastAPI
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from quantdesk.api.app import create_app
from quantdesk.bootstrap import build_context
from quantdesk.features.auth.service import sessions_of
from quantdesk.features.auth.tokens import Claims, issue_access
from quantdesk.features.jobs.runner import JobRunner
from quantdesk.features.market import service as market
from quantdesk.kit import clock
from quantdesk.kit.caller import Caller
from quantdesk.kit.context import Context
from quantdesk.kit.principal import Principal, Role
from quantdesk.ports.data_source import InstrumentInfo
from quantdesk.settings import Settings
from quantdesk_worker.handlers import find_handler
from tests.fakes.made_bars import random_walk
from tests.support import made_company
from tests.support.app import client_of, sign_in

T = TypeVar("T")
API = "/api/v1"
SYMBOLS = ("600519.SH", "300001.DEMO")
CSV = "code,date,open,high,low,close,volume\n" + "".join(
    f"600519.SH,2024-01-{day:02},10,11,9,10.5,100\n" for day in (2, 3, 4, 5, 8, 9)
)
SPEC = {"symbols": ["600519.SH"], "start": "2015-03-02", "end": "2015-12-31", "cash": "1000000"}


class World:
    """An app on an event loop of its own, users of each role, and ids that exist."""

    def __init__(self, settings: Settings) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="app", daemon=True)
        self._thread.start()
        self._principals: dict[str, Principal] = {}
        self._clients: dict[str, httpx.AsyncClient] = {}
        self.ids: dict[str, list[str]] = {}
        self.context, self.app = self.do(self._open(settings))
        self.do(self._fill())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it on the app's loop; give its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)

    def send(self, case: Case[Any], role: str) -> httpx.Response:
        """Send a generated request as somebody of that role; sign in anew when the request before ended the session."""
        made = requests.Request(**case.as_transport_kwargs(base_url="http://127.0.0.1:8000")).prepare()
        body = made.body.encode() if isinstance(made.body, str) else cast(bytes | None, made.body)
        headers = [
            (name.encode("latin-1"), value if isinstance(value, bytes) else value.encode("latin-1"))
            for name, value in made.headers.items()
            if name.lower() != "content-length"
        ]
        client = self._clients[role]
        request = client.build_request(str(made.method), str(made.url), headers=headers, content=body)
        if "authorization" in client.headers:
            request.headers["authorization"] = client.headers["authorization"]
        answer = self.do(client.send(request))
        if answer.status_code == 401 and role in self._principals:
            self.do(self._renew(role))
        return answer

    def aim(self, case: Case[Any]) -> None:
        """Put ids that exist into half of the paths that are meant to be good."""
        meta = case.meta
        part = meta.components.get(ParameterLocation.PATH) if meta else None
        if part is None or not part.mode.is_positive:
            return
        for name, value in case.path_parameters.items():
            known = self.ids.get(name)
            if known:
                chance = zlib.crc32(repr(value).encode(errors="replace"))
                if chance % 2:
                    case.path_parameters[name] = known[chance // 2 % len(known)]

    def close(self) -> None:
        self.do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _open(self, settings: Settings) -> tuple[Context, FastAPI]:
        context = build_context(settings)
        app = create_app(settings, context)
        self._clients["anonymous"] = client_of(app)
        roles: tuple[Role, ...] = ("viewer", "admin")
        for role in roles:
            self._principals[role], token = await sign_in(context, role, role)
            self._clients[role] = client_of(app, token=token)
        return context, app

    async def _renew(self, role: str) -> None:
        known = self._principals[role]
        caller = Caller(ip="127.0.0.1", user_agent="pytest", request_id="test")
        made, _ = await sessions_of(self.context).create(known.user_id, known.username, known.role, caller)
        token = issue_access(self.context.keys, Claims(made.user_id, made.session_id or ""), dt.timedelta(hours=1))
        self._clients[role].headers["authorization"] = f"Bearer {token}"

    async def _fill(self) -> None:
        bars = [random_walk(symbol, 400, seed=seed) for seed, symbol in enumerate(SYMBOLS)]
        await asyncio.to_thread(self.context.bars.merge, bars, source="test", now=clock.utcnow())
        infos = [InstrumentInfo(symbol, f"测试{symbol}", "stock", None, None, None) for symbol in SYMBOLS]
        async with self.context.database.unit() as uow:
            await market.register(uow, infos, "test")
        await made_company.store(self.context, SYMBOLS[0])

        strategies = [
            await self._made("/strategies", {"name": f"策略{n}", "template": "rsi_reversal"}) for n in range(3)
        ]
        await self._made(
            f"/strategies/{strategies[0]['id']}/versions", {"code": "import backtrader as bt\n", "base_version": 1}
        )
        body = {"strategy_id": strategies[1]["id"], "spec": SPEC}
        backtests = [await self._made("/backtests", body) for _ in range(4)]
        uploads = [await self._uploaded() for _ in range(4)]
        imports = [await self._made("/data/imports", {"items": [{"upload_id": it["id"]}]}) for it in uploads[:2]]
        jobs = [made["job"]["id"] for made in (*backtests, *imports)]
        for job in (jobs[0], jobs[1], jobs[4]):
            await JobRunner(self.context, find_handler).run(job)
        report = await self._clients["admin"].get(f"{API}/backtests/{backtests[0]['id']}/report")
        assert report.status_code == 200, report.text
        key = await self._made("/auth/api-keys", {"name": "key", "scopes": ["jobs:read"]})
        user = await self._made(
            "/auth/users", {"username": "second", "password": "a-long-passphrase-7", "role": "trader"}
        )
        self.ids = {
            "symbol": list(SYMBOLS),
            "partition": list(SYMBOLS),
            "strategy_id": [it["id"] for it in strategies],
            "number": ["1"],
            "backtest_id": [it["id"] for it in backtests],
            "upload_id": [it["id"] for it in uploads],
            "import_id": [it["id"] for it in imports],
            "job_id": jobs,
            "key_id": [key.get("id") or key["key"]["id"]],
            "user_id": [user["id"]],
        }

    async def _made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._made_of(await self._clients["admin"].post(f"{API}{path}", json=body))

    async def _uploaded(self) -> dict[str, Any]:
        files = {"file": ("600519.csv", CSV.encode(), "text/csv")}
        return self._made_of(await self._clients["admin"].post(f"{API}/data/uploads", files=files))

    def _made_of(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code in (201, 202), f"{answer.request.url}: {answer.text}"
        made: dict[str, Any] = answer.json()
        return made

    async def _close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        await self.context.close()


@contextmanager
def world_on(home: Path, database_url: str, redis_url: str) -> Iterator[World]:
    world = World(
        Settings.model_validate(
            {
                "home": home,
                "database": {"url": database_url},
                "redis": {"url": redis_url},
                "sources": {"online": False},
                "limits": {"default_per_minute": 10**9, "auth_per_minute": 10**9, "api_key_per_hour": 10**9},
                "log": {"level": "ERROR"},
            }
        )
    )
    try:
        yield world
    finally:
        world.close()
