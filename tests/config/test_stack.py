"""Private servers: found, started, and gone when their command is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.stack import StackError, kept

SHOW = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True)"
STAY = f"{SHOW}; import time; time.sleep(60)"


def environment(**more: str) -> dict[str, str]:
    ours = {"DATABASE_URL", "REDIS_URL"}
    return {**{name: value for name, value in os.environ.items() if name not in ours}, **more}


def command(program: str, *options: str) -> list[str]:
    python = sys.executable
    return [python, "-m", "config.stack", "run", *options, "--", python, "-c", program]


def run(program: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(program, *options),
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def answers(port: int) -> bool:
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def ports_of(line: str) -> list[int]:
    return [int(url.rpartition(":")[2].split("/")[0]) for url in line.split()]


def test_the_exit_code_is_the_one_of_the_command() -> None:
    assert run("raise SystemExit(7)", "--quick").returncode == 7


def test_the_servers_of_the_wheels_work_too() -> None:
    ask = (
        "import os, psycopg, redis;"
        "redis.Redis.from_url(os.environ['REDIS_URL']).ping();"
        "url = os.environ['DATABASE_URL'];"
        "print(psycopg.connect(url).execute('SELECT 41 + 1').fetchone()[0])"
    )
    done = run(ask, "--quick", ETABLI_SERVERS="wheel")
    assert done.stdout.strip() == "42", done.stderr


def test_servers_that_are_named_are_used_as_they_are() -> None:
    done = run(SHOW, DATABASE_URL="postgres://somewhere/x", REDIS_URL="redis://somewhere/0")
    assert done.stdout.split() == ["postgres://somewhere/x", "redis://somewhere/0"]


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_when_it_is_ended_by(signum: signal.Signals) -> None:
    with subprocess.Popen(
        command(STAY, "--quick"),
        env=environment(),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        ports = ports_of(running.stdout.readline())
        assert all(map(answers, ports))
        running.send_signal(signum)
        running.wait(120)
    deadline = time.monotonic() + 120
    while any(map(answers, ports)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(answers, ports))


def test_only_one_run_has_the_kept_data(tmp_path: Path) -> None:
    with kept.locked(tmp_path), pytest.raises(StackError, match="in use"), kept.locked(tmp_path):
        pass


def test_other_shells_find_the_servers(tmp_path: Path) -> None:
    with kept.locked(tmp_path):
        kept.publish_addresses(tmp_path, {"DATABASE_URL": "postgres://here/x"})
        assert kept.addresses_of(tmp_path) == {"DATABASE_URL": "postgres://here/x"}
