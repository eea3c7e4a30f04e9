"""The faults of a space: a board of what is to be done, and a list to look things up in."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from booking.fault_forms import FaultFilterForm
from machines.queries.faults import board_of_faults, filtered_faults
from machines.views.staff import StaffPage

PER_PAGE = 50


class FaultBoardPage(StaffPage):
    """What is new, what waits, what somebody has in hand, and what was resolved lately."""

    template_name = "booking/fault_board.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The board."""
        return self.show(request, board=board_of_faults(self.space, now=self.now), now=self.now)


class FaultListPage(StaffPage):
    """All faults, with filters that are part of the address."""

    template_name = "booking/fault_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The faults that match."""
        form = FaultFilterForm(request.GET)
        filters = form.filters()
        rows = filtered_faults(self.space, by=self.member, now=self.now, **filters)
        query = request.GET.copy()
        query.pop("page", None)
        return self.show(
            request,
            form=form,
            page=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            address=query.urlencode(),
            is_filtered=bool(query),
            now=self.now,
        )
