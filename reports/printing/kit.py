"""How printed reports are laid out: pages with head and foot, tables, tiles, charts as vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import NameObject, TextStringObject
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from reports.exports.pictures import Size, pdf_of, size_of
from spaces.lettering import PLAIN, STRONG, printable, register_fonts

INK, SOFT, LINE = HexColor("#1c2326"), HexColor("#545e64"), HexColor("#e0ddd6")
ACCENT, WASH = HexColor("#0d5f6b"), HexColor("#f4f2ee")
SIDE, TOP, BOTTOM = 18 * mm, 16 * mm, 18 * mm
WIDTH = A4[0] - 2 * SIDE
LOGO = Size(46 * mm, 18 * mm)
GAP = 6 * mm
TALLEST = 200 * mm
"""A chart and its heading fit on one page."""

_BODY = ParagraphStyle(
    "body", fontName=PLAIN, fontSize=9, leading=12.5, bulletFontName=PLAIN, textColor=INK
)
STYLES = {
    "body": _BODY,
    "soft": ParagraphStyle("soft", _BODY, fontSize=8.5, leading=11.5, textColor=SOFT),
    "title": ParagraphStyle("title", _BODY, fontName=STRONG, fontSize=25, leading=29, spaceAfter=3),
    "kicker": ParagraphStyle("kicker", _BODY, fontName=STRONG, fontSize=10, textColor=ACCENT),
    "strong": ParagraphStyle("strong", _BODY, fontName=STRONG, spaceBefore=3),
    "told": ParagraphStyle("told", _BODY, spaceAfter=4),
    "section": ParagraphStyle(
        "section", _BODY, fontName=STRONG, fontSize=13.5, leading=17, spaceBefore=14, spaceAfter=5
    ),
    "head": ParagraphStyle("head", _BODY, fontName=STRONG, fontSize=7.8, leading=9.6),
    "cell": ParagraphStyle("cell", _BODY, fontSize=8.2, leading=10.2),
    "figure": ParagraphStyle("figure", _BODY, fontName=STRONG, fontSize=19, leading=23),
}
STYLES |= {
    "head_right": ParagraphStyle("head_right", STYLES["head"], alignment=TA_RIGHT),
    "cell_right": ParagraphStyle("cell_right", STYLES["cell"], alignment=TA_RIGHT),
    "tiny": ParagraphStyle("tiny", STYLES["cell"], fontSize=6.4, leading=7.6, alignment=TA_CENTER),
}

_LETTERS = ("FONTNAME", (0, 0), (-1, -1), PLAIN)
"""A table names a font for its empty cells too, and readers look for it."""


class _Drawn(NamedTuple):
    """Where a chart has its place: the page, the corner, the size, and its drawing."""

    page: int
    left: float
    bottom: float
    scale: float
    drawing: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What stands above and below the pages of a document."""

    title: str
    scope: str
    period: str
    foot: str
    logo: bytes = b""


@dataclass(slots=True)
class Paper:
    """A document that is filled from top to bottom, then drawn."""

    cover: Cover
    _story: list[Flowable] = field(default_factory=list)
    _charts: list[_Drawn] = field(default_factory=list)
    _sections: list[tuple[str, int]] = field(default_factory=list)

    def section(self, title: str, *parts: Flowable) -> None:
        """A heading that stays with what follows it."""
        heading = _Heading(title, self._sections)
        first, *rest = parts or (Spacer(0, 0),)
        self._story += [KeepTogether([heading, first]), *rest]

    def whole(self, title: str, *parts: Flowable) -> None:
        """A section that is not cut by the end of a page."""
        self._story.append(KeepTogether([_Heading(title, self._sections), *parts]))

    def add(self, *parts: Flowable) -> None:
        """More, below what there is."""
        self._story += parts

    def chart(self, svg: str, *, width: float = WIDTH) -> "Flowable":
        """A drawing of the page, at most so wide, in vectors."""
        return _Chart(svg, width, self._charts)

    def drawn(self) -> bytes:
        """The document as PDF."""
        register_fonts()
        out = BytesIO()
        document = BaseDocTemplate(
            out,
            pagesize=A4,
            title=printable(f"{self.cover.title}: {self.cover.scope}, {self.cover.period}"),
            author="Établi",
            initialFontName=PLAIN,
            leftMargin=SIDE,
            rightMargin=SIDE,
        )
        height = A4[1] - TOP - BOTTOM
        first = Frame(SIDE, BOTTOM, WIDTH, height, 0, 0, 0, 0)
        later = Frame(SIDE, BOTTOM, WIDTH, height - 8 * mm, 0, 0, 0, 0)
        document.addPageTemplates(
            [
                PageTemplate("first", [first], onPage=self._first_page),
                PageTemplate("later", [later], onPage=self._later_page),
            ]
        )
        document.build([NextPageTemplate("later"), *self._story], canvasmaker=self._canvas)
        return self._with_charts(out)

    def _first_page(self, canvas: Canvas, _document: object) -> None:
        if self.cover.logo:
            _draw_logo(canvas, self.cover.logo)

    def _later_page(self, canvas: Canvas, _document: object) -> None:
        height = A4[1] - TOP + 1 * mm
        _write(canvas, self.cover.scope, (SIDE, height), font=STRONG)
        _write(canvas, self.cover.period, (A4[0] - SIDE, height), is_right=True)
        canvas.setStrokeColor(LINE)
        canvas.line(SIDE, height - 2 * mm, A4[0] - SIDE, height - 2 * mm)

    def _canvas(self, *args: Any, **options: Any) -> "_NumberedCanvas":
        return _NumberedCanvas(*args, foot=self.cover.foot, **options)

    def _with_charts(self, out: BytesIO) -> bytes:
        """The pages with the drawings in their places, the sections to jump to, the language."""
        writer = PdfWriter(clone_from=PdfReader(out))
        for each in self._charts:
            drawing = PdfReader(BytesIO(each.drawing)).pages[0]
            move = Transformation().scale(each.scale).translate(each.left, each.bottom)
            writer.pages[each.page - 1].merge_transformed_page(drawing, move)
        for title, number in self._sections:
            writer.add_outline_item(title=title, page_number=number - 1)
        language = TextStringObject(get_language() or "en")
        writer.root_object[NameObject("/Lang")] = language
        for page in writer.pages:
            page.compress_content_streams()
        whole = BytesIO()
        writer.write(whole)
        return whole.getvalue()


class _Heading(Paragraph):  # type: ignore[misc]
    """The heading of a section, which notes the page on which it comes to stand."""

    def __init__(self, title: str, sections: list[tuple[str, int]]) -> None:
        super().__init__(_marked(title), STYLES["section"])
        self._title, self._sections = title, sections

    def draw(self) -> None:
        """Draw the heading."""
        self._sections.append((self._title, self.canv.getPageNumber()))
        super().draw()


class _Chart(Flowable):  # type: ignore[misc]
    """Keeps the place of a drawing, which is laid into it once the pages are there."""

    def __init__(self, svg: str, width: float, charts: list[_Drawn]) -> None:
        super().__init__()
        size = size_of(svg)
        # One with many bars is made smaller rather than cut by the end of a page.
        self._scale = min(1.0, width / size.width, TALLEST / size.height)
        self.width, self.height = size.width * self._scale, size.height * self._scale
        self._svg, self._charts = svg, charts

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Its size."""
        return self.width, self.height

    def draw(self) -> None:
        """Note where the drawing goes."""
        left, bottom = self.canv.absolutePosition(0, 0)
        page = self.canv.getPageNumber()
        self._charts.append(_Drawn(page, left, bottom, self._scale, pdf_of(self._svg)))


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Writes below each page which one it is, of how many, once that is known."""

    def __init__(self, *args: Any, foot: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._foot, self._pages = foot, list[dict[str, Any]]()

    def showPage(self) -> None:  # noqa: N802 - reportlab names it
        """Put the page aside until all are there."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            words = _("Page %(page)d of %(pages)d") % {"page": number, "pages": len(self._pages)}
            height = BOTTOM - 8 * mm
            self.setStrokeColor(LINE)
            self.line(SIDE, height + 4 * mm, A4[0] - SIDE, height + 4 * mm)
            _write(self, self._foot, (SIDE, height))
            _write(self, words, (A4[0] - SIDE, height), is_right=True)
            super().showPage()
        super().save()


def words(text: object, style: str = "body") -> Paragraph:
    """A paragraph of plain text."""
    return Paragraph(_marked(text), STYLES[style])


def _marked(text: object) -> str:
    return escape(printable(str(text)))


def _write(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    *,
    font: str = PLAIN,
    is_right: bool = False,
) -> None:
    canvas.setFont(font, 8)
    canvas.setFillColor(SOFT)
    (canvas.drawRightString if is_right else canvas.drawString)(*at, printable(text))


def _draw_logo(canvas: Canvas, content: bytes) -> None:
    """In the upper right corner of the first page, as large as fits."""
    picture = ImageReader(BytesIO(content))
    width, height = picture.getSize()
    scale = min(LOGO.width / width, LOGO.height / height)
    canvas.drawImage(
        picture,
        A4[0] - SIDE - width * scale,
        A4[1] - TOP - height * scale,
        width * scale,
        height * scale,
        mask="auto",
    )


def tiles(figures: Sequence[tuple[str, str, str]]) -> Table:
    """Large figures beside each other: what, how much, and what it was before."""
    cells = [[words(name, "soft"), words(figure, "figure"), words(beside, "soft")]
             for name, figure, beside in figures]  # fmt: skip
    table = Table([cells], colWidths=[WIDTH / len(cells)] * len(cells))
    table.setStyle(
        [
            _LETTERS,
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, -1), WASH),
            ("LINEABOVE", (0, 0), (-1, 0), 1.5, ACCENT),
            ("LINEBEFORE", (1, 0), (-1, -1), 4, white),
            ("LEFTPADDING", (0, 0), (-1, -1), 9),
            ("TOPPADDING", (0, 0), (-1, -1), 7),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
        ]
    )
    return table


def table_of(
    head: Sequence[object],
    rows: Sequence[Sequence[object]],
    *,
    widths: Sequence[float] | None = None,
    width: float = WIDTH,
    words_in: int = 1,
) -> Table:
    """A table whose head comes again on every page; the first `words_in` columns are text.

    `widths` are shares of `width`. A drawing is laid into its cell as it is.
    """
    shares = widths or [2.4] + [1.0] * (len(head) - 1)
    cells = [_row(head, "head", words_in)]
    cells += [_row(row, "cell", words_in) for row in rows]
    table = Table(cells, colWidths=[width * share / sum(shares) for share in shares], repeatRows=1)
    table.setStyle(
        [
            _LETTERS,
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.9, ACCENT),
            ("LINEBELOW", (0, 1), (-1, -1), 0.35, LINE),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    table.hAlign = "LEFT"
    return table


def _row(values: Sequence[object], style: str, words_in: int) -> list[Flowable]:
    return [
        value
        if isinstance(value, Flowable)
        else words(value, style if place < words_in else f"{style}_right")
        for place, value in enumerate(values)
    ]


def beside(left: Any, right: Any, *, share: float = 0.6, level: str = "TOP") -> Table:
    """Things next to each other, one or more on each side, the left one `share` of the width.

    They are level at their `TOP`, or at their `BOTTOM`, as charts are with legends above.
    """
    table = Table([[left, right]], colWidths=[WIDTH * share, WIDTH * (1 - share)])
    table.setStyle(
        [
            _LETTERS,
            ("VALIGN", (0, 0), (-1, -1), level),
            ("LEFTPADDING", (0, 0), (0, 0), 0),
            ("LEFTPADDING", (1, 0), (1, 0), GAP / 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return table


def heat_of(
    names: Sequence[str], heads: Sequence[str], cells: Sequence[Sequence[tuple[str, float]]]
) -> Table:
    """A row of cells for each name: their words, on a ground that is darker the nearer to 1."""
    first = 15 * mm
    column = (WIDTH - first) / len(heads)
    rows: list[list[Any]] = [[words("", "tiny"), *(words(head, "tiny") for head in heads)]]
    style: list[tuple[Any, ...]] = [
        _LETTERS,
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ("GRID", (1, 1), (-1, -1), 0.8, white),
    ]
    for line, (name, row) in enumerate(zip(names, cells, strict=True), 1):
        shown: list[Any] = [words(name, "cell")]
        for place, (text, share) in enumerate(row, 1):
            ground = _shade(share)
            style.append(("BACKGROUND", (place, line), (place, line), ground))
            shown.append(_in_colour(text, white if share > LIGHT_TEXT_FROM else INK))
        rows.append(shown)
    table = Table(rows, colWidths=[first] + [column] * len(heads), repeatRows=1)
    table.setStyle(style)
    return table


LIGHT_TEXT_FROM = 0.55


def _in_colour(text: str, colour: Color) -> Paragraph:
    return Paragraph(_marked(text), ParagraphStyle("tint", STYLES["tiny"], textColor=colour))


def _shade(share: float) -> Color:
    """From the colour of the paper to that of what is used."""
    part = min(max(share, 0.0), 1.0)
    return Color(*(
        low + (high - low) * part
        for low, high in zip(WASH.rgb(), ACCENT.rgb(), strict=True)
    ))  # fmt: skip
