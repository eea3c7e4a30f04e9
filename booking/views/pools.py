"""Reserving any unit of a pool: its page, its form, and whether a time could be had."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from booking.facts import Terms
from booking.permissions import machines_open_to
from booking.pooling import PoolForm, seen_at
from booking.queries.availability import state_now
from booking.queries.catalogue import with_parts
from booking.queries.first_free import first_free_unit
from booking.queries.mine import mine_in_pool
from booking.queries.sheet import asks_of
from booking.queries.terms import terms_of_many
from booking.queries.viewer import Viewer, audience_told, viewer_of
from booking.services import allocation
from booking.services.refusing import BookingRefused, TimeTaken
from booking.span_forms import asked_span
from booking.states import MachineState
from booking.views.asking import SPAN_FIELDS, signed_in, way_to_learn
from booking.views.calendar import day_asked, pool_week_context, view_asked
from booking.views.reserving import claim_of, tell_reserved, wait_address
from machines.models import Machine, Pool
from members.models import Member
from members.states import Audience
from spaces.intervals import week_start


class OpenPool(NamedTuple):
    """A pool and those of its units that have a page for the person, with what they are told."""

    pool: Pool
    units: list[Machine]
    audience: Audience
    terms: dict[int, Terms]


@require_safe
def pool(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """How many units are free when, what they ask for, and the form to reserve one."""
    viewer, moment = viewer_of(request.user), now()
    found = _open_pool(request, space, slug, viewer)
    first = found.units[0]
    today = moment.astimezone(first.space.zone).date()
    monday = week_start(day_asked(request.GET.get("week") or request.GET.get("date"), today))
    form = _filled_form(found, request, request.GET, moment=moment)
    states = state_now(found.units, terms=found.terms, now=moment)
    context = {
        **pool_week_context(
            found.pool, found.units, monday, request.user, moment, view=view_asked(request)
        ),
        **_verdict_on(form, request, moment=moment),
        "asks": asks_of(first, viewer, week=monday, now=moment),
        "viewer": viewer,
        "moment": moment,
        "form": form,
        "pool": found.pool,
        "units": [(unit, states[unit.pk]) for unit in found.units],
        "free_now": sum(each.state == MachineState.FREE for each in states.values()),
        "mine": mine_in_pool(found.pool, request.user, now=moment),
    }
    return render(request, "booking/pool.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def reserve(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """The form to reserve a unit; refused with every reason beside its field."""
    found, member, moment = _open_pool(request, space, slug), signed_in(request), now()
    if request.method == "GET":
        form = _filled_form(found, request, request.GET, moment=moment)
        context = {**found._asdict(), "form": form, **_verdict_on(form, request, moment=moment)}
        return render(request, "booking/pool_reserve.html", context)
    form, status, wait = _form(found, request, data=request.POST), 422, ""
    if form.is_valid():
        try:
            made = allocation.reserve_unit(
                pool=found.pool,
                claim=claim_of(form, member),
                request=form.booking_request(),
                now=moment,
                free_when_looked=int(form.was_free_when_looked),
            )
        except BookingRefused as error:
            wait = wait_address(form, error.refusals)
            form.show(error.refusals)
            status = 409 if isinstance(error, TimeTaken) else 422
        else:
            tell_reserved(request, made)
            return redirect("booking:reservation", made.pk)
    context = {**found._asdict(), "form": form, "wait": wait}
    return render(request, "booking/pool_reserve.html", context, status=status)


@require_safe
def verdict(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """Whether a unit could be reserved for a span, how many are free, and the price."""
    form = _form(_open_pool(request, space, slug), request, data=request.GET)
    context = _verdict_on(form, request, moment=now())
    return render(request, "booking/_verdict.html", context)


def _open_pool(
    request: HttpRequest, space: str, slug: str, viewer: Viewer | None = None
) -> OpenPool:
    """A pool by its address, where a unit of it has a page for the person; raises Http404.

    A `viewer` who has been read already tells what is told to whom without asking again.
    """
    found = get_object_or_404(Pool.objects.select_related("space"), space__slug=space, slug=slug)
    units = with_parts(machines_open_to(request.user).filter(pool=found)).order_by("name", "pk")
    if not units:
        raise Http404
    if viewer is None:
        audience = audience_told(request.user, found.space)
    else:
        audience = viewer.audience_in(found.space.pk)
    return OpenPool(found, list(units), audience, terms_of_many(units, audience=audience))


def _form(found: OpenPool, request: HttpRequest, **filled: Any) -> PoolForm:
    return PoolForm(
        pool=found.pool,
        machine=found.units[0],
        terms=found.terms[found.units[0].pk],
        member=request.user if isinstance(request.user, Member) else None,
        **filled,
    )


def _filled_form(
    found: OpenPool, request: HttpRequest, asked: Mapping[str, Any], *, moment: datetime
) -> PoolForm:
    """An unbound form, filled with the span in `asked` or else the next free hour of any unit."""
    initial = {name: asked[name] for name in SPAN_FIELDS if asked.get(name)}
    if not initial.keys() & {"start", "end"}:
        zone = found.pool.space.zone
        free = first_free_unit(
            found.pool,
            audience=found.audience,
            now=moment,
            length=timedelta(hours=1),
        )
        today = {"date": moment.astimezone(zone).date().isoformat()}
        initial = (asked_span(free, zone) if free else today) | initial
    return _form(found, request, initial=initial)


def _verdict_on(form: PoolForm, request: HttpRequest, *, moment: datetime) -> dict[str, Any]:
    """What `booking/_verdict.html` shows; an unbound form is judged by what it was filled with."""
    person = request.user
    if not isinstance(person, Member):
        return {}
    if not form.is_bound:
        form = PoolForm(
            form.initial, pool=form.pool, machine=form.machine, terms=form.terms, member=person
        )
    if not form.is_valid():
        return {}
    asked = form.booking_request()
    refusals, quote, free_units = allocation.check_units(
        pool=form.pool, claim=claim_of(form, person), request=asked, now=moment
    )
    return {
        "checked": True,
        "refusals": refusals,
        "quote": quote,
        "free_units": free_units,
        "seen": seen_at(asked),
        "wait": wait_address(form, refusals),
        **way_to_learn(form.machine, refusals, moment=moment),
    }
