"""Keys that development and the demo make for themselves, once."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from members.credentials.keys import new_private_key as new_credential_key
from notifications.pushing import new_private_key as new_vapid_key

KEYS = Path(__file__).resolve().parents[1] / "var"
VAPID = KEYS / "vapid-key"
CREDENTIAL = KEYS / "credential-key"


def kept_vapid_key(path: Path = VAPID) -> str:
    """The key in `path`, made by whoever comes first: browsers remember what it signs."""
    return _kept(path, new_vapid_key)


def kept_credential_key(path: Path = CREDENTIAL) -> str:
    """The key in `path`, made by whoever comes first: certificates are checked with it later."""
    return _kept(path, new_credential_key)


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return path.read_text()
