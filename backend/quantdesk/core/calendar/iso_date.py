"""A date as people write it to us."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator


def _no_timestamp(value: Any) -> Any:
    # pydantic takes numbers for seconds since 1970: 0 would be a date, and 20150102 an error about fractions of days.
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().lstrip("+-").isdecimal()):
        raise ValueError("write the date as 2024-03-15")
    return value


IsoDate = Annotated[dt.date, BeforeValidator(_no_timestamp)]
"""A date in ISO 8601 with hyphens; numbers are refused."""
