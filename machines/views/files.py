"""Files that come with a machine: its photo, and documents kept here."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from machines.models import Document, Machine


@require_safe
def photo(request: HttpRequest, space: str, slug: str) -> FileResponse:
    """The photo of a machine of the catalogue."""
    machine = get_object_or_404(Machine.objects.listed(), space__slug=space, slug=slug)
    if not machine.photo:
        raise Http404
    return FileResponse(machine.photo.open())


@require_safe
def document(request: HttpRequest, pk: int) -> FileResponse:
    """A document of a machine of the catalogue, to be saved: it is never run on this site."""
    found = get_object_or_404(Document, pk=pk, machine__in=Machine.objects.listed())
    if not found.file:
        raise Http404
    return FileResponse(found.file.open(), as_attachment=True)
