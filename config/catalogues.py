"""Compile the translations: locale/**/*.po to .mo, without gettext's tools.

python -m config.catalogues
"""

import os
import tempfile
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def compile_catalogues(folder: Path = LOCALE) -> int:
    """Compile what changed since it was last compiled and say how many files that were."""
    compiled = 0
    for source in sorted(folder.rglob("LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        _write_whole(target, polib.pofile(str(source)).to_binary())
        compiled += 1
    return compiled


def _write_whole(target: Path, content: bytes) -> None:
    """Through a file beside it, so that nobody reads half of it."""
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(target)


if __name__ == "__main__":
    compile_catalogues()
