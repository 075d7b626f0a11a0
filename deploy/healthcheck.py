"""`python deploy/healthcheck.py api|worker|beat|kernels`: exit 0 when this container's process does its work."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path
from urllib.request import urlopen

BEAT_LATE_SECONDS = 60


def api(port: int) -> str | None:
    with urlopen(f"http://127.0.0.1:{port}/health", timeout=3) as answer:
        return None if answer.status == 200 else f"/health answers {answer.status}"


def kernels(home: Path) -> str | None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(3)
        connection.connect(str(home / "run" / "kernels.sock"))
        connection.sendall(b"list\n")
        return None if connection.recv(1) == b"[" else "the host of the kernels answers something else"


async def background(role: str) -> str | None:
    """Look for the process's signs of life in Redis: a process that exists but hangs leaves none."""
    from quantdesk.bootstrap import make_redis
    from quantdesk.features.system import vitals
    from quantdesk.settings import load_settings

    async with make_redis(load_settings()) as redis:
        if role == "beat":
            age = await vitals.beat_age(redis)
            return None if age is not None and age < BEAT_LATE_SECONDS else f"beat's last errand is {age} s old"
        ours = [worker for worker in await vitals.workers(redis) if worker.name.startswith(f"{socket.gethostname()}:")]
        return None if ours else "no sign of life of this container's worker"


def main() -> None:
    role = sys.argv[1]
    if role == "api":
        from quantdesk.settings import load_settings

        problem = api(load_settings().api.port)
    elif role == "kernels":
        from quantdesk.settings import load_settings

        problem = kernels(load_settings().home)
    else:
        problem = asyncio.run(background(role))
    sys.exit(problem)


if __name__ == "__main__":
    main()
