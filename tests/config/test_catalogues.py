"""Translations compiled without gettext's tools."""

import gettext
import os
from pathlib import Path

from config.catalogues import compile_catalogues

SOURCE = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "laser"\nmsgstr "%s"\n'
)


def write(folder: Path, translation: str) -> Path:
    path = folder / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SOURCE % translation)
    return path


def translated(folder: Path) -> str:
    with (folder / "fr" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext("laser")


def test_a_catalogue_is_compiled_once(tmp_path: Path) -> None:
    write(tmp_path, "découpe laser")
    assert compile_catalogues(tmp_path) == 1
    assert translated(tmp_path) == "découpe laser"
    assert compile_catalogues(tmp_path) == 0


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path) -> None:
    write(tmp_path, "laser")
    compile_catalogues(tmp_path)
    path = write(tmp_path, "découpe")
    later = path.stat().st_mtime + 5
    os.utime(path, (later, later))
    assert compile_catalogues(tmp_path) == 1
    assert translated(tmp_path) == "découpe"
