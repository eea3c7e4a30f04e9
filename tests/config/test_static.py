"""Static files as they are served: every name with its hash, those of imported modules too."""

import re
from pathlib import Path
from typing import Any

from django.core.management import call_command

from config.settings import base


def test_modules_import_each_other_by_their_hashed_names(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": base.STORAGES["staticfiles"]}
    call_command("collectstatic", interactive=False, verbosity=0)
    (timeline,) = tmp_path.glob("js/timeline.*.js")
    imported = re.findall(r'(?:import|from) "\./([^"]+)"', timeline.read_text())
    assert len(imported) == 4
    for name in imported:
        assert re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name)
        assert (tmp_path / "js" / name).exists()
