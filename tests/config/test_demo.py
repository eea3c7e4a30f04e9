"""The processes of the demo: kept up, told about, and gone together."""

import os
import shutil
import socket
import sys
import time
from pathlib import Path

import pytest

from config import freshness
from config.demo import refuse_port_in_use, secret_of
from config.parts import RESTARTS_ALLOWED, DemoError, Part, parts_of, stop

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
START_A_CHILD = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""
LEAVES_A_CHILD = [sys.executable, "-c", START_A_CHILD]


def part_of(command: list[str], tmp_path: Path) -> Part:
    return Part("worker", command, dict(os.environ), tmp_path / "worker.log")


def test_a_killed_part_is_started_again_and_said(tmp_path: Path, capsys) -> None:
    part = part_of(SLEEP, tmp_path)
    part.start()
    try:
        first = part.running
        assert first is not None
        part.keep_up()
        assert part.running is first
        first.kill()
        first.wait()
        part.keep_up()
        assert part.running is not None
        assert part.running.poll() is None
        assert part.running.pid != first.pid
        assert "worker ended (exit -9), starting it again" in capsys.readouterr().out
    finally:
        stop([part])
    assert part.running.poll() is not None


def test_what_a_killed_part_left_behind_is_ended_too(tmp_path: Path) -> None:
    part = part_of(LEAVES_A_CHILD, tmp_path)
    part.start()
    try:
        assert part.running is not None
        child = number_in(part.log)
        part.running.kill()
        part.running.wait()
        assert alive(child)
        part.keep_up()
        wait_until(lambda: not alive(child))
    finally:
        stop([part])


def test_a_part_that_keeps_ending_ends_the_demo(tmp_path: Path) -> None:
    part = part_of([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
    part.start()
    for _attempt in range(RESTARTS_ALLOWED):
        ended(part).keep_up()
    with pytest.raises(DemoError, match="worker keeps ending"):
        ended(part).keep_up()


def test_web_worker_beat_and_mailbox_are_the_parts(tmp_path: Path) -> None:
    parts = parts_of(8123, tmp_path, {"EMAIL_URL": "smtp://127.0.0.1:2525"})
    assert [part.name for part in parts] == ["web", "worker", "beat", "mailbox"]


def test_a_port_in_use_is_refused_with_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"make demo PORT={port + 1}"):
            refuse_port_in_use(port)


def test_the_secret_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    secret = secret_of(tmp_path)
    assert secret_of(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_the_demo_is_prepared_again_when_a_file_changed(tmp_path: Path) -> None:
    migrations = tmp_path / "spaces" / "migrations"
    migrations.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("django==5.2")
    before = freshness.fingerprint(tmp_path)
    assert freshness.fingerprint(tmp_path) == before
    (migrations / "0001_initial.py").write_text("")
    changed = freshness.fingerprint(tmp_path)
    assert changed != before
    shutil.rmtree(migrations)
    assert freshness.fingerprint(tmp_path) == before


def test_another_database_is_prepared_of_its_own(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://here/x")
    here = freshness.fingerprint(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgres://there/x")
    assert freshness.fingerprint(tmp_path) != here


def ended(part: Part) -> Part:
    assert part.running is not None
    part.running.wait()
    return part


def number_in(log: Path) -> int:
    wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    return int(log.read_text())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(holds) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
