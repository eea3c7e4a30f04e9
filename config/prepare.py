"""Bring database, static files and translations up to date; load the demo where there is none.

python -m config.prepare
"""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from config.catalogues import compile_catalogues


def prepare() -> None:
    """Everything that must be true before pages are served; changes nothing the second time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    compile_catalogues()
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    collect_static()
    call_command("load_demo")


def collect_static() -> None:
    """Collect and compress the static files, which takes seconds, where one of them changed."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / "made-from"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    prepare()
