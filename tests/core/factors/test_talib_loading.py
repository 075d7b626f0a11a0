"""TA-Lib without the weight of pandas."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_core_computes_without_loading_pandas_or_polars() -> None:
    heavy = "{'pandas', 'polars', 'pypinyin', 'scipy'} & set(sys.modules)"
    modules = "bars.adjust, bars.resample, bars.thin, bars.validate, factors.indicators, instruments.search"
    imports = "; ".join(f"import quantdesk.core.{name.strip()}" for name in modules.split(","))
    assert run(f"import sys; {imports}; print({heavy})") == "set()"


def test_the_users_own_import_of_talib_still_takes_series() -> None:
    code = """
import quantdesk.core.factors.indicators
import pandas, talib
print(talib.SMA(pandas.Series([1.0, 2.0, 3.0]), 2).tolist()[1:])
"""
    assert run(code) == "[1.5, 2.5]"


def test_with_pandas_already_there_its_frames_are_accepted_everywhere() -> None:
    code = """
import pandas
import quantdesk.core.factors.indicators
from talib import abstract
print(abstract.SMA(pandas.DataFrame({"close": [1.0, 2.0, 3.0]}), timeperiod=2).tolist()[1:])
"""
    assert run(code) == "[1.5, 2.5]"
