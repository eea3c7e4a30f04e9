"""The letters of everything that is printed: certificates, labels, reports.

Source Sans has the letters of every language written in Latin, Greek or Cyrillic. It comes as a
package, so that no system need have it; the same files serve ReportLab and the charts.
"""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import font_source_sans_pro
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(font_source_sans_pro.font_directory)
FAMILY = "Source Sans Pro"
"""What the files call themselves, for programs that look a font up by its name."""
PLAIN, STRONG, BOLD = "SourceSansPro-Regular", "SourceSansPro-Semibold", "SourceSansPro-Bold"


@cache
def register_fonts() -> None:
    """Make the fonts known to ReportLab, once."""
    for name in (PLAIN, STRONG, BOLD):
        pdfmetrics.registerFont(TTFont(name, FOLDER / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=STRONG, italic=PLAIN, boldItalic=STRONG)


def printable(text: str) -> str:
    """`text` in letters that the fonts have: others lose their marks rather than be boxes."""
    register_fonts()
    glyphs = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return "".join(_letter(each, glyphs) for each in unicodedata.normalize("NFC", text))


def _letter(letter: str, glyphs: Any) -> str:
    if ord(letter) in glyphs:
        return letter
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare if ord(bare) in glyphs else "?"
