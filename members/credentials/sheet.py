"""A certificate as a sheet of paper: A4 across, with a QR code that leads to its public page."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from spaces.lettering import BOLD, PLAIN, printable, register_fonts

INK, QUIET, ACCENT = HexColor("#1b2023"), HexColor("#5a6469"), HexColor("#0b6b5d")
MARGIN, QR = 22 * mm, 34 * mm
LARGEST, SMALLEST = 34, 12


def sheet_of(
    *, title: str, name: str, skill: str, facts: Sequence[tuple[str, str]], hint: str, address: str
) -> bytes:
    """The PDF; `facts` are pairs of what and which, `hint` says what the address is for."""
    register_fonts()
    content = BytesIO()
    width, height = landscape(A4)
    canvas = Canvas(content, pagesize=(width, height), invariant=True)
    canvas.setTitle(f"{title}: {skill}")
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(1.2)
    canvas.rect(MARGIN / 2, MARGIN / 2, width - MARGIN, height - MARGIN)
    _write(canvas, title, at=(MARGIN, height - 42 * mm), size=15, ink=ACCENT)
    _write(canvas, name, at=(MARGIN, height - 66 * mm), size=LARGEST, font=BOLD)
    _write(canvas, skill, at=(MARGIN, height - 84 * mm), size=24)
    line = height - 106 * mm
    for what, which in facts:
        _write(canvas, what, at=(MARGIN, line), size=10, ink=QUIET)
        _write(canvas, which, at=(MARGIN + 45 * mm, line), size=12)
        line -= 8 * mm
    _draw_qr(canvas, address, at=(width - MARGIN - QR, MARGIN))
    _write(canvas, hint, at=(MARGIN, MARGIN + 7 * mm), size=9, ink=QUIET)
    _write(canvas, address, at=(MARGIN, MARGIN), size=9)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def _write(
    canvas: Canvas,
    text: str,
    *,
    at: tuple[float, float],
    size: int,
    font: str = PLAIN,
    ink: Any = INK,
) -> None:
    """One line, smaller where it would not fit."""
    shown = printable(text)
    room = landscape(A4)[0] - at[0] - MARGIN
    if at[1] < MARGIN + QR:
        room -= QR + 6 * mm
    while size > SMALLEST // 2 and canvas.stringWidth(shown, font, size) > room:
        size -= 1
    canvas.setFont(font, size)
    canvas.setFillColor(ink)
    canvas.drawString(*at, shown)


def _draw_qr(canvas: Canvas, address: str, *, at: tuple[float, float]) -> None:
    drawing = Drawing(QR, QR)
    drawing.add(QrCodeWidget(address, barWidth=QR, barHeight=QR, barBorder=0))
    renderPDF.draw(drawing, canvas, *at)
