"""Pictures as cameras make them, and as uploads bring them."""

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image


def picture(
    colour: str = "teal", size: tuple[int, int] = (64, 36), name: str = "photo.jpg"
) -> "ContentFile[bytes]":
    """A small JPEG of one colour."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return ContentFile(out.getvalue(), name)
