"""What an attempt would like to get at: a key, a database, services, a process with a secret; real, and made for it."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

SECRET = "hush-4711"


@contextlib.contextmanager
def house(folder: Path) -> Iterator[dict[str, str | int]]:
    """Give the names that attempts use: paths, a process and addresses that this user itself can reach."""
    folder.chmod(0o755)
    key, database, sibling = folder / "secret.key", folder / "quantdesk.db", folder / "quantdesk-run-sibling"
    key.write_text(SECRET)
    sibling.mkdir()
    (sibling / "request.json").write_text(SECRET)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("create table secrets as select ?", (SECRET,))
        connection.commit()
    abstract = f"\0quantdesk-escape-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(_listening(socket.AF_INET, ("127.0.0.1", 0)))
        stack.enter_context(_listening(socket.AF_UNIX, str(folder / "redis.sock")))
        stack.enter_context(_listening(socket.AF_UNIX, abstract))
        victim = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, env={"SECRET": SECRET}
        )
        try:
            yield {
                "KEY": str(key),
                "DATABASE": str(database),
                "SIBLING": str(sibling / "request.json"),
                "SOCKET": str(folder / "redis.sock"),
                "ABSTRACT": abstract,
                "PORT": tcp.getsockname()[1],
                "VICTIM": victim.pid,
            }
            assert victim.poll() is None, "the victim was killed"
            assert key.read_text() == SECRET, "the key was changed"
        finally:
            victim.kill()
            victim.communicate()


@contextlib.contextmanager
def _listening(family: int, address: object) -> Iterator[socket.socket]:
    with socket.socket(family) as server:
        server.bind(address)  # type: ignore[arg-type]
        server.listen()

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.sendall(SECRET.encode())

        threading.Thread(target=answer, daemon=True).start()
        yield server
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
