"""What people send is what it says it is, or it is not kept."""

import random
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from PIL import Image, ImageDraw

from machines.models import Photo
from spaces import uploads
from spaces.downloads import saved_file, shown_picture
from spaces.uploads import (
    LONGEST_SIDE,
    DocumentField,
    NotADocument,
    NotAPicture,
    PictureField,
    TooLarge,
    checked_document,
    reencoded_picture,
)

ORIENTATION, POSITION, MAKER_OF_CAMERA = 0x0112, 0x8825, 0x010F
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
SCRIPT = b"<script>alert('here')</script>"


def upload(content: bytes, name: str = "photo.jpg") -> "ContentFile[bytes]":
    return ContentFile(content, name)


def picture(
    kind: str, mode: str = "RGB", size: tuple[int, int] = (60, 40), **save: object
) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **save)
    return out.getvalue()


def read(file: "ContentFile[bytes]") -> Image.Image:
    file.seek(0)
    image = Image.open(file)
    image.load()
    return image


def png_of(width: int, height: int) -> bytes:
    """A small PNG whose header promises more pixels than it has."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("kind", "mode", "becomes"),
    [
        ("JPEG", "RGB", "JPEG"),
        ("JPEG", "CMYK", "JPEG"),
        ("JPEG", "L", "JPEG"),
        ("PNG", "RGBA", "PNG"),
        ("PNG", "RGB", "JPEG"),
        ("PNG", "I;16", "JPEG"),
        ("PNG", "1", "JPEG"),
        ("WEBP", "RGB", "JPEG"),
        ("WEBP", "RGBA", "PNG"),
        ("GIF", "P", "JPEG"),
        ("AVIF", "RGB", "JPEG"),
        ("MPO", "RGB", "JPEG"),
    ],
)
def test_what_cameras_and_programs_make_becomes_one_of_two_kinds(
    kind: str, mode: str, becomes: str
) -> None:
    kept = reencoded_picture(upload(picture(kind, mode)))
    assert read(kept).format == becomes
    assert read(kept).size == (60, 40)
    assert str(kept.name).endswith(".png" if becomes == "PNG" else ".jpg")


def test_it_stands_upright_and_says_nothing_of_where_it_was_taken() -> None:
    tags = Image.Exif()
    tags[ORIENTATION], tags[MAKER_OF_CAMERA] = 6, "A camera"
    tags.get_ifd(POSITION)[2] = (46.0, 12.0, 0.0)
    sent = picture("JPEG", exif=tags, comment=b"at home")

    kept = reencoded_picture(upload(sent, "IMG at home.jpg"))

    assert read(kept).size == (40, 60)
    assert not read(kept).getexif()
    assert b"home" not in kept.read()
    assert b"Exif" in sent
    kept.seek(0)
    assert b"Exif" not in kept.read()
    assert "home" not in str(kept.name)


def test_a_large_one_is_made_smaller_in_its_proportions() -> None:
    kept = reencoded_picture(upload(picture("JPEG", size=(4000, 1000))))
    assert read(kept).size == (LONGEST_SIDE, LONGEST_SIDE // 4)
    assert read(reencoded_picture(upload(picture("PNG", size=(50, 100))), longest=10)).size == (
        5,
        10,
    )


def test_of_what_moves_the_first_picture_is_kept() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    kept = read(reencoded_picture(upload(out.getvalue())))
    assert not getattr(kept, "is_animated", False)
    colour: Any = kept.getpixel((10, 10))
    assert colour[0] > colour[2]


def test_a_second_file_behind_the_first_is_gone() -> None:
    """A picture that is a page, or an archive, to those who read it otherwise."""
    for kind in ("JPEG", "PNG", "GIF"):
        kept = reencoded_picture(upload(picture(kind) + SCRIPT + b"PK\x03\x04archive"))
        assert SCRIPT not in kept.read()
    hidden = picture("JPEG", comment=SCRIPT)
    assert SCRIPT in hidden
    assert SCRIPT not in reencoded_picture(upload(hidden)).read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00 a program",
        SCRIPT,
        SVG.format("<script>alert(1)</script>").encode(),
        PDF,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"II*\x00\x08\x00\x00\x00",
        picture("TIFF"),
        picture("BMP"),
        picture("ICO"),
        picture("JPEG")[:200],
        picture("PNG")[:-30],
        b"GIF89a" + b"\xff" * 40,
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        png_of(0, 0),
        png_of(3000, 3000),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        reencoded_picture(upload(content))


def test_a_picture_that_would_fill_the_memory_is_not_unpacked() -> None:
    for width, height in ((9_000, 9_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)):
        with pytest.raises((TooLarge, NotAPicture)) as refused:
            reencoded_picture(upload(png_of(width, height)))
        assert refused.value.messages
    with pytest.raises(TooLarge, match="million pixels"):
        reencoded_picture(upload(png_of(9_000, 9_000)))


def test_too_many_bytes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_PICTURE_BYTES", 1000)
    monkeypatch.setattr(uploads, "MAX_DOCUMENT_BYTES", 1000)
    with pytest.raises(TooLarge, match="larger than"):
        reencoded_picture(upload(b"x" * 1001))
    with pytest.raises(TooLarge, match="larger than"):
        checked_document(upload(b"x" * 1001, "notes.txt"))


def test_broken_pictures_are_refused_and_nothing_else_happens() -> None:
    """Bytes changed at random: a new picture or a refusal, never an error of ours."""
    chance = random.Random(5)
    canvas = Image.new("RGB", (40, 40))
    ImageDraw.Draw(canvas).ellipse((5, 5, 30, 30), fill="red")
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
        out = BytesIO()
        canvas.save(out, kind)
        for _round in range(120):
            content = bytearray(out.getvalue())
            for _change in range(chance.randint(1, 12)):
                content[chance.randrange(len(content))] = chance.randrange(256)
            with suppress(ValidationError):
                read(reencoded_picture(upload(bytes(content[: chance.randint(1, len(content))]))))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Manual Trotec.PDF", PDF),
        ("Notes é.md", "# Laser\n\nÀ lire\n".encode()),
        ("settings.txt", "\ufeffSpeed\t10 %\r\n".encode()),
        ("part.nc", b"G21\nG90\nG0 X10\n"),
        ("cut.svg", SVG.format('<path d="M0 0h10"/>').encode()),
        ("cut.svg", b"<?xml version='1.0'?><!DOCTYPE svg><!-- mine --><svg><g/></svg>"),
    ],
)
def test_a_document_is_kept_as_it_came(name: str, content: bytes) -> None:
    kept = checked_document(upload(content, name))
    assert kept.read() == content
    stem, _dot, extension = str(kept.name).rpartition(".")
    assert stem.replace("-", "").isalnum()
    assert extension == name.rpartition(".")[2].lower()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manual.exe", b"MZ\x90\x00"),
        ("manual.pdf.exe", PDF),
        ("manual.html", SCRIPT),
        ("manual.xhtml", SVG.encode()),
        ("manual.docm", b"PK\x03\x04"),
        ("manual.zip", b"PK\x03\x04"),
        ("manual", PDF),
        (".pdf", PDF),
        ("manual.pdf", SCRIPT),
        ("manual.pdf", SCRIPT + PDF),
        ("manual.pdf", PDF[:20]),
        ("notes.txt", b"MZ\x90\x00\x03"),
        ("notes.txt", PDF + b"\xff\xfe"),
        ("cut.svg", b"not a drawing"),
        ("cut.svg", b"<html><svg/></html>"),
        ("cut.svg", SVG.format("<script>alert(1)</script>").encode()),
        ("cut.svg", SVG.format("<g onload='alert(1)'/>").encode()),
        ("cut.svg", SVG.format("<a xlink:href='java\nscript:alert(1)'/>").encode()),
        ("cut.svg", SVG.format("<foreignObject><body/></foreignObject>").encode()),
        ("cut.svg", SVG.format("<use href='data:text/html,x'/>").encode()),
        ("cut.svg", b"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg>&b;</svg>"),
        ("cut.svg", SVG.format("<script/>").encode("utf-16")),
    ],
)
def test_a_document_that_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(NotADocument) as refused:
        checked_document(upload(content, name))
    assert refused.value.messages


def test_a_picture_among_the_documents_is_drawn_anew() -> None:
    kept = checked_document(upload(picture("PNG") + SCRIPT, "Wiring plan.png"))
    assert kept.name == "wiring-plan.jpg"
    assert SCRIPT not in kept.read()
    with pytest.raises(NotAPicture):
        checked_document(upload(SCRIPT, "wiring.png"))


class Sending(forms.Form):
    """A form with a file of each kind."""

    photo = PictureField(required=False)
    manual = DocumentField(required=False)


def sent(**files: bytes) -> Sending:
    names = {"photo": "photo.jpg", "manual": "manual.pdf"}
    return Sending(
        {}, {name: SimpleUploadedFile(names[name], content) for name, content in files.items()}
    )


def test_fields_of_forms_say_what_is_wrong_beside_them() -> None:
    form = sent(photo=SCRIPT, manual=SCRIPT)
    assert set(form.errors) == {"photo", "manual"}
    assert sent().is_valid()
    form = sent(photo=picture("WEBP"), manual=PDF)
    assert form.is_valid()
    assert read(form.cleaned_data["photo"]).format == "JPEG"
    assert form.cleaned_data["manual"].name == "manual.pdf"
    assert 'accept="image/jpeg,' in str(form["photo"])
    assert ".pdf" in str(form["manual"])


@pytest.mark.parametrize("answer_of", [shown_picture, lambda file: saved_file(file, title="A b")])
def test_what_is_given_out_runs_nowhere(answer_of: Callable[..., Any]) -> None:
    answer = answer_of(upload(SCRIPT, "page.html"))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] in {"image/png", "application/octet-stream"}


def test_a_document_is_saved_under_its_title() -> None:
    answer = saved_file(upload(PDF, "documents/x7_kdk.pdf"), title="Manual, “new”\r\nX: 1")
    assert answer["Content-Disposition"] == 'attachment; filename="manual-new-x-1.pdf"'
    assert answer["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("answer_of", [shown_picture, lambda file: saved_file(file, title="A b")])
def test_a_file_that_was_taken_away_is_not_found_and_logged(
    answer_of: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Http404):
        answer_of(Photo(file="photos/gone.jpg").file)
    assert "photos/gone.jpg is gone" in caplog.text
