"""Inspect one file in a process of its own: `python -m quantdesk.features.data.importer`.

A request as JSON on stdin, the answer as JSON on stdout. The file comes from anywhere, and the readers of its format
are native code: one that crashes or swells takes this process along, and not the API's.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from quantdesk.features.data.importer.errors import FileRefused
from quantdesk.features.data.importer.inspecting import Answer, Request
from quantdesk.features.data.importer.inspection import inspect_file
from quantdesk.features.data.importer.qlib_folder import inspect_qlib, is_qlib

ADDRESS_SPACE = 4 * 1024**3
"""Bytes. Much of it is only reserved: the libraries alone take more than one of these gigabytes."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request = Request.model_validate_json(sys.stdin.buffer.read())
    try:
        path = Path(request.path)
        if is_qlib(path):
            answer = Answer(inspection=inspect_qlib(path, request.name))
        else:
            answer = Answer(inspection=inspect_file(path, request.name, request.options))
    except FileRefused as refusal:
        answer = Answer(problem=refusal.problem)
    sys.stdout.write(answer.model_dump_json())


main()
