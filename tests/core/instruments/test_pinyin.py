"""Initials as people type them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quantdesk.core.instruments.pinyin import initials


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("贵州茅台", "gzmt"),
        ("平安银行", "payh"),
        ("行动教育", "xdjy"),
        ("长江电力", "cjdl"),
        ("长春高新", "ccgx"),
        ("成长科技", "czkj"),
        ("重庆啤酒", "cqpj"),
        ("三一重工", "syzg"),
        ("厦门国贸", "xmgm"),
        ("大厦股份", "dsgf"),
        ("乐普医疗", "lpyl"),
        ("西藏药业", "xzyy"),
        ("大参林", "dsl"),
        ("东阿阿胶", "deej"),
        ("会稽山", "kjs"),
        ("朝阳科技", "cykj"),
        ("ST海航", "sthh"),
        ("*ST海航", "sthh"),
        ("TCL科技", "tclkj"),
        ("万  科Ａ", "wka"),
        ("五 粮 液", "wly"),
        ("N华虹", "nhh"),
        ("360三六零", "360sll"),
        ("模拟大盘100", "mndp100"),
        ("S&P·500！", "sp500"),
        ("", ""),
    ],
)
def test_initials_of_stock_names(name: str, expected: str) -> None:
    assert initials(name) == expected


def test_reading_the_module_does_not_load_the_dictionaries() -> None:
    code = "import sys, quantdesk.core.instruments.pinyin; print('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
