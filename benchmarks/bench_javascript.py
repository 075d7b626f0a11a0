"""The JavaScript that the browser loads before it shows the sign-in page, gzipped."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from benchmarks.rows import Row, Unavailable

FRONTEND = Path(__file__).resolve().parents[1] / "frontend"
AIM_KB = 400.0


def run() -> list[Row]:
    if shutil.which("node") is None or not (FRONTEND / "dist" / "index.html").exists():
        raise Unavailable("the page is not built; run `make install`")
    size = subprocess.run(
        ["node", "scripts/size.mjs", "--json"], cwd=FRONTEND, capture_output=True, text=True, check=False
    )
    figure = json.loads(size.stdout.splitlines()[-1])
    return [Row("initial JavaScript, gzipped", figure["value"], figure["unit"], AIM_KB)]
