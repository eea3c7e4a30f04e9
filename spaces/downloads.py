"""Files that are given out again: pictures are shown, all else is saved and never run here."""

import logging
from pathlib import PurePath

from django.core.files.base import File
from django.http import FileResponse, Http404
from django.utils.text import slugify

logger = logging.getLogger(__name__)

SHOWN = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
"""What `spaces.uploads` makes of every picture."""
SAVED = {**SHOWN, "pdf": "application/pdf", "svg": "image/svg+xml"}


def shown_picture(file: "File[bytes]") -> FileResponse:
    """A picture that was drawn anew, to be shown on a page and kept by the browser for a day."""
    answer = FileResponse(_opened(file), content_type=SHOWN.get(_extension(file), "image/png"))
    answer["Cache-Control"] = "private, max-age=86400"
    return _inert(answer)


def saved_file(file: "File[bytes]", *, title: str) -> FileResponse:
    """A document to be saved under its title: no browser opens it as a page of this site."""
    extension = _extension(file)
    answer = FileResponse(
        _opened(file),
        as_attachment=True,
        filename=f"{slugify(title) or 'document'}.{extension}",
        content_type=SAVED.get(extension, "application/octet-stream"),
    )
    answer["Cache-Control"] = "private, no-cache"
    return _inert(answer)


def _opened(file: "File[bytes]") -> "File[bytes]":
    """The file to be read; where somebody took it away there is nothing to be found, and a log."""
    try:
        return file.open()
    except FileNotFoundError as error:
        logger.exception("The file %s is gone", file.name)
        raise Http404 from error


def _extension(file: "File[bytes]") -> str:
    return PurePath(file.name or "").suffix.lower().removeprefix(".")


def _inert(answer: FileResponse) -> FileResponse:
    """Whatever it turns out to be: guess no other kind, run nothing, load nothing."""
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
