"""Have qlib compute the expressions and its own Alpha158 over the seeded panel, and write the values.

Needs pyqlib (the dependency group `peers`), so it is a program of its own:

    PYTHON_WITH_QLIB tests/golden/qlib_expressions.py tests/golden/qlib_expressions.npz [--all]

Only the sampled days are written, with --all every one.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
import expressions_market as given

warnings.filterwarnings("ignore")


def main(out: Path, every_day: bool) -> None:
    import qlib
    from qlib.contrib.data.loader import Alpha158DL, Alpha360DL
    from qlib.data import D

    market = given.market()
    days = np.arange(given.DAYS) if every_day else given.sampled_days()
    alphas, names = Alpha158DL.get_feature_config()
    texts = [*given.EXPRESSIONS, *given.ROUNDED, *given.LABELS, *alphas]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), market)
        qlib.init(
            provider_uri=folder, logging_level=40, kernels=1, expression_cache=None, dataset_cache=None, redis_port=-1
        )
        found = D.features(market.symbols, texts, str(market.dates[0]), str(market.dates[-1]), disk_cache=0)
    values = np.full((len(texts), given.SYMBOLS, given.DAYS), np.nan, dtype=np.float32)
    for at, symbol in enumerate(market.symbols):
        if symbol in found.index.get_level_values(0):
            rows = found.loc[symbol]
            values[:, at, np.searchsorted(market.dates, rows.index.values.astype("datetime64[D]"))] = rows.to_numpy().T
    np.savez_compressed(
        out,
        values=values[:, :, days],
        days=days,
        texts=np.array(texts),
        alpha158=np.array([names, alphas]),
        alpha360=np.array(Alpha360DL.get_feature_config()[::-1]),
        digest=np.array(market.digest),
    )


def write(folder: Path, market: given.Market) -> None:
    """Lay the panel out as qlib's scripts/dump_bin.py does: a day's number, then 32-bit values from that day on."""
    (folder / "calendars").mkdir()
    for name in ("day.txt", "day_future.txt"):
        (folder / "calendars" / name).write_text("\n".join(map(str, market.dates)) + "\n")
    (folder / "instruments").mkdir()
    lines = [
        f"{symbol}\t{market.dates[first]}\t{market.dates[last]}"
        for symbol, (first, last) in zip(market.symbols, market.spans, strict=True)
    ]
    (folder / "instruments" / "all.txt").write_text("\n".join(lines) + "\n")
    for at, (symbol, (first, last)) in enumerate(zip(market.symbols, market.spans, strict=True)):
        features = folder / "features" / symbol.lower()
        features.mkdir(parents=True)
        for name in given.FIELDS:
            values = market.fields[name][at, first : last + 1]
            np.hstack([first, values]).astype("<f").tofile(features / f"{name}.day.bin")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--all" in sys.argv[2:])
