"""The online sources' own adapters in a stack's processes, with whatever they ask going to a server of the test's.

The product has no switch for it: `environment` gives a folder that, on PYTHONPATH, reroutes `requests` as
tests.support.source_server.rewired does within one process.
"""

from __future__ import annotations

import os
from pathlib import Path

URL = "LOOPBACK_WEB_PORT"
ROOT = Path(__file__).resolve().parents[2]
_PATCH = f"""
import os, sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from urllib.parse import urlsplit


class AfterRequests(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "requests.adapters":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            original = module.HTTPAdapter.send

            def send(self, request, **options):
                parts = urlsplit(request.url or "")
                there = request.copy()
                there.url = (
                    "http://127.0.0.1:" + os.environ["{URL}"]
                    + "/" + parts.scheme + "/" + parts.netloc + parts.path + "?" + parts.query
                )
                there.headers.pop("Accept-Encoding", None)
                return original(self, there, **options | {{"proxies": {{}}}})

            module.HTTPAdapter.send = send

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, AfterRequests())
"""


def environment(folder: Path, port: int) -> dict[str, str]:
    """Give the variables under which each process of a stack asks the server on that port, and no other."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_PATCH)
    paths = [str(folder), str(ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    online = {"QD_SOURCES__ONLINE": "true", "QD_SOURCES__SECONDS_BETWEEN": "0.2"}
    return {"PYTHONPATH": os.pathsep.join(paths), URL: str(port), **online}
