"""The migrated database that the database of every test process is a copy of.

Migrations take longer than a hundred tests. Whoever starts the tests has a process of its own make
the template while the others collect; each copies it as soon as it is there. What the migrations
end with is kept for the next time, until a line changes of all that they come from.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from psycopg.sql import SQL, Identifier

from config.stack.binaries import postgres_binaries

MADE_WITHIN = 900.0
SOURCES = (
    *("*/migrations/*.py", "*/models/*.py", "*/models.py", "*/apps.py", "config/settings/*.py"),
    # Migrations import it.
    "machines/measuring/*.py",
)
KEPT = settings.BASE_DIR / ".pytest_cache" / "template"


def begin() -> subprocess.Popen[bytes]:
    """Start to make the template, instead of any that was left behind."""
    _drop()
    _execute("CREATE DATABASE {}", _unfinished())
    return subprocess.Popen(
        [sys.executable, "-m", "tests.template"], cwd=settings.BASE_DIR, start_new_session=True
    )


def end(maker: subprocess.Popen[bytes]) -> None:
    """Put everything away again."""
    if maker.poll() is None:
        # With what it has started: nobody waits for the rest of the migrations.
        os.killpg(maker.pid, signal.SIGKILL)
        maker.wait()
    _drop()


def finished() -> str:
    """The name of the template, once it is there."""
    deadline = time.monotonic() + MADE_WITHIN
    # One connection for all of that time: whoever makes it needs the processor.
    with _server() as server:
        while time.monotonic() < deadline:
            # In this order, for one becomes the other.
            is_being_made, is_made = _is_there(server, _unfinished()), _is_there(server, _name())
            if is_made:
                return _name()
            if not is_being_made:
                raise RuntimeError("The migrations failed: what they said stands above.")
            time.sleep(0.2)
    raise RuntimeError(f"The migrations took longer than {MADE_WITHIN:.0f} s.")


def make() -> None:
    """Bring back what was kept, else migrate; where that fails, nothing is left."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{_unfinished()}").geturl()
    kept = KEPT / f"{fingerprint()}.dump"
    try:
        if not _is_brought_back(kept, address):
            _migrate(address)
            _keep(kept, address)
        _execute("ALTER DATABASE {} RENAME TO {}", _unfinished(), _name())
    finally:
        _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _unfinished())


def fingerprint() -> str:
    """What the migrations end with comes from: their code, the models, the packages, the server."""
    files = [each for pattern in SOURCES for each in sorted(settings.BASE_DIR.glob(pattern))]
    files.append(settings.BASE_DIR / "requirements.txt")
    with _server() as server:
        found = hashlib.sha256(f"{server.info.server_version} {sys.version_info}".encode())
    for each in files:
        content = each.read_bytes()
        found.update(f"{each.relative_to(settings.BASE_DIR)} {len(content)} ".encode() + content)
    return found.hexdigest()


def _migrate(address: str) -> None:
    subprocess.run(
        # What it would check first is checked by the tests, which need all addresses for it.
        [
            *(sys.executable, "manage.py", "migrate", "--skip-checks"),
            *("--settings", "config.settings.test", "-v0"),
        ],
        env={**os.environ, "DATABASE_URL": address},
        check=True,
    )


def _is_brought_back(kept: Path, address: str) -> bool:
    if not kept.exists():
        return False
    done = _run("pg_restore", "--no-owner", "--single-transaction", "-d", address, str(kept))
    return done == 0


def _keep(kept: Path, address: str) -> None:
    """Instead of what was kept before; where this server has no such program, nothing."""
    KEPT.mkdir(parents=True, exist_ok=True)
    unfinished = KEPT / f"{os.getpid()}.unfinished"
    if _run("pg_dump", "--format=custom", f"--file={unfinished}", address) == 0:
        for old in KEPT.glob("*.dump"):
            old.unlink(missing_ok=True)
        unfinished.rename(kept)
    unfinished.unlink(missing_ok=True)


def _run(program: str, *arguments: str) -> int:
    path = postgres_binaries() / program
    return subprocess.run([path, *arguments], check=False).returncode if path.exists() else 1


def _name() -> str:
    return f"template_{urlsplit(os.environ['DATABASE_URL']).path.lstrip('/')}"


def _unfinished() -> str:
    return f"{_name()}_unfinished"


def _drop() -> None:
    for name in (_name(), _unfinished()):
        _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _is_there(server: psycopg.Connection, name: str) -> bool:
    found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _execute(statement: str, *names: str) -> None:
    with _server() as server:
        server.execute(SQL(statement).format(*map(Identifier, names)))


def _server() -> psycopg.Connection:
    """Its own database, which nobody copies or drops."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres")
    return psycopg.connect(address.geturl(), autocommit=True)


if __name__ == "__main__":
    make()
