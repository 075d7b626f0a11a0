"""Memory of the whole idle embedded stack: supervisor, Redis, API, worker, beat."""

from __future__ import annotations

from pathlib import Path

from benchmarks.rows import Row
from benchmarks.stack import started, wait_for, wait_for_demo

AIM_MB = 700.0
IDLE_TICKS = 15
"""CPU time (in hundredths of a second) that all processes together may use in a round that counts as idle."""


def run() -> list[Row]:
    """Measure after the first run, a sign-in and some requests, once nothing works any more."""
    with started() as stack:
        with stack.sign_in() as client:
            for symbol in wait_for_demo(client)[:20]:
                client.get(f"/stocks/{symbol}/data", params={"adjust": "qfq"}).raise_for_status()
        wait_until_idle(stack.pid)
        processes = family(stack.pid)
        pss, rss = (sum(memory(pid, key) for pid in processes) for key in ("Pss", "Rss"))
        parts = [Row(f"  {name(pid)}, PSS", memory(pid, "Pss"), "MB") for pid in processes]
    return [
        Row("idle embedded stack, PSS (shared pages counted once)", pss, "MB", AIM_MB),
        Row("the same, RSS (shared pages counted in each process)", rss, "MB"),
        *parts,
    ]


def family(pid: int) -> list[int]:
    """Give the process and all it started, directly or not."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def memory(pid: int, key: str) -> float:
    """Give a figure of smaps_rollup in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"smaps_rollup of {pid} has no {key}")


def name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    modules = [words[at + 1 :] for at, word in enumerate(words) if word == "-m"]
    return " ".join(modules[0]).strip() if modules else " ".join(Path(word).name for word in words[:3]).strip()


def ticks(pid: int) -> int:
    """Give the CPU time of the process and all it started, in hundredths of a second."""
    stats = [Path(f"/proc/{member}/stat").read_text().rsplit(") ", 1)[1].split() for member in family(pid)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats)


def wait_until_idle(pid: int) -> None:
    """Wait for three rounds in a row with hardly any work in them."""
    last, quiet = ticks(pid), 0

    def idle() -> bool:
        nonlocal last, quiet
        if (now := ticks(pid)) - last <= IDLE_TICKS:
            quiet += 1
        else:
            quiet = 0
        last = now
        return quiet >= 40

    wait_for(idle, 60, "the stack to be idle")
