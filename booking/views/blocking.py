"""Taking a machine out of use for once, from the board: one span and the reason."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from booking.facts import Terms
from booking.forms import BlockForm
from booking.models import Reservation
from booking.queries.displacing import Plan
from booking.queries.terms import terms_of
from booking.services.displacing import plan_ahead
from booking.services.refusing import TimeTaken
from booking.services.taking import block_taking, in_the_way_of_block, take_out
from booking.views.asking import SPAN_FIELDS
from booking.views.displacing import CONFLICT, AtOncePage
from machines.models import Machine
from members.states import Audience


def block_form(machine: Machine, asked: Any) -> BlockForm:
    """An unbound form, filled with the span in `asked`."""
    initial = {name: asked[name] for name in SPAN_FIELDS if asked.get(name)}
    return BlockForm(initial=initial, machine=machine, terms=_terms(machine))


def _terms(machine: Machine) -> Terms:
    return terms_of(machine, audience=Audience.STAFF)


class BlockPage(AtOncePage):
    """A form for one span; what has reserved it is displaced, what else has it keeps its time."""

    template_name = "booking/block.html"
    row: Reservation

    def form(self, data: Any = None) -> BlockForm:
        """The form, with the span that the address names where nothing was typed."""
        if data is None:
            return block_form(self.the_machine, self.request.GET)
        form = BlockForm(data, machine=self.the_machine, terms=_terms(self.the_machine))
        if form.is_valid() and form.booking_request().ends_at <= self.now:
            form.add_error("end", _("This time is over already."))
        return form

    def context(self, form: BlockForm) -> dict[str, Any]:
        """What has the time and is not displaced."""
        if not form.is_bound or not form.is_valid():
            return {}
        span = form.booking_request().span
        return {"holders": in_the_way_of_block(self.the_machine, span, now=self.now)}

    def plan(self, form: BlockForm) -> Plan:
        """What has reserved the time."""
        taking = block_taking(self.the_machine, form.booking_request().span)
        return plan_ahead(taking, now=self.now)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Block, unless something stands in the way that is not displaced."""
        try:
            return super().post(request, *args, **kwargs)
        except TimeTaken:
            form = self.form(request.POST)
            return self.show(request, CONFLICT, form=form, **self.context(form))

    def displaced(self, form: BlockForm, data: QueryDict) -> dict[str, Any]:
        """Nothing is chosen while the block cannot be written at all."""
        if self.context(form)["holders"]:
            raise TimeTaken
        return super().displaced(form, data)

    def carry_out(self, form: BlockForm, choices: dict[int, str]) -> str:
        """Block the span."""
        self.row = take_out(
            machine=self.the_machine,
            span=form.booking_request().span,
            purpose=form.cleaned_data["purpose"],
            choices=choices,
            by=self.member,
            now=self.now,
        )[0]
        return _("Blocked. Nobody can reserve this time.")

    def after(self) -> HttpResponse:
        """Back to the board at that day."""
        board = reverse("booking:board", args=[self.space.slug])
        return redirect(f"{board}?reservation={self.row.pk}")
