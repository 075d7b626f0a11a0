"""Run with an interpreter that has qlib: read a folder through qlib's own D and print what it gives, as JSON.

python read_by_qlib.py FOLDER
"""

from __future__ import annotations

import json
import sys
from typing import Any

FIELDS = ("open", "high", "low", "close", "volume", "amount", "vwap", "factor", "change")
EXPRESSIONS = ("$close / $factor", "$volume * $factor", "$close / Ref($close, 1) - 1", "Mean($close, 5)")


def main(folder: str) -> dict[str, Any]:
    import qlib
    from qlib.data import D

    qlib.init(provider_uri=folder, region="cn", kernels=1)
    found: dict[str, Any] = {"calendar": [str(day.date()) for day in D.calendar(freq="day")]}
    for group in ("all", "csi300"):
        listed = D.list_instruments(D.instruments(group), freq="day")
        found[group] = {
            code: [[str(day)[:10] for day in span] for span in spans] for code, spans in sorted(listed.items())
        }
    asked = [*(f"${field}" for field in FIELDS), *EXPRESSIONS]
    frame = D.features(D.instruments("all"), asked, freq="day")
    found["features"] = {
        code: {
            "date": [str(day.date()) for day in part.index.get_level_values("datetime")],
            **{name: [None if value != value else float(value) for value in part[name]] for name in asked},
        }
        for code, part in frame.groupby(level="instrument")
    }
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1]), sys.stdout)
