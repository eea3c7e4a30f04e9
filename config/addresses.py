"""Hold that no address of a package registry is committed.

    python -m config.addresses

Locks and build files must work behind any registry, so they name packages and hashes only.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

FREE_OF_ADDRESSES = ("requirements.txt", "requirements-dev.txt", "pyproject.toml", ".ci/run")
VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def registries() -> set[str]:
    """The hosts from which this machine takes packages."""
    told = [os.environ.get(name, "") for name in VARIABLES]
    told += _output(sys.executable, "-m", "pip", "config", "list").replace("'", " ").split()
    hosts = {urlsplit(each).hostname for each in told if "://" in each}
    return {host for host in hosts if host}


def findings() -> list[str]:
    """Lines of committed files that must not be there, as `path:line`."""
    hosts = registries()
    found = []
    for name in filter(None, _output("git", "ls-files", "-z").split("\0")):
        path = Path(name)
        if not path.is_file():
            continue
        text = path.read_bytes().decode(errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if any(host in line for host in hosts) or (name in FREE_OF_ADDRESSES and "://" in line):
                found.append(f"{name}:{number}")
    return found


if __name__ == "__main__":
    lines = findings()
    for each in lines:
        print(f"{each}: an address of a package registry")
    sys.exit(bool(lines))
