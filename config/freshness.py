"""Whether what was prepared for the demo still fits the files it was prepared from.

Preparing imports everything and asks the database; comparing names, sizes and times takes
milliseconds, so the second start goes straight to the web server.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
MADE_FROM = (
    "requirements*.txt",
    "config/**/*.py",
    "*/migrations/*.py",
    "static/**/*",
    "locale/**/*.po",
)
MADE = ("staticfiles/staticfiles.json", "locale/**/*.mo")


def is_prepared(data: Path) -> bool:
    """Whether nothing changed since `note_prepared` was called for these data."""
    stamp = data / "prepared"
    made = all(any(HOUSE.glob(pattern)) for pattern in MADE)
    return made and stamp.exists() and stamp.read_text() == fingerprint()


def note_prepared(data: Path) -> None:
    """Remember what the data, the static files and the translations were made from."""
    (data / "prepared").write_text(fingerprint())


def fingerprint(house: Path = HOUSE) -> str:
    """A mark that is another one as soon as a file of the house or the database is another."""
    digest = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
    for path in sorted(_files(house)):
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(house: Path) -> Iterator[Path]:
    for pattern in MADE_FROM:
        yield from (path for path in house.glob(pattern) if path.is_file())
