"""Make the virtual environment from the locks, where it is missing or stale.

    python3 -I config/bootstrap.py

Runs on a bare Python 3.11, so it uses the standard library only.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
ENVIRONMENT = HOUSE / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = HOUSE / "requirements-dev.txt"
STAMP = ENVIRONMENT / "made-from"
OLDEST = (3, 11)


def fingerprint() -> str:
    """What the environment is made from: the lock and this Python."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version_info[:2]}\n"


def is_fresh() -> bool:
    """Whether the environment is the one that the lock describes."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def with_new_enough_python() -> None:
    """Go on in the newest Python of this machine where `python3` is too old."""
    if sys.version_info >= OLDEST:
        return
    for minor in (14, 13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, "-I", __file__])
    sys.exit("Établi needs Python 3.11 or newer.")


def make_environment() -> None:
    """Create the environment, with the pip of this Python where ensurepip is missing."""
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if not has_ensurepip and importlib.util.find_spec("pip") is None:
        sys.exit("This Python cannot make environments: apt-get install python3-venv")
    if PYTHON.exists() and not runs():
        shutil.rmtree(ENVIRONMENT)
    if not PYTHON.exists():
        extra = [] if has_ensurepip else ["--without-pip"]
        subprocess.run([sys.executable, "-m", "venv", *extra, str(ENVIRONMENT)], check=True)
    install(has_ensurepip=has_ensurepip)


def runs() -> bool:
    """Whether the environment's Python works and has the version of this one."""
    shown = subprocess.run(
        [str(PYTHON), "-c", "import sys; print(sys.version_info[:2])"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return shown.stdout.strip() == str(sys.version_info[:2])


def install(*, has_ensurepip: bool) -> None:
    """Install what the lock names, each file checked against its hash."""
    pip = [str(PYTHON), "-m", "pip"]
    if not has_ensurepip:
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    done = subprocess.run(
        [
            *pip, "install", "--quiet", "--disable-pip-version-check", "--no-input",
            "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", str(LOCK),
        ],
        check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit("The packages of requirements-dev.txt could not be installed, see above.")
    STAMP.write_text(fingerprint())


def main() -> None:
    """Leave a fresh environment behind, whoever else is making it."""
    with_new_enough_python()
    if is_fresh():
        return
    folder = os.open(HOUSE, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    if is_fresh():
        return
    print("Setting up .venv from requirements-dev.txt, about a minute …", flush=True)
    make_environment()


if __name__ == "__main__":
    main()
