"""What `quantdesk up` looks at before it starts, and how it says it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner
from redis import Redis

from quantdesk.cli import preflight
from quantdesk.cli.doctor import shown_settings
from quantdesk.cli.home import find_owner, lock_home, prepare_home
from quantdesk.cli.main import main
from quantdesk.cli.redis_server import redis_command, set_aside_broken_log
from quantdesk.settings import Settings
from tests.support.redis_server import RedisServer


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings.model_validate({"home": home})


def test_help_names_every_command_without_loading_them() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name in ("up", "down", "status", "doctor", "data", "backtest"):
        assert f"\n  {name} " in result.output


def test_a_port_that_is_free_passes_and_a_busy_one_is_named(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        busy = settings.model_copy(update={"api": settings.api.model_copy(update={"port": port})})
        with pytest.raises(click.ClickException, match=f"port {port} on 127.0.0.1 is in use.*QD_API__PORT"):
            preflight.check_port(busy)
    preflight.check_port(busy)


def test_an_address_that_is_not_ours_is_named(settings: Settings) -> None:
    foreign = settings.model_copy(update={"api": settings.api.model_copy(update={"host": "192.0.2.1"})})
    with pytest.raises(click.ClickException, match=r"cannot listen on 192\.0\.2\.1"):
        preflight.check_port(foreign)


def test_a_full_disk_stops_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12, 150_000_000))
    with pytest.raises(click.ClickException, match="only 150 MB are free"):
        preflight.check_disk(settings)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**11, 10**11))
    preflight.check_disk(settings)


def test_a_page_that_is_not_built_says_run_make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(preflight, "PAGES", (tmp_path / "index.html",))
    with pytest.raises(click.ClickException, match="run `make up`"):
        preflight.check_page()


@pytest.mark.parametrize("name", ["QD_API__PORT", "QD_JOBS__CONCURRENCY", "QD_LOG__LEVEL"])
def test_a_wrong_setting_is_named_by_its_variable(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "nonsense")
    result = CliRunner().invoke(main, ["up"])
    assert result.exit_code == 1
    assert f"{name}='nonsense'" in result.output


def test_one_at_a_time_works_on_a_home(settings: Settings) -> None:
    prepare_home(settings)
    assert find_owner(settings) is None
    with lock_home(settings, "http://127.0.0.1:8000"):
        owner = find_owner(settings)
        assert owner is not None
        assert (owner.pid, owner.url) == (os.getpid(), "http://127.0.0.1:8000")
        with pytest.raises(click.ClickException, match=f"process {os.getpid()}, at http://127.0.0.1:8000"):
            lock_home(settings, "http://127.0.0.1:9000")
    assert find_owner(settings) is None
    lock_home(settings, "http://127.0.0.1:9000").close()


def test_a_home_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(click.ClickException, match="Set QD_HOME to a folder"):
        prepare_home(Settings.model_validate({"home": tmp_path / "home"}))


def test_a_stale_socket_and_pid_do_not_stop_redis(settings: Settings) -> None:
    prepare_home(settings)
    settings.redis_socket.write_text("")
    (settings.home / "run" / "redis.pid").write_text("999999999")
    executable, config = redis_command(settings)
    assert not settings.redis_socket.exists()
    assert Path(executable).is_file()
    text = Path(config).read_text()
    for line in ("port 0", "unixsocketperm 700", "appendfsync everysec", "maxmemory-policy noeviction"):
        assert line in text.splitlines()


def test_a_pid_that_now_is_another_program_is_left_alone(settings: Settings) -> None:
    prepare_home(settings)
    (settings.home / "run" / "redis.pid").write_text(str(os.getpid()))
    redis_command(settings)  # or this test would end here


def test_a_server_of_ours_that_was_left_behind_is_ended_and_nobody_elses(
    settings: Settings, own_redis: RedisServer
) -> None:
    prepare_home(settings)
    redis = [sys.executable, "-c", "import time; time.sleep(60)", "redis-server"]
    pidfile = settings.home / "run" / "redis.pid"
    with subprocess.Popen([*redis, f"unixsocket:{settings.redis_socket}"]) as ours:
        pidfile.write_text(str(ours.pid))
        threading.Thread(target=ours.wait).start()  # or it would stay as a zombie
        redis_command(settings)
        assert ours.wait(30) == -signal.SIGTERM
    pidfile.write_text(str(own_redis.pid))
    redis_command(settings)
    with Redis.from_url(own_redis.url) as client:
        assert client.ping()


def test_only_a_damaged_log_is_set_aside(settings: Settings) -> None:
    prepare_home(settings)
    log = settings.home / "redis" / "appendonly.aof"
    log.write_bytes(b"x")
    assert set_aside_broken_log(settings, ["Can't open the log file"]) is None
    assert log.exists()
    aside = set_aside_broken_log(settings, ["1:M Bad file format reading the append only file: make a backup"])
    assert aside is not None
    assert aside.read_bytes() == b"x"
    assert not log.exists()


def test_the_doctor_shows_settings_with_masked_passwords(home: Path) -> None:
    settings = Settings.model_validate(
        {
            "home": home,
            "database": {"url": "postgresql+asyncpg://desk:hunter2@db/desk"},
            "redis": {"url": "redis://:hunter2@cache:6379/0"},
        }
    )
    shown = shown_settings(settings)
    assert shown["QD_DATABASE__URL"] == "postgresql+asyncpg://desk:***@db/desk"
    assert shown["QD_REDIS__URL"] == "redis://:***@cache:6379/0"
    assert shown["QD_API__PORT"] == "8000"
    assert "hunter2" not in str(shown)
