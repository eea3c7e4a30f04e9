"""Charts as files: the SVG of the page as PDF, which stays vectors, and as PNG."""

import re
from functools import cache
from typing import NamedTuple

import vl_convert

from spaces.lettering import FAMILY, FOLDER

SCALE = 3
"""Pixels of a PNG for one of the page, so that it is sharp on paper."""

_FONTS = re.compile(r'font-family="[^"]*"')
_SIZE = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_HEAD = re.compile(r"<svg[^>]*>")


class Size(NamedTuple):
    """How large a drawing is, in points."""

    width: float
    height: float


def size_of(svg: str) -> Size:
    """The size that a drawing gives itself; raises ValueError where it gives none."""
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("a drawing without a size")
    return Size(float(found[1]), float(found[2]))


def pdf_of(svg: str) -> bytes:
    """A drawing as a PDF page of its size, lines as lines and letters as letters."""
    return vl_convert.svg_to_pdf(_in_our_letters(svg))


def png_of(svg: str, *, paper: str) -> bytes:
    """A drawing as pixels on a ground of the colour `paper`."""
    ground = f'<rect width="100%" height="100%" fill="{paper}"/>'
    painted = _HEAD.sub(lambda head: head[0] + ground, _in_our_letters(svg), count=1)
    return vl_convert.svg_to_png(painted, scale=SCALE)


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(FOLDER))


def _in_our_letters(svg: str) -> str:
    """The page takes the fonts of its reader; a file has to bring its own."""
    _register_fonts()
    return _FONTS.sub(f'font-family="{FAMILY}"', svg)
