"""The result file: written by the child, read by the parent, which believes none of it.

A backtest's report and a truncation report are JSON. A sweep is a line of JSON with the daily returns behind it,
float32, little-endian, one row a trial that did not fail.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import cast

import numpy as np
from pydantic import BaseModel, ConfigDict

from quantdesk.core.backtest.result import BacktestResult, CodeError, Metrics
from quantdesk.core.backtest.spec import ParamValue
from quantdesk.core.backtest.sweep import SweepResult, TrialOutcome
from quantdesk.core.backtest.truncation import TruncationReport
from quantdesk.sandbox.exchange import BacktestRequest, SweepRequest, Task
from quantdesk.sandbox.outcome import ResultT

Result = BacktestResult | SweepResult | TruncationReport
_RETURN = np.dtype("<f4")


class _Trial(BaseModel):
    model_config = ConfigDict(extra="forbid")

    index: int
    params: dict[str, ParamValue]
    metrics: Metrics | None
    error: CodeError | None


class _Sweep(BaseModel):
    model_config = ConfigDict(extra="forbid")

    dates: list[dt.date]
    trials: list[_Trial]


def write_result(descriptor: int, result: Result) -> None:
    """Write to the open result file and leave it open."""
    if isinstance(result, SweepResult):
        done = [trial for trial in result.trials if trial.error is None]
        head = _Sweep(
            dates=done[0].dates if done else [],
            trials=[
                _Trial(index=trial.index, params=trial.params, metrics=trial.metrics, error=trial.error)
                for trial in result.trials
            ],
        )
        parts = [head.model_dump_json().encode(), b"\n", *(trial.returns.astype(_RETURN).tobytes() for trial in done)]
    else:
        parts = [result.model_dump_json().encode()]
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.writelines(parts)


def read_result(path: Path, request: Task[ResultT]) -> ResultT:
    """Read the answer to a request. Raise OSError, or ValueError for what is no such answer."""
    data = path.read_bytes()
    result: Result
    if isinstance(request, BacktestRequest):
        result = BacktestResult.model_validate_json(data)
    elif isinstance(request, SweepRequest):
        result = _read_sweep(data, request)
    else:
        result = TruncationReport.model_validate_json(data)
    return cast("ResultT", result)


def _read_sweep(data: bytes, request: SweepRequest) -> SweepResult:
    head, _, body = data.partition(b"\n")
    sweep = _Sweep.model_validate_json(head)
    if [(trial.index, trial.params) for trial in sweep.trials] != list(enumerate(request.trials)):
        raise ValueError("the sweep's result does not list the trials that were asked for")
    if any((trial.metrics is None) == (trial.error is None) for trial in sweep.trials):
        raise ValueError("each trial of a sweep has either metrics or an error")
    done = [trial.index for trial in sweep.trials if trial.error is None]
    rows = np.frombuffer(body, _RETURN).reshape(len(done), len(sweep.dates))
    returns = dict(zip(done, rows.astype(np.float32), strict=True))
    return SweepResult(
        [
            TrialOutcome(
                index=trial.index,
                params=trial.params,
                metrics=trial.metrics,
                error=trial.error,
                dates=sweep.dates if trial.error is None else [],
                returns=returns.get(trial.index, np.zeros(0, dtype=np.float32)),
            )
            for trial in sweep.trials
        ]
    )
