"""The migrated database that the database of every test process is a copy of.

Migrations take longer than a hundred tests. Whoever starts the tests has a process of its own make
the template while the others collect; each copies it as soon as it is there.
"""

import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from psycopg.sql import SQL, Identifier

MADE_WITHIN = 900.0


def begin() -> subprocess.Popen[bytes]:
    """Start to make the template, instead of any that was left behind."""
    _drop()
    _execute("CREATE DATABASE {}", _unfinished())
    return subprocess.Popen([sys.executable, "-m", "tests.template"], cwd=settings.BASE_DIR)


def end(maker: subprocess.Popen[bytes]) -> None:
    """Put everything away again."""
    maker.kill()
    maker.wait()
    _drop()


def finished() -> str:
    """The name of the template, once it is there."""
    deadline = time.monotonic() + MADE_WITHIN
    while time.monotonic() < deadline:
        # In this order, for one becomes the other.
        is_being_made, is_made = _is_there(_unfinished()), _is_there(_name())
        if is_made:
            return _name()
        if not is_being_made:
            raise RuntimeError("The migrations failed: what they said stands above.")
        time.sleep(0.1)
    raise RuntimeError(f"The migrations took longer than {MADE_WITHIN:.0f} s.")


def make() -> None:
    """Migrate, and call it finished; where that fails, nothing is left."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{_unfinished()}")
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--settings", "config.settings.test", "-v0"],
            env={**os.environ, "DATABASE_URL": address.geturl()},
            check=True,
        )
        _execute("ALTER DATABASE {} RENAME TO {}", _unfinished(), _name())
    finally:
        _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _unfinished())


def _name() -> str:
    return f"template_{urlsplit(os.environ['DATABASE_URL']).path.lstrip('/')}"


def _unfinished() -> str:
    return f"{_name()}_unfinished"


def _drop() -> None:
    for name in (_name(), _unfinished()):
        _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _is_there(name: str) -> bool:
    with _server() as server:
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
