"""A private PostgreSQL server."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from hashlib import sha256
from pathlib import Path

import psycopg

from config.stack import process
from config.stack.binaries import copy_of_wheel, postgres_binaries
from config.stack.errors import StackError

START_WITHIN = 30.0
PORTS_TRIED = 3
DATABASE = USER = "etabli"
THROWAWAY = Path("/tmp")  # noqa: S108 - made by mkdtemp
LASTING = Path("/var/tmp")  # noqa: S108 - owner and mode are checked
QUICK = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "jit=off",
)


def unprivileged() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL, which refuses root; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    message = "PostgreSQL refuses to run as root: start this as an ordinary user."
    raise StackError(message)


def lasting_home(data: Path) -> Path:
    """The folder of the cluster that belongs to `data`, whether it exists or not.

    A checkout may be closed to everybody but root, so root's clusters live elsewhere.
    """
    account = unprivileged()
    if account is None:
        return data / "postgres"
    mark = sha256(str(data.resolve()).encode()).hexdigest()[:12]
    return LASTING / f"etabli-{account.pw_name}-{mark}"


class Postgres:
    """A server on a loopback port, with its cluster in `home`."""

    def __init__(self, home: Path, *, quick: bool = False) -> None:
        self.account = unprivileged()
        self.home = home
        self.data = home / "data"
        self.quick = quick
        self.port = 0
        self.server: subprocess.Popen[bytes] | None = None
        self._prepare_home()
        self.binaries = self._reachable(postgres_binaries())

    @classmethod
    def throwaway(cls, *, quick: bool) -> "Postgres":
        """A server whose cluster `remove` deletes."""
        folder = THROWAWAY if os.geteuid() == 0 else None
        return cls(Path(tempfile.mkdtemp(prefix="etabli-postgres-", dir=folder)), quick=quick)

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgres://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Make the cluster where there is none, start the server and its database."""
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._end_orphan()
        for attempt in range(1, PORTS_TRIED + 1):
            self.port = process.free_port()
            self._launch()
            try:
                self._wait()
            except StackError:
                self.stop()
                if attempt == PORTS_TRIED:
                    raise
            else:
                return

    def start_again(self) -> None:
        """Start a stopped server where it was."""
        self._launch()
        self._wait()

    def stop(self) -> None:
        """End the server, rolling back what still runs."""
        if self.server:
            process.stop(self.server, signum=signal.SIGINT)

    def remove(self) -> None:
        """Delete the cluster of a stopped server."""
        shutil.rmtree(self.home, ignore_errors=True)

    def _prepare_home(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account is None:
            return
        status = self.home.lstat()
        if self.home.is_symlink() or status.st_uid not in {0, self.account.pw_uid}:
            message = f"{self.home} belongs to somebody else: remove it, or set DATABASE_URL."
            raise StackError(message)
        self.home.chmod(0o700)
        os.chown(self.home, self.account.pw_uid, self.account.pw_gid)

    def _reachable(self, binaries: Path) -> Path:
        """The binaries where the server's account may run them: root's wheels are copied."""
        if self.account is None or binaries.is_relative_to("/usr"):
            return binaries
        mark = sha256(f"{binaries} {binaries.stat().st_mtime}".encode()).hexdigest()[:12]
        return copy_of_wheel(binaries, self.home / f"postgres-{mark}")

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
        return {**kept, "HOME": str(self.home), "LC_ALL": "C.UTF-8"}

    def _make_cluster(self) -> None:
        """Through a folder that is renamed when it is whole, so that no half cluster stays."""
        unfinished = self.home / "data-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        done = subprocess.run(
            [
                self.binaries / "initdb", "-D", unfinished, "-U", USER, "-A", "trust",
                "-E", "UTF8", "--locale=C.UTF-8", "-N",
            ],
            cwd="/", env=self._environment(), capture_output=True, text=True, check=False,
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )  # fmt: skip
        if done.returncode:
            message = f"initdb failed: {done.stderr.strip()}"
            raise StackError(message)
        unfinished.rename(self.data)

    def _end_orphan(self) -> None:
        """Stop a server that a killed run left on this cluster, and forget its mark.

        Only the holder of the data's lock comes here, so the server is nobody's. A process
        that merely got the same number since is left alone.
        """
        mark = self.data / "postmaster.pid"
        if not mark.exists():
            return
        pid = int(mark.read_text().split()[0])
        with contextlib.suppress(OSError):
            if str(self.data) in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGINT)
                deadline = time.monotonic() + process.STOPS_WITHIN
                while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                    time.sleep(0.05)
        mark.unlink(missing_ok=True)

    def _launch(self) -> None:
        settings = ["max_connections=200", "unix_socket_directories="]
        if self.quick:
            settings += QUICK
        with (self.home / "postgres.log").open("ab") as log:
            self.server = process.start(
                [
                    self.binaries / "postgres", "-D", self.data, "-p", str(self.port),
                    "-h", "127.0.0.1", *(part for each in settings for part in ("-c", each)),
                ],
                environment=self._environment(), output=log, folder=Path("/"),
                at_our_death=signal.SIGINT,
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
            )  # fmt: skip

    def _wait(self) -> None:
        """Until our own server answers; another's on the same port does not count."""
        deadline = time.monotonic() + START_WITHIN
        address = f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"
        while True:
            try:
                connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
                break
            except psycopg.OperationalError as error:
                ended = self.server is None or self.server.poll() is not None
                if ended or time.monotonic() > deadline:
                    message = f"PostgreSQL did not start, see {self.home}/postgres.log."
                    raise StackError(message) from error
                time.sleep(0.03)
        with connection:
            shown = connection.execute("SHOW data_directory").fetchone()
            if shown is None or Path(shown[0]) != self.data.resolve():
                message = "Another PostgreSQL took the port."
                raise StackError(message)
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
