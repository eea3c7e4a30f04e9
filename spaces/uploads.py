"""Files that people send: they are what they say they are, or they are not kept.

A picture is drawn anew, so that nothing but its pixels gets in: no position of the camera, no
second file behind the first. A document is kept as it came once its content was found to be what
its name says; it is given out to be saved, never shown on this site (`spaces/downloads.py`).
"""

import secrets
import struct
import zlib
from io import BytesIO
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree as ET

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MEGABYTE = 1024 * 1024
MAX_PICTURE_BYTES, MAX_DOCUMENT_BYTES = 15 * MEGABYTE, 25 * MEGABYTE
MAX_PIXELS = 64_000_000
"""Cameras of phones make up to 50 million; more is a mistake or a trap."""
LONGEST_SIDE = 2000
"""Pixels of the longer side of what is kept: sharp on a wide screen, some 400 kB."""
QUALITY = 85

SHRUNK_WELL = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})
"""Modes whose pixels can be mixed; those of a palette cannot."""
READ = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "gif", "avif"})
TEXTS = frozenset({"txt", "md", "csv", "json", "ini", "gcode", "nc", "dxf"})
DOCUMENTS = frozenset({"pdf", "svg"}) | PICTURES | TEXTS

UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow is known to raise over files that are broken, cut or made to break it."""

RUNS = frozenset({"script", "foreignobject", "handler", "iframe", "object", "embed"})
"""Elements of a drawing that run or load something."""


class NotAPicture(ValidationError):
    """The file cannot be read as a picture, whatever its name says."""


class NotADocument(ValidationError):
    """The file is of a kind that is not kept, or not of the kind that its name says."""


class TooLarge(ValidationError):
    """The file has more bytes or more pixels than are looked at."""


def reencoded_picture(
    upload: "File[bytes]", *, longest: int = LONGEST_SIDE
) -> "ContentFile[bytes]":
    """The pixels of a picture as a new JPEG, or as PNG where it is transparent, the right way up.

    Neither side is longer than `longest` pixels. Nothing else of the upload is kept, its name
    included. Raises TooLarge and NotAPicture.
    """
    _bounded(upload, MAX_PICTURE_BYTES)
    upload.seek(0)
    try:
        image = _drawn(upload, longest)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UNREADABLE as error:
        if isinstance(error, ValidationError):
            raise
        raise NotAPicture(
            _("This is not a picture that we can read. Send a JPEG, PNG, WebP, GIF or AVIF file."),
            code="not_a_picture",
        ) from error
    kind, extension = ("PNG", "png") if image.mode == "RGBA" else ("JPEG", "jpg")
    out = BytesIO()
    image.save(out, kind, quality=QUALITY, optimize=True)
    return ContentFile(out.getvalue(), f"{secrets.token_hex(16)}.{extension}")


def checked_document(upload: "File[bytes]") -> "ContentFile[bytes]":
    """The document with a plain name, once its content was found to be what its name says.

    A picture is drawn anew. Raises TooLarge, NotADocument and NotAPicture.
    """
    _bounded(upload, MAX_DOCUMENT_BYTES)
    path = PurePath(upload.name or "")
    extension = path.suffix.lower().removeprefix(".")
    if extension not in DOCUMENTS:
        raise NotADocument(
            _("Files of this kind are not kept here. Send a PDF, a text, a picture or an SVG."),
            code="kind",
        )
    stem = slugify(path.stem)[:60] or "document"
    if extension in PICTURES:
        picture = reencoded_picture(upload)
        return ContentFile(picture.read(), f"{stem}{PurePath(picture.name or '').suffix}")
    upload.seek(0)
    content = upload.read()
    if not _is(extension, content):
        raise NotADocument(
            _("The content of this file is not what its name ends in (.%(extension)s).")
            % {"extension": extension},
            code="content",
        )
    return ContentFile(content, f"{stem}.{extension}")


class PictureField(forms.FileField):
    """A picture; the form is handed what `reencoded_picture` makes of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        accepted = ",".join(f"image/{kind.lower()}" for kind in READ)
        self.widget.attrs.setdefault("accept", accepted)

    def to_python(self, data: Any) -> Any:
        """Nothing, or the picture drawn anew."""
        upload = super().to_python(data)
        return None if upload is None else reencoded_picture(upload)


class DocumentField(forms.FileField):
    """A document; the form is handed what `checked_document` lets through."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        accepted = ",".join(f".{extension}" for extension in sorted(DOCUMENTS))
        self.widget.attrs.setdefault("accept", accepted)

    def to_python(self, data: Any) -> Any:
        """Nothing, or the document that was checked."""
        upload = super().to_python(data)
        return None if upload is None else checked_document(upload)


def _bounded(upload: "File[bytes]", limit: int) -> None:
    if upload.size > limit:
        raise TooLarge(
            _("This file is larger than %(limit)d MB.") % {"limit": limit // MEGABYTE},
            code="bytes",
        )


def _too_many_pixels() -> TooLarge:
    return TooLarge(
        _("This picture has more than %(limit)d million pixels. Send it smaller.")
        % {"limit": MAX_PIXELS // 1_000_000},
        code="pixels",
    )


def _drawn(upload: "File[bytes]", longest: int) -> Image.Image:
    """The first frame of a picture, on paper of its own."""
    with Image.open(upload, formats=READ) as opened:
        # The header tells the size; nothing was unpacked yet.
        if opened.width * opened.height > MAX_PIXELS:
            raise _too_many_pixels()
        # Small first and turned then: the picture is in memory once.
        image: Image.Image = opened
        if opened.mode not in SHRUNK_WELL:
            image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        image.thumbnail((longest, longest))
        image = ImageOps.exif_transpose(image)
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    paper = Image.new(image.mode, image.size)
    paper.paste(image)
    return paper


def _is(extension: str, content: bytes) -> bool:
    """Whether `content` is what a name with `extension` promises."""
    if extension == "pdf":
        return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(letter < " " and letter not in "\t\n\r\f" for letter in text):
        return False
    return _is_still(text) if extension == "svg" else True


def _is_still(text: str) -> bool:
    """Whether a text is an SVG that draws and does nothing else."""
    # Without entities of its own a text cannot grow while it is read.
    if "<!ENTITY" in text:
        return False
    try:
        root = ET.fromstring(text)  # noqa: S314
    except (ET.ParseError, ValueError):
        return False
    if _local(root.tag) != "svg":
        return False
    return not any(_runs(element) for element in root.iter())


def _runs(element: ET.Element) -> bool:
    if _local(element.tag) in RUNS:
        return True
    for name, value in element.attrib.items():
        address = "".join(value.split()).lower()
        if _local(name).startswith("on") or address.startswith(("javascript:", "data:text")):
            return True
    return False


def _local(name: object) -> str:
    """The name of an element without its namespace; comments have none."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""
