"""What a member has reported themselves, and how it stands."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking.views.asking import signed_in
from machines.queries.faults import filtered_faults
from machines.states import FaultFilter

PER_PAGE = 30


@login_required
@require_safe
@never_cache
def my_faults(request: HttpRequest) -> HttpResponse:
    """The faults that I reported, in every space, the latest first."""
    member = signed_in(request)
    rows = filtered_faults(member, state=FaultFilter.ALL, by=member, now=now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "booking/my_faults.html", {"page": page})
