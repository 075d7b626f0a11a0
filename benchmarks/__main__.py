"""Run all benchmarks, or the named ones; print a table; write benchmarks/results/<name>.json."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.rows import Row, Unavailable, keep, table

PREFIX = "bench_"


def main() -> None:
    known = [
        m.name.removeprefix(PREFIX) for m in pkgutil.iter_modules(benchmarks.__path__) if m.name.startswith(PREFIX)
    ]
    wanted = sys.argv[1:] or known
    if unknown := set(wanted) - set(known):
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    rows: list[Row] = []
    failed = []
    for name in wanted:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            found = importlib.import_module(f"benchmarks.{PREFIX}{name}").run()
        except Unavailable as error:
            failed.append(f"{name}: {error}")
            continue
        keep(name, found)
        rows += found
    print(table(rows))
    if failed:
        sys.exit("\n".join(["not measured:", *failed]))


if __name__ == "__main__":
    main()
