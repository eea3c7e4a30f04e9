"""Keys that development and the demo make for themselves, once."""

import contextlib
import os
import tempfile
from pathlib import Path

from notifications.pushing import new_private_key

VAPID = Path(__file__).resolve().parents[1] / "var" / "vapid-key"


def kept_vapid_key(path: Path = VAPID) -> str:
    """The key in `path`, made by whoever comes first: browsers remember what it signs."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(new_private_key())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_text()
