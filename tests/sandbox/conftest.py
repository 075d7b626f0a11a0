"""Both ways to start a child."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import pytest

from quantdesk.sandbox import launcher, warm


@pytest.fixture(params=["cold", "warm"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The way children start in this test; the other one is barred."""
    if request.param == "cold":

        async def no_zygote(*_: Any) -> None: ...

        monkeypatch.setattr(warm, "fork", no_zygote)
    else:
        assert asyncio.run(warm.ready())

        def barred(*_: Any) -> NoReturn:
            raise AssertionError("this run started cold")

        monkeypatch.setattr(launcher, "ColdProcess", barred)
    return str(request.param)
