"""通达信's files as bytes; the records here are made up but for those of the tests marked `data`."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.bars import tdx
from quantdesk.core.bars.tdx import TdxError
from tests.support.requirements import DATA


def day(date: int) -> bytes:
    return struct.pack("<IiiiifII", date, 978, 990, 970, 980, 1.5e6, 150_000, 0)


def minute(year: int, month: int, day: int, at: int) -> bytes:
    date = (year - 2004) * 2048 + month * 100 + day
    return struct.pack("<HHfffffII", date, at, 9.78, 9.9, 9.7, 9.8, 1.5e6, 150_000, 0)


def test_a_day_is_read_by_hand() -> None:
    rows = tdx.records(day(20240131), tdx.DAY)
    assert tdx.day_times(rows).tolist() == [np.datetime64("2024-01-31").item()]
    assert (rows["open"][0], rows["volume"][0]) == (978, 150_000)


def test_a_minutes_time_is_its_end_in_utc_and_its_price_the_decimal_that_was_meant() -> None:
    rows = tdx.records(minute(2024, 1, 31, 9 * 60 + 35), tdx.MINUTE)
    assert tdx.minute_times(rows)[0] == np.datetime64("2024-01-31T01:35:00")
    assert tdx.clean(rows["open"])[0] == 9.78


@pytest.mark.parametrize("date", [20240230, 20241301, 20240100, 0, 4_294_967_295, 19891231])
def test_a_day_that_is_none_is_named(date: int) -> None:
    with pytest.raises(TdxError, match="record 2"):
        tdx.day_times(tdx.records(day(20240131) + day(date), tdx.DAY))


def test_a_minute_past_midnight_is_refused() -> None:
    with pytest.raises(TdxError, match="1440"):
        tdx.minute_times(tdx.records(minute(2024, 1, 31, 1440), tdx.MINUTE))


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_refused(body: bytes) -> None:
    for kind, times in ((tdx.DAY, tdx.day_times), (tdx.MINUTE, tdx.minute_times)):
        try:
            rows = tdx.records(body, kind)
            found = times(rows)
        except TdxError:
            continue
        assert len(found) == len(body) // 32


@given(st.dates(min_value=np.datetime64("2004-01-01").item(), max_value=np.datetime64("2035-12-31").item()),
       st.integers(0, 1439))  # fmt: skip
def test_every_date_and_minute_comes_back(date: object, at: int) -> None:
    year, month, number = (int(part) for part in str(date).split("-"))
    times = tdx.minute_times(tdx.records(minute(year, month, number, at), tdx.MINUTE))
    assert times[0] == np.datetime64(f"{date}T00:00:00") + np.timedelta64(at, "m") - np.timedelta64(8, "h")


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the market files in ../shared/data are not here")
def test_the_real_minute_files_hold_the_exchanges_hours() -> None:
    for name, minutes in (("sh688001.lc1", 1), ("sh688001.lc5", 5)):
        rows = tdx.records((DATA / "tdx" / name).read_bytes(), tdx.MINUTE)
        times = tdx.minute_times(rows) + np.timedelta64(8, "h")
        assert (np.diff(times) > np.timedelta64(0, "s")).all()
        of_day = (times - times.astype("datetime64[D]")).astype("timedelta64[m]").astype(int)
        assert set(of_day) == {*range(570 + minutes, 691, minutes), *range(780 + minutes, 901, minutes)}
