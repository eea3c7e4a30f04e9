"""A proof of use on paper: A4, the table on as many pages as it takes, a QR code on each."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from reports.models import Statement
from reports.proof_words import LineTold, Total, months_told, total_of
from reports.wording import hours_in_words as hours
from spaces.lettering import PLAIN, STRONG, printable, register_fonts

INK, SOFT, LINE, ACCENT = (HexColor(each) for each in ("#1c2326", "#545e64", "#e0ddd6", "#0d5f6b"))
MARGIN, QR = 20 * mm, 24 * mm
PADDING = 6
"""What the library keeps free within the margins: words stand above the table, flush with it."""

WIDTHS = [30 * mm, 52 * mm, 25 * mm, 21 * mm, 22 * mm, 20 * mm]


def address_of(statement: Statement) -> str:
    """Where anybody may check it."""
    return f"{settings.BASE_URL}{reverse('reports:statement', args=[statement.key])}"


def sheet_of(statement: Statement, lines: Sequence[LineTold]) -> bytes:
    """The PDF in the active language; drawn twice, because each page says of how many it is."""
    register_fonts()
    _content, pages = _drawn(statement, lines, pages=0)
    return _drawn(statement, lines, pages=pages)[0]


def _drawn(statement: Statement, lines: Sequence[LineTold], *, pages: int) -> tuple[bytes, int]:
    """The PDF, and how many pages it has."""
    content = BytesIO()
    document = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=MARGIN - PADDING,
        rightMargin=MARGIN - PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + QR,
        title=printable(f"{_('Proof of use')}: {statement.content['company']}"),
        author="Établi",
        initialFontName=PLAIN,
    )
    story = [
        _said(_("Proof of use"), size=11, font=STRONG, ink=ACCENT),
        _said(statement.content["company"], size=24, font=STRONG),
        *(_said(each, size=10.5) for each in facts_of(statement)),
        Spacer(0, 8 * mm),
        *_tables(lines),
        Spacer(0, 5 * mm),
        *(_said(each, size=9, ink=SOFT) for each in notes_of(total_of(lines))),
    ]

    def foot(canvas: Canvas, _document: object) -> None:
        _foot(canvas, statement, pages)

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return content.getvalue(), document.page


def facts_of(statement: Statement) -> list[str]:
    """Of when, where and for what it is."""
    first, last = (
        date_format(each, "DATE_FORMAT") for each in (statement.first_date, statement.last_date)
    )
    facts = [_("%(first)s to %(last)s") % {"first": first, "last": last}]
    if statement.space is not None:
        facts.append(f"{statement.space.name}, {statement.space.city}")
    if statement.project:
        facts.append(_("Project: %(project)s") % {"project": statement.project})
    return facts


def notes_of(total: Total) -> list[str]:
    """What the columns say, and how much of the use is only assumed."""
    notes = [
        _(
            "Booked: as reserved, whether or not anybody came. "
            "Used: from check-in to check-out, of these reservations."
        )
    ]
    if total.assumed:
        told = {"hours": hours(total.assumed)}
        notes.append(_("The end of %(hours)s hours is assumed from the booking.") % told)
    return notes


def _tables(lines: Sequence[LineTold]) -> list[Flowable]:
    """The sums of the months where there are several, then every machine in each."""
    of_lines = [(line.month_date, f"{line.machine}, {line.space}", line) for line in lines]
    months = months_told(lines)
    if len(months) < 2:  # noqa: PLR2004
        return [_table(of_lines, total_of(lines))]
    return [
        _table([(month, "", sums) for month, sums in months], total_of(lines)),
        Spacer(0, 9 * mm),
        _said(_("By month and machine"), size=11, font=STRONG),
        Spacer(0, 2 * mm),
        _table(of_lines, total_of(lines)),
    ]


def _table(rows_told: Sequence[tuple[date, str, LineTold | Total]], total: Total) -> Table:
    has_machines = any(name for _month, name, _told in rows_told)
    head = [
        _("Month"),
        _("Machine") if has_machines else "",
        _("Reservations"),
        _("Booked hours"),
        _("Uses"),
        _("Used hours"),
    ]
    rows = [
        [date_format(month, "YEAR_MONTH_FORMAT"), name, *_figures(told)]
        for month, name, told in rows_told
    ]
    rows.append([_("Sum"), "", *_figures(total)])
    cells = [_row(head, STRONG), *(_row(row, PLAIN) for row in rows[:-1]), _row(rows[-1], STRONG)]
    table = Table(cells, colWidths=WIDTHS, repeatRows=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.9, ACCENT),
            ("LINEBELOW", (0, 1), (-1, -2), 0.35, LINE),
            ("LINEABOVE", (0, -1), (-1, -1), 0.9, ACCENT),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
        ]
    )
    return table


def _figures(told: LineTold | Total) -> list[object]:
    return [told.reservations, hours(told.booked), told.sessions, hours(told.used)]


def _row(values: Sequence[object], font: str) -> list[Paragraph]:
    return [
        _said(str(value), size=9, font=font, is_right=place > 1)
        for place, value in enumerate(values)
    ]


def _said(
    text: str, *, size: float, font: str = PLAIN, ink: HexColor = INK, is_right: bool = False
) -> Paragraph:
    style = ParagraphStyle(
        "said",
        fontName=font,
        bulletFontName=font,
        fontSize=size,
        leading=size * 1.3,
        textColor=ink,
        **({"alignment": TA_RIGHT} if is_right else {}),
    )
    return Paragraph(escape(printable(text)), style)


def _foot(canvas: Canvas, statement: Statement, pages: int) -> None:
    drawing = Drawing(QR, QR)
    address = address_of(statement)
    drawing.add(QrCodeWidget(address, barWidth=QR, barHeight=QR, barBorder=0))
    renderPDF.draw(drawing, canvas, A4[0] - MARGIN - QR, MARGIN / 2)
    issued = date_format(statement.issued_at, "DATETIME_FORMAT")
    told = (
        _("Issued on %(moment)s from the log of the spaces. Check this sheet here:")
        % {"moment": issued},
        address,
        f"SHA-256 {statement.digest}",
        _("Page %(page)d of %(pages)d") % {"page": canvas.getPageNumber(), "pages": pages},
    )
    canvas.setFillColor(SOFT)
    for n, text in enumerate(told):
        canvas.setFont(PLAIN, 7.5)
        canvas.drawString(MARGIN, MARGIN / 2 + (len(told) - n) * 4 * mm, printable(text))
