"""The help beside the editor says something of everything that user code can call."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import backtrader as bt
import pytest

from quantdesk import sdk
from scripts.sdk_docs import WORDS, document

ENTRIES: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in document()["entries"]}


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_has_a_summary_in_both_languages_and_an_example_that_is_python(key: str) -> None:
    entry = ENTRIES[key]
    assert entry["en"]
    assert entry["zh"], f"{key}: write its Chinese summary into scripts/sdk_words.toml"
    assert entry["example"], f"{key}: write an example into scripts/sdk_words.toml"
    ast.parse("def body(self):\n" + textwrap.indent(entry["example"], "    "))


def test_everything_that_a_strategy_imports_has_an_entry() -> None:
    assert set(sdk.__all__) <= set(ENTRIES)


def test_every_public_method_and_property_of_a_strategy_has_an_entry() -> None:
    public = {name for name, _ in inspect.getmembers(sdk.Strategy) if not name.startswith("_") and name != "warmup"}
    assert {f"Strategy.{name}" for name in public} <= set(ENTRIES)


def test_no_words_are_left_of_what_is_gone() -> None:
    assert set(WORDS["entries"]) <= set(ENTRIES)


@pytest.mark.parametrize(
    "name", [name for name in WORDS["backtrader"] if name not in ("Strategy", "params", "p", "data")]
)
def test_what_is_said_of_backtrader_is_there(name: str) -> None:
    instance_only = {"datetime", "broker"}
    assert hasattr(bt, name) or hasattr(bt.Strategy, name) or name in instance_only


def test_arguments_are_read_from_the_docstring() -> None:
    buy = ENTRIES["Strategy.buy"]
    assert buy["signature"].startswith("self.buy(symbol: str, quantity: float | None = None, *, limit:")
    assert [parameter["name"] for parameter in buy["parameters"]][:3] == ["symbol", "quantity", "limit"]
    assert buy["group"] == "trade"


def test_an_object_lists_what_it_says_of_itself() -> None:
    assert {"close", "traded_close", "volume"} <= {part["name"] for part in ENTRIES["Bar"]["parameters"]}
    assert {"quantity", "average_price", "sellable"} <= {part["name"] for part in ENTRIES["Position"]["parameters"]}
