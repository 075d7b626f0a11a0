"""Write everything that is generated from the code, or check that it is fresh.

    python -m scripts.generate            write
    python -m scripts.generate --check    exit 1 and name what is stale

Made: frontend/openapi.json, frontend/src/api/schema.gen.ts, the help beside the editor and the pages of docs/reference.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from quantdesk.api.app import create_app
from quantdesk.settings import Settings
from scripts import reference, sdk_docs

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
OPENAPI = FRONTEND / "openapi.json"
TYPES = FRONTEND / "src" / "api" / "schema.gen.ts"
HELP = FRONTEND / "src" / "features" / "strategies" / "sdk.gen.json"


def openapi() -> dict[str, Any]:
    """Give the OpenAPI document of an app with default settings."""
    with tempfile.TemporaryDirectory() as home:
        return create_app(Settings(home=Path(home))).openapi()


def typescript(document: str) -> str:
    """Give the page's API types, made by openapi-typescript from the frontend's own packages."""
    tool = FRONTEND / "node_modules" / ".bin" / "openapi-typescript"
    if not tool.exists() or shutil.which("node") is None:
        sys.exit("openapi-typescript is not installed; run `make gen` or `make check`, which install it")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.gen.ts"
        source.write_text(document)
        subprocess.run([tool, source, "-o", target], cwd=FRONTEND, check=True, capture_output=True)
        return target.read_text()


def generate() -> dict[Path, str]:
    """Give every generated file's text."""
    document = openapi()
    text = as_json(document)
    pages = {ROOT / "docs" / "reference" / name: page for name, page in reference.pages(document).items()}
    return {OPENAPI: text, TYPES: typescript(text), HELP: as_json(sdk_docs.document()), **pages}


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    files = generate()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit("\n".join(f"{path.relative_to(ROOT)} is stale; run `make gen`" for path in stale))
        return
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path])
        print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
