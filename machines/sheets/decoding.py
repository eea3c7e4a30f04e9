"""From bytes to text, whatever program saved them."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_BYTES = 5_000_000

BINARY: tuple[tuple[bytes, Promise], ...] = (
    (b"\xd0\xcf\x11\xe0", gettext_lazy("This is an old Excel workbook. Save it as XLSX first.")),
    (b"%PDF", gettext_lazy("This is a PDF. Choose a CSV or XLSX file.")),
    (b"\x1f\x8b", gettext_lazy("This file is compressed. Unpack it first.")),
    (b"\x89PNG", gettext_lazy("This is a picture. Choose a CSV or XLSX file.")),
    (b"\xff\xd8\xff", gettext_lazy("This is a picture. Choose a CSV or XLSX file.")),
)
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
OLD_ENCODINGS = ("cp1252", "mac_roman", "cp1250", "cp850", "latin-1")
EXPECTED = frozenset(
    "äöüÄÖÜßéèêëàâçîïôùûœŒæÉÈÀÇìòáíóúñåøõãŁąćęłńśźżŚŻ€£°²³µ«»“”„‘’–—…×½¼®™·Ø\u00a0"
)
"""What stands outside ASCII in the inventories of Europe; the rest speaks against a reading."""

_SIGN_IN_WORD = re.compile(r"[a-z][°²³µ£€®™½¼«»„]+[a-z]|\b[a-z]+[œæ]{2}")


class SheetUnreadable(Exception):
    """A file of which no row can be read; the message says what it is and what to do."""


def decoded(content: bytes, *, most: int = MAX_BYTES) -> tuple[str, str]:
    """The text of `content` and the name of its encoding; lines end in a line feed.

    Raises SheetUnreadable where it is empty, too big or no text.
    """
    refuse_too_much(content, most=most)
    for mark, message in BINARY:
        if content.startswith(mark):
            raise SheetUnreadable(str(message))
    text, encoding = _text(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not text.strip():
        raise SheetUnreadable(_("The file is empty."))
    _refuse_other_formats(text)
    return text, encoding


def refuse_too_much(content: bytes, *, most: int = MAX_BYTES) -> None:
    """Raise SheetUnreadable for a file that is too big to be looked at."""
    if len(content) > most:
        raise SheetUnreadable(
            _("The file is larger than %(size)d MB.") % {"size": most // 1_000_000}
        )


def _text(content: bytes) -> tuple[str, str]:
    try:
        for mark, encoding in MARKS:
            if content.startswith(mark):
                return content.decode(encoding), encoding
        if wide := _wide(content):
            return content.decode(wide), wide
    except UnicodeDecodeError as error:
        raise SheetUnreadable(_("The file is damaged: %(error)s.") % {"error": error}) from error
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _old_text(content)


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every other byte."""
    sample = content[:2000]
    pairs = len(sample) // 2
    if pairs and sample[1::2].count(0) > pairs * 0.6:
        return "utf-16-le"
    if pairs and sample[0::2].count(0) > pairs * 0.6:
        return "utf-16-be"
    return None


def _old_text(content: bytes) -> tuple[str, str]:
    """The reading in which most letters are ones that people write."""
    readings: list[tuple[int, int, str, str]] = []
    for order, encoding in enumerate(OLD_ENCODINGS):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        foreign = [char for char in text if ord(char) > 127]  # noqa: PLR2004
        strange = sum(char not in EXPECTED for char in foreign) + len(_SIGN_IN_WORD.findall(text))
        readings.append((strange, order, text, encoding))
    strange, _order, text, encoding = min(readings)
    controls = sum(char < " " and char not in "\t\n\r\f\v\0" for char in text)
    if controls > len(text) // 50:
        raise SheetUnreadable(_("This is no text file. Choose a CSV or XLSX file."))
    return text, encoding


def _refuse_other_formats(text: str) -> None:
    start = text.lstrip()[:400].casefold()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table", "<head", "<body")):
        raise SheetUnreadable(_("This is a web page or XML. Save the table itself as CSV."))
    if start.startswith(("{", "[{", "[\n", "[ {")):
        raise SheetUnreadable(_("This is JSON. Choose a CSV or XLSX file."))
