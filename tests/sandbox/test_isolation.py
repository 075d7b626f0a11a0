"""What a user's code cannot reach. Every attempt is made in a real child."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantdesk.core.backtest.spec import BacktestSpec
from quantdesk.sandbox import capabilities, launcher
from quantdesk.sandbox.capabilities import Capabilities, IsolationUnavailableError
from quantdesk.sandbox.exchange import BacktestRequest
from quantdesk.sandbox.launcher import run_backtest
from quantdesk.sandbox.limits import Limits
from quantdesk.sandbox.messages import LiveMessage, Log
from quantdesk.sandbox.outcome import Failed, Finished
from tests.fakes.made_bars import bars_of

BARS = {"600519.SH": bars_of("600519.SH", [10.0, 11.0])}
SPEC = BacktestSpec.model_validate({"symbols": ["600519.SH"], "start": "2020-01-01", "end": "2020-12-31"})

REFUSALS = ("PermissionError", "ValueError")
"""ValueError: Python's word for a limit that may not be raised."""

needs_isolation = pytest.mark.skipif(
    not capabilities.probe().isolated, reason="; ".join(capabilities.probe().missing) or "isolated"
)
pytestmark = [needs_isolation, pytest.mark.usefixtures("start")]


async def attempts(expressions: list[str]) -> dict[str, str]:
    """Evaluate expressions in one child; give for each the exception's class name, or what it gave."""
    source = (
        "import backtrader as bt\n"
        "import os, sys, socket, subprocess, ctypes, resource, signal, threading\n"
        "class S(bt.Strategy):\n"
        "    def start(self):\n"
        f"        for expression in {expressions!r}:\n"
        "            try: print('got', repr(eval(expression)))\n"
        "            except BaseException as error: print(type(error).__name__)\n"
        "    def next(self): pass\n"
    )
    lines: list[str] = []

    async def hear(message: LiveMessage) -> None:
        if isinstance(message, Log) and message.level == "info":
            lines.append(message.text)

    outcome = await run_backtest(BacktestRequest(SPEC, source), BARS, Limits(), hear, asyncio.Event())
    assert isinstance(outcome, Finished), outcome
    return dict(zip(expressions, lines, strict=True))


async def attempt(expression: str) -> str:
    return (await attempts([expression]))[expression]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "jwt.key").write_text("top secret")
    return folder


async def test_secrets_can_neither_be_read_nor_listed_nor_changed(secret: Path):
    key = secret / "jwt.key"
    path = repr(str(key))
    answers = await attempts(
        [
            f"open({path}).read()",
            f"os.listdir({str(secret)!r})",
            f"os.chmod({path}, 0o777)",
            f"os.truncate({path}, 0)",
            f"os.unlink({path})",
            f"os.rename({path}, 'here')",
            f"os.link({path}, 'here')",
            f"os.symlink({path}, 'here')",
        ]
    )
    assert set(answers.values()) == {"PermissionError"}, answers
    assert key.read_text() == "top secret"


REFUSED = [
    "open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "open('/proc/self/environ').read()",
    "open('/etc/passwd').read()",
    "os.listdir('/')",
    "os.listdir('/tmp')",
    "os.listdir(os.path.expanduser('~'))",
    "open('/tmp/quantdesk-out', 'w')",
    "open('out.csv', 'w')",
    "os.mkdir('folder')",
    "socket.socket()",
    "socket.socket(socket.AF_UNIX)",
    "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "socket.create_connection(('127.0.0.1', 9))",
    "os.fork()",
    "subprocess.run(['/bin/true'])",
    "os.posix_spawn('/bin/true', ['true'], {})",
    "os.execv('/bin/true', ['true'])",
    "os.kill(os.getppid(), 9)",
    "os.killpg(os.getpgid(os.getppid()), 9)",
    "os.setsid()",
    "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "resource.prlimit(0, resource.RLIMIT_CPU, (1, 1))",
    "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))",
    "os.memfd_create('x')",
    "os.setuid(12345)",
    "os.utime('/etc/passwd')",
    "os.nice(5)",
]


async def test_files_network_processes_and_limits_are_refused():
    answers = await attempts(REFUSED)
    assert {expression: answer for expression, answer in answers.items() if answer not in REFUSALS} == {}


REFUSED_CALLS = [
    "ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)",  # stop dying with the parent
    "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)",
    "ctypes.CDLL(None).shmget(0, 4096, 0o1600)",
    "ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(256))",  # io_uring_setup
    "ctypes.CDLL(None).syscall(0x40000000 + 39)",  # getpid by the x32 numbers
    "ctypes.CDLL(None).vfork()",
]


async def test_refused_below_python_too():
    answers = await attempts(REFUSED_CALLS)
    assert set(answers.values()) == {"got -1"}, answers


NEEDED = [
    ("'SECRET' in os.environ", "False"),
    (
        "sorted(set(os.environ) - {'LC_CTYPE'})",
        "['HOME', 'LANG', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'PYTHONHASHSEED']",
    ),
    ("os.getpid() == os.getsid(0) == os.getpgid(0)", "True"),
    ("open('/dev/null', 'w').write('x')", "1"),
    ("len(os.urandom(4))", "4"),
    ("__import__('zoneinfo').ZoneInfo('Asia/Shanghai').key", "'Asia/Shanghai'"),
    ("int(__import__('pandas').Series([1, 2]).sum())", "3"),
    ("float(__import__('talib').SMA(__import__('numpy').arange(4.0), 2)[-1])", "2.5"),
    ("hasattr(bt.talib, 'SMA')", "True"),
    ("__import__('numba').njit(lambda x: x + 1)(1)", "2"),
    ("[t.start() or t.join() for t in [threading.Thread(target=int)]]", "[None]"),
    ("os.kill(os.getpid(), 0)", "None"),
]


async def test_what_strategies_need_works(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "x")
    answers = await attempts([expression for expression, _ in NEEDED])
    assert answers == {expression: f"got {gives}" for expression, gives in NEEDED}


async def test_a_listening_service_of_the_product_cannot_be_reached(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "redis.sock"))
        server.listen()
        path = str(tmp_path / "redis.sock")
        assert await attempt(f"socket.socket(socket.AF_UNIX).connect({path!r})") == "PermissionError"


@pytest.fixture
def open_files(secret: Path) -> Iterator[int]:
    descriptor = os.open(secret / "jwt.key", os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    yield descriptor
    os.close(descriptor)


async def test_files_open_in_the_parent_are_closed_in_the_child(open_files: int):
    # Two are left: the message channel and the result file.
    assert await attempt("sum(os.path.exists(f'/dev/fd/{fd}') for fd in range(3, 200))") == "got 2"
    assert await attempt(f"os.read({open_files}, 10)") != "got b'top secret'"


async def test_a_fork_bomb_starts_nothing():
    source = "import os, backtrader as bt\nclass S(bt.Strategy):\n    def next(self):\n        while True: os.fork()\n"

    async def ignore(message: LiveMessage) -> None: ...

    outcome = await run_backtest(BacktestRequest(SPEC, source), BARS, Limits(), ignore, asyncio.Event())
    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.line) == ("PermissionError", 4)
    assert "隔离" in (outcome.error.hint_zh or "")


async def test_user_code_at_import_time_is_already_locked_in():
    source = "open('/etc/passwd').read()\n"

    async def ignore(message: LiveMessage) -> None: ...

    outcome = await run_backtest(BacktestRequest(SPEC, source), BARS, Limits(), ignore, asyncio.Event())
    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.line) == ("PermissionError", 1)


async def test_without_isolation_nothing_runs_unless_that_is_allowed(monkeypatch: pytest.MonkeyPatch):
    none = Capabilities(landlock_abi=0, seccomp=False)
    monkeypatch.setattr(launcher.capabilities, "probe", lambda: none)

    async def ignore(message: LiveMessage) -> None: ...

    request = BacktestRequest(SPEC, "import backtrader as bt\nclass S(bt.Strategy): pass\n")
    with pytest.raises(IsolationUnavailableError, match=r"Landlock is missing.*seccomp is missing"):
        await run_backtest(request, BARS, Limits(), ignore, asyncio.Event())
    outcome = await run_backtest(request, BARS, Limits(), ignore, asyncio.Event(), require_isolation=False)
    assert isinstance(outcome, Finished)
