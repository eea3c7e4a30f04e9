"""Labels as a PDF: the QR code of the machine's page, its name and number, and a bar code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from machines.labels.formats import Format
from spaces.lettering import BOLD, PLAIN, printable, register_fonts

PADDING = 2.0 * mm
EDGE = 4.0 * mm
"""White at the sides of a wide label: most printers leave out the edge of the sheet."""
WIDE = 60.0
SMALLEST = 4.0
"""In points; nobody reads what is smaller."""
QUIET_MODULES = 2
"""White around a QR code, beside that of the padding: four modules are asked for in all."""
NARROWEST_BAR = 0.19 * mm
"""What a printer of 300 dpi draws, and a handheld scanner reads."""
WIDEST_BAR = 0.38 * mm
TALL = 60 * mm
"""Labels from this height on have the code above and the words below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What stands on a label; `address` is what the QR code opens."""

    name: str
    number: str
    place: str
    address: str


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    bottom: float
    width: float
    height: float


def sheets_of(labels: Sequence[Label], form: Format, *, title: str, used: int = 0) -> bytes:
    """A PDF with `labels` on as many sheets as they need; the first has `used` places."""
    register_fonts()
    out = BytesIO()
    size = (form.sheet[0] * mm, form.sheet[1] * mm)
    canvas = Canvas(out, pagesize=size, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Établi")
    sheet = 0
    for label, place in zip(labels, form.places(len(labels), used=used), strict=True):
        if place.sheet != sheet:
            canvas.showPage()
            sheet = place.sheet
        side = EDGE if form.width >= WIDE else PADDING
        box = _Box(
            place.left * mm + side,
            place.bottom * mm + PADDING,
            form.width * mm - 2 * side,
            form.height * mm - 2 * PADDING,
        )
        _draw(canvas, label, box)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, label: Label, box: _Box) -> None:
    if box.height >= TALL:
        side = min(box.width, box.height * 0.62)
        code = _Box(box.left + (box.width - side) / 2, box.bottom + box.height - side, side, side)
        words = _Box(box.left, box.bottom, box.width, box.height - side - PADDING)
    else:
        side = min(box.height, box.width * 0.42)
        code = _Box(box.left, box.bottom + (box.height - side) / 2, side, side)
        words = _Box(box.left + side + PADDING, box.bottom, box.width - side - PADDING, box.height)
    _qr(canvas, label.address, code)
    _words(canvas, label, words)


def _qr(canvas: Canvas, address: str, box: _Box) -> None:
    """The modules of a code as few rectangles: those beside each other are one."""
    rows = [bytes(row) for row in segno.make(address, micro=False, error="m").matrix]
    module = box.width / (len(rows) + 2 * QUIET_MODULES)
    canvas.saveState()
    canvas.translate(box.left, box.bottom + box.height)
    # In whole modules from here on: whole numbers are written quickly.
    canvas.scale(module, module)
    path = canvas.beginPath()
    for number, row in enumerate(rows, QUIET_MODULES + 1):
        for first, length in _runs(row):
            path.rect(QUIET_MODULES + first, -number, length, 1)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _runs(row: bytes) -> Iterable[tuple[int, int]]:
    """Where dark modules begin, and how many there are in a row."""
    first = 0
    for place, dark in enumerate(row + b"\0"):
        if not dark:
            if place > first:
                yield first, place - first
            first = place + 1


def _words(canvas: Canvas, label: Label, box: _Box) -> None:
    """From the top: name, place, number; the bar code stands at the bottom, where it fits."""
    size = min(max(box.height / 8, 5.5), 22)
    bottom = box.bottom + _bar_code(canvas, label.number, box)
    top = box.bottom + box.height
    # A number is worth nothing without its end: it gets smaller rather than shorter.
    number = _fitting(label.number, size * 0.9, box.width)
    rest = ((label.number, BOLD, number), (label.place, PLAIN, size * 0.75))
    needed = sum(each[2] * 1.25 for each in rest if each[0])
    lines = max(int((top - bottom - needed) / (size * 1.15)), 1)
    for line in _fitted(label.name, size, box.width, lines):
        top -= size
        _text(canvas, line, (BOLD, size), (box.left, top))
        top -= size * 0.15
    for text, font, height in rest:
        if text and top - height >= bottom:
            top -= height * 1.1
            line = _cut(printable(text), (font, height), box.width)
            _text(canvas, line, (font, height), (box.left, top))
            top -= height * 0.15


def _fitted(name: str, size: float, width: float, most: int) -> list[str]:
    """A name in at most `most` lines; what does not fit ends in dots."""
    lines = simpleSplit(printable(name), BOLD, size, width)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_cut(line, (BOLD, size), width) for line in lines]


def _fitting(number: str, size: float, width: float) -> float:
    """The size, at most `size`, in which a number has room; it stays legible."""
    needed = stringWidth(printable(number), BOLD, size)
    return size if needed <= width else max(size * width / needed, SMALLEST)


def _cut(line: str, font: tuple[str, float], width: float) -> str:
    if stringWidth(line, *font) <= width:
        return line
    while line and stringWidth(f"{line}…", *font) > width:
        line = line[:-1]
    return f"{line}…"


def _text(canvas: Canvas, text: str, font: tuple[str, float], at: tuple[float, float]) -> None:
    canvas.setFont(*font)
    canvas.drawString(*at, text)


def _bar_code(canvas: Canvas, number: str, box: _Box) -> float:
    """Draw the number as Code 128, and tell how much height it took; nothing where it cannot be."""
    if not number or not number.isascii() or not number.isprintable():
        return 0.0
    modules = Code128(number, barWidth=1, quiet=0).width
    bar = min(box.width / modules, WIDEST_BAR)
    if bar < NARROWEST_BAR:
        return 0.0
    height = min(box.height * 0.3, 12 * mm)
    Code128(number, barWidth=bar, barHeight=height, quiet=0).drawOn(canvas, box.left, box.bottom)
    return float(height + 0.8 * mm)
