"""Files that come with a machine: its photos, and documents kept here."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from machines.models import Document, Photo
from machines.permissions import may_open, may_see
from members.authentication import BearerToken
from members.states import Scope
from spaces.downloads import saved_file, shown_picture


@require_safe
def photo(request: HttpRequest, pk: int, size: str) -> FileResponse:
    """A photo of a machine, `small` for cards or `large`."""
    found = get_object_or_404(Photo.objects.select_related("machine__space"), pk=pk)
    if not may_see(request.user, found.machine):
        raise Http404
    return shown_picture(found.small if size == "small" else found.file)


@require_safe
def document(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """A document of a machine, to be saved: it is never run on this site.

    The address of a version that was replaced leads everybody but staff to the one that holds.
    """
    rows = Document.objects.select_related("machine__space")
    found = get_object_or_404(rows, pk=pk)
    # Programs are given this address by the API, and come with the same token.
    person = BearerToken(Scope.READ)(request) or request.user
    today = now().astimezone(found.machine.space.zone).date()
    if not may_open(person, found, on=today):
        newer = rows.filter(replaces=found).first()
        if newer is None:
            raise Http404
        return document(request, newer.pk)
    if not found.file:
        return HttpResponseRedirect(found.url)
    return saved_file(found.file, title=f"{found.title} {found.version}")
