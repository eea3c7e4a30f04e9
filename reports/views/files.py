"""The figures and the sessions behind them as files, at once or once a worker has made them."""

from collections.abc import Iterable
from io import BytesIO
from typing import cast

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from members.models import Member
from reports.charts import CHARTS
from reports.drawing import THEMES, WIDTHS
from reports.exports.naming import filename_of, stem_of
from reports.exports.pictures import png_of
from reports.exports.writing import OFFERED, TYPES, is_long, write, written
from reports.filters import Filters
from reports.models import Export
from reports.permissions import may_see_sessions
from reports.queries.offered import workplace_of
from reports.queries.sessions import sessions_csv
from reports.queries.shown import shown_to
from reports.queries.usage import report_of, times_of
from reports.services.making import TooManyWaiting, ask_for_export, may_fetch
from reports.states import Content, Format
from reports.views.reading import reading
from reports.views.signed_in import signed_in
from reports.wording import period_in_words


@require_http_methods(["GET", "HEAD", "POST"])
@reading
def report_file(request: HttpRequest, filters: Filters, form: str) -> HttpResponseBase:
    """The figures as CSV, XLSX, PDF or JSON."""
    return _file(request, filters, Content.REPORT, form)


@require_http_methods(["GET", "HEAD", "POST"])
@reading
def sessions_file(request: HttpRequest, filters: Filters, form: str) -> HttpResponseBase:
    """The sessions behind them as CSV or XLSX."""
    if not may_see_sessions(request.user, filters.scope):
        raise PermissionDenied
    return _file(request, filters, Content.SESSIONS, form)


@require_safe
@reading
def chart(request: HttpRequest, filters: Filters, form: str, **which: str) -> HttpResponse:
    """One chart of the figures as SVG, or as PNG to be saved."""
    chart, width, theme = which["chart"], which["width"], which["theme"]
    if chart not in CHARTS or width not in WIDTHS or theme not in THEMES:
        raise Http404
    report = shown_to(workplace_of(cast("Member", request.user)), times_of(filters))
    drawing = CHARTS[chart](report, theme=THEMES[theme], width=WIDTHS[width])
    if form == "png":
        picture = png_of(drawing, paper=THEMES[theme].surface)
        response = HttpResponse(picture, content_type="image/png")
        name = stem_of(filters, Content.REPORT)
        response["Content-Disposition"] = f'attachment; filename="{name}-{chart}.png"'
    elif form == "svg":
        response = HttpResponse(drawing, content_type="image/svg+xml")
    else:
        raise Http404
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@signed_in
def files(request: HttpRequest, member: Member) -> HttpResponse:
    """The files that were asked for and are still kept."""
    rows = Export.objects.filter(member=member)
    return render(request, "reports/files.html", {"files": rows})


@require_safe
@signed_in
def file(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """How far a file is, and where to fetch it; a part of the page where a script asks."""
    export = get_object_or_404(Export, pk=pk, member=member)
    ahead = Export.objects.waiting().filter(pk__lt=export.pk).count() if export.is_waiting else 0
    is_part = request.headers.get("HX-Request") == "true"
    template = "reports/_file_state.html" if is_part else "reports/file.html"
    return render(request, template, {"file": export, "ahead": ahead})


@require_safe
@signed_in
def file_get(_request: HttpRequest, member: Member, pk: int) -> FileResponse:
    """The file itself, for who asked for it and may still read what it says."""
    export = get_object_or_404(Export, pk=pk, member=member)
    if not export.is_ready or not default_storage.exists(export.path):
        raise Http404
    if not may_fetch(export, now=now()):
        raise PermissionDenied
    return FileResponse(
        default_storage.open(export.path),
        as_attachment=True,
        filename=export.filename,
        content_type=TYPES[Format(export.format)],
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )


def _file(request: HttpRequest, filters: Filters, content: Content, form: str) -> HttpResponseBase:
    """The file, or the page that offers to make it where that takes long."""
    if form not in OFFERED[content]:
        raise Http404
    made_as, moment = Format(form), now()
    member = cast("Member", request.user)
    if request.method == "POST":
        try:
            export = ask_for_export(
                filters=filters,
                content=content,
                form=made_as,
                member=member,
                language=get_language() or "en",
                now=moment,
            )
        except TooManyWaiting:
            # The list shows what waits.
            return redirect("reports:files")
        return redirect("reports:file", pk=export.pk)
    name = filename_of(filters, content, made_as)
    if is_long(filters, content, made_as, now=moment):
        told = {"filename": name, "filters": filters, "period": period_in_words(filters.period)}
        return render(request, "reports/file_long.html", told)
    blocks: Iterable[bytes]
    if content == Content.REPORT:
        blocks = written(shown_to(workplace_of(member), report_of(filters)), made_as, now=moment)
    elif made_as == Format.CSV:
        blocks = sessions_csv(filters, now=moment)
    else:
        blocks = _whole(filters, content, made_as, member)
    response = StreamingHttpResponse(blocks, content_type=TYPES[made_as])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _whole(filters: Filters, content: Content, form: Format, member: Member) -> list[bytes]:
    out = BytesIO()
    write(
        out,
        filters=filters,
        content=content,
        form=form,
        person=member,
        told=lambda _done, _total: None,
        now=now(),
    )
    return [out.getvalue()]
