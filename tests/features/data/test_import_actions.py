"""Files of corporate actions: their layouts, exact amounts, bad rows, and storing the same twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quantdesk.core.instruments.actions import CorporateAction
from quantdesk.features.data import imports
from quantdesk.features.data.importer import ActionsReading, FileRefused, inspect_file, read_file
from quantdesk.features.data.schemas import FileOptions
from quantdesk.features.market import service as market
from quantdesk.kit.context import Context

DAY = dt.date(2010, 6, 10)
PUFA = CorporateAction("600000.SH", DAY, cash=Decimal("0.15"), bonus=Decimal("0.3"))
PARQUET = {
    "code": ["SH600000", "SH600036", "SH600000"],
    "name": ["浦发银行", "招商银行", "浦发银行"],
    "date": [20100610, 20100315, 20100930],
    "countAsGift": [30000, 0, 0],
    "countForSell": [0, 13000, 0],
    "priceForSell": [0, 8850, 0],
    "bonus": [1500, 0, 0],
    "countOfIncreasement": [0, 0, 0],
    "totalCount": [1147906, 2112673, 1434882],
}


def write(folder: Path, text: str, name: str = "actions.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, **options: object) -> ActionsReading:
    found = read_file(path, FileOptions.model_validate(options), today=dt.date(2026, 1, 1))
    assert isinstance(found, ActionsReading)
    return found


def test_scaled_whole_numbers_for_ten_shares_become_exact_amounts_a_share(tmp_path: Path) -> None:
    path = tmp_path / "weight.parquet"
    pq.write_table(pa.table(PARQUET), path)
    found = read(path)
    assert found.actions == [
        PUFA,
        CorporateAction("600036.SH", dt.date(2010, 3, 15), rights=Decimal("0.13"), rights_price=Decimal("8.85")),
    ]
    # The third row only tells a new number of shares.
    assert (found.rows, found.accepted, found.rejected_total) == (3, 3, 0)


@pytest.mark.parametrize(
    "text",
    [
        "symbol,ex_date,cash,bonus\n600000.SH,2010-06-10,0.15,0.3\n",
        "symbol,ex_date,cash_per_10,bonus_per_10,remark\nsh600000,20100610,1.50,3,x\n",
        "代码,除权除息日,送股,转增,派息\n600000.SH,2010-06-10,3,,1.5\n",
        "ts_code,div_proc,stk_bo_rate,stk_co_rate,cash_div,cash_div_tax,ex_date\n600000.SH,实施,0.3,0,0.135,0.15,20100610\n",
    ],
)
def test_layouts_by_share_and_by_ten_shares_mean_the_same(tmp_path: Path, text: str) -> None:
    assert read(write(tmp_path, text)).actions == [PUFA]


def test_symbol_comes_from_the_file_name_or_from_the_user(tmp_path: Path) -> None:
    text = "公告日期,除权除息日,送股,派息\n2010-06-03,2010-06-10,3,1.5\n"
    announced = dataclasses.replace(PUFA, announced=dt.date(2010, 6, 3))
    assert read(write(tmp_path, text, "sh600000.csv")).actions == [announced]
    assert read(write(tmp_path, text), symbol="600000").actions == [announced]
    with pytest.raises(FileRefused, match="symbol_missing"):
        read(write(tmp_path, text))


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ("600000.SH,,1,,", "ex_date", "missing"),
        ("600000.SH,2010-02-30,1,,", "ex_date", "no_such_date"),
        ("600000.SH,1910-02-01,1,,", "ex_date", "too_early"),
        ("600000.XX,2010-06-10,1,,", "symbol", "unknown_symbol"),
        ("600000.SH,2010-06-10,much,,", "cash", "not_a_number"),
        ("600000.SH,2010-06-10,=A1,,", "cash", "formula"),
        ("600000.SH,2010-06-10,-1,,", "cash", "negative"),
        ("600000.SH,2010-06-10,inf,,", "cash", "not_finite"),
        ("600000.SH,2010-06-10,10001,,", "cash", "action_amount_range"),
        ("600000.SH,2010-06-10,0.123456789,,", "cash", "action_amount_decimals"),
        ("600000.SH,2010-06-10,,0.3,", "rights_price", "action_rights_price"),
        ("600000.SH,2010-06-10,1,,5", "rights", "action_rights"),
        ("600000.SH,2010-06-10,0.5,,", "ex_date", "duplicate_action"),
        ("600000.SH,2010-06-10", "row", "ragged_row"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(tmp_path: Path, cells: str, field: str, code: str) -> None:
    text = f"symbol,ex_date,cash,rights,rights_price\n600000.SH,2010-06-10,0.5,,\n{cells}\n600036.SH,2011-06-10,1,,\n"
    found = read(write(tmp_path, text))
    assert [(error.line, error.field, error.code) for error in found.rejected] == [(3, field, code)]
    assert [action.symbol for action in found.actions] == ["600000.SH", "600036.SH"]
    assert (found.rows, found.accepted) == (3, 2)


def test_dates_out_of_order_are_named(tmp_path: Path) -> None:
    text = "symbol,ex_date,cash,pay_date,announced\n600000.SH,2010-06-10,1,2010-06-01,\n"
    (error,) = read(write(tmp_path, text)).rejected
    assert (error.field, error.value, error.code) == ("pay_date", "2010-06-01", "action_date_order")


def test_inspection_says_what_it_is_and_bars_stay_bars(tmp_path: Path) -> None:
    seen = inspect_file(write(tmp_path, "symbol,ex_date,cash,note\n600000.SH,2010-06-10,1,x\n"))
    assert (seen.content, seen.mapping, seen.missing) == ("actions", {}, [])
    assert [column.why_en for column in seen.columns] == [
        "corporate actions: symbol",
        "corporate actions: ex_date",
        "corporate actions: cash",
        "unknown name, not imported",
    ]
    bars = write(tmp_path, "symbol,date,open,high,low,close,volume,ex_date\n600000.SH,2010-06-10,1,1,1,1,1,\n")
    assert inspect_file(bars).content == "bars"


async def test_a_file_is_stored_once_and_a_correction_replaces_its_day(context: Context, tmp_path: Path) -> None:
    rows = ["600000.SH,2010-06-10,0.15,0.3", "600000.SH,2011-06-03,0.16,0.3", "600036.SH,2010-07-01,0.21,0"]

    async def load(lines: list[str], *, dry_run: bool = False) -> tuple[str, int, int, int]:
        path = write(tmp_path, "\n".join(["symbol,ex_date,cash,bonus", *lines]) + "\n")
        done = await imports.import_one(context, imports.Item(path, path.name, FileOptions()), dry_run=dry_run)
        return done.status, done.inserted, done.updated, done.unchanged

    assert await load(rows, dry_run=True) == ("stored", 3, 0, 0)
    assert await load(rows) == ("stored", 3, 0, 0)
    assert await load(rows) == ("unchanged", 0, 0, 3)
    # The cash and the bonus of one day in two rows come to the same action.
    assert await load(["600000.SH,2010-06-10,0.15,0", "600000.SH,2010-06-10,0,0.3"]) == ("unchanged", 0, 0, 1)
    assert await load(["600036.SH,2010-07-01,0.22,0"]) == ("stored", 0, 1, 0)
    assert await load(["600036.SH,2010-07-02,bad,0"]) == ("refused", 0, 0, 0)
    async with context.database.unit(write=False) as uow:
        found = await market.actions_of(uow, ["600036.SH", "600000.SH"], dt.date(2010, 6, 10), dt.date(2010, 12, 31))
    assert found == {
        "600000.SH": [PUFA],
        "600036.SH": [CorporateAction("600036.SH", dt.date(2010, 7, 1), cash=Decimal("0.22"))],
    }


@pytest.mark.data
async def test_the_reference_file_is_read_but_for_bonds_and_two_rights_without_a_price(reference_actions: Path) -> None:
    found = read(reference_actions)
    assert (found.rows, found.rejected_total, len(found.actions)) == (32_261, 973, 17_646)
    assert {error.code for error in found.rejected} == {"unknown_symbol", "action_rights_price"}


@pytest.fixture
def reference_actions() -> Path:
    path = Path(__file__).resolve().parents[3] / ".." / "shared/data/reference/corporate_actions_1986_2011.parquet"
    if not path.exists():
        pytest.skip("../shared/data/reference/corporate_actions_1986_2011.parquet is not here")
    return path
