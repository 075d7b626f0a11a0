"""The good world of every source and dataset, hand-made with invented numbers, and ways in which only it can fail."""

from __future__ import annotations

from tests.adapters.data_source.cases import SHEET_TYPE as SHEET_TYPE
from tests.adapters.data_source.cases import Case as Case
from tests.adapters.data_source.made_eastmoney import EASTMONEY
from tests.adapters.data_source.made_lists import LISTS, TENCENT
from tests.adapters.data_source.made_market import MARKET
from tests.adapters.data_source.made_more import MORE
from tests.adapters.data_source.made_reports import REPORTS
from tests.adapters.data_source.made_sina_answers import FACTORS as FACTORS
from tests.adapters.data_source.made_sina_answers import SINA
from tests.adapters.data_source.made_sina_answers import factors as factors
from tests.adapters.data_source.made_tushare import TUSHARE

CASES = [*EASTMONEY, *SINA, *TENCENT, *LISTS, *TUSHARE, *REPORTS, *MARKET, *MORE]
CASES_BY_ID = {case.id: case for case in CASES}
