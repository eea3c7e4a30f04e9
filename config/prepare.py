"""Bring database, static files and translations up to date; load the demo where there is none.

python -m config.prepare
"""

import os

import django
from django.core.management import call_command

from config.catalogues import compile_catalogues


def prepare() -> None:
    """Everything that must be true before pages are served; changes nothing the second time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    compile_catalogues()
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_demo")


if __name__ == "__main__":
    prepare()
