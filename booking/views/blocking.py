"""Taking a machine out of use for once, from the board: one span and the reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from booking.facts import Terms
from booking.forms import BlockForm
from booking.queries.terms import terms_of
from booking.queries.upkeep import holders_of
from booking.services.blocking import block
from booking.services.refusing import BookingRefused, TimeTaken
from booking.states import ReservationKind
from booking.views.reservations import SPAN_FIELDS
from machines.models import Machine
from machines.views.staff import UNPROCESSABLE, StaffPage
from members.states import Audience

CONFLICT = 409


def block_form(machine: Machine, asked: Any) -> BlockForm:
    """An unbound form, filled with the span in `asked`."""
    initial = {name: asked[name] for name in SPAN_FIELDS if asked.get(name)}
    return BlockForm(initial=initial, machine=machine, terms=_terms(machine))


def _terms(machine: Machine) -> Terms:
    return terms_of(machine, audience=Audience.STAFF)


class BlockPage(StaffPage):
    """A form for one span; whatever stands in its way is named, and keeps its time."""

    template_name = "booking/block.html"

    def get(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """The form, with the span that the address names."""
        return self.show(request, form=block_form(self.the_machine, request.GET))

    def post(self, request: HttpRequest, space: str, slug: str) -> HttpResponse:
        """Block, and go back to the board at that day."""
        form = BlockForm(request.POST, machine=self.the_machine, terms=_terms(self.the_machine))
        if not form.is_valid():
            return self.show(request, UNPROCESSABLE, form=form)
        moment = now()
        asked = form.booking_request()
        if asked.ends_at <= moment:
            form.add_error("end", _("This time is over already."))
            return self.show(request, UNPROCESSABLE, form=form)
        try:
            rows = block(
                machines=[self.the_machine],
                kind=ReservationKind.MAINTENANCE,
                span=asked.span,
                by=self.member,
                now=moment,
                purpose=form.cleaned_data["purpose"],
            )
        except TimeTaken:
            found = holders_of(self.the_machine, asked.span, now=moment)
            return self.show(request, CONFLICT, form=form, holders=found)
        except BookingRefused as error:
            form.show(error.refusals)
            return self.show(request, UNPROCESSABLE, form=form)
        messages.success(request, _("Blocked. Nobody can reserve this time."))
        return redirect(f"{reverse('booking:board', args=[space])}?reservation={rows[0].pk}")
