"""A cart: machines that are collected, to be reserved for one time together.

It is kept in the session, so that it is there without JavaScript and before signing in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.forms import ReservationForm
from booking.permissions import machines_open_to
from booking.queries.common_time import common_slots
from booking.queries.terms import terms_of_many
from booking.queries.viewer import audience_told
from booking.services.carts import MOST_MACHINES, check_together, reserve_together
from booking.services.refusing import BookingRefused, TimeTaken
from booking.span_forms import asked_span
from booking.together import joint_terms
from booking.views.asking import SPAN_FIELDS, next_page, signed_in
from booking.views.reserving import claim_of, tell_reserved
from machines.models import Machine
from machines.views.staff import UNPROCESSABLE
from members.models import Member
from members.permissions import Visitor
from spaces.intervals import DAY, Interval, local_day

CART = "cart"
"""Where the session keeps the ids of the machines, in the order in which they were chosen."""

ANY_UNIT = "cart_any_unit"
"""Where it keeps those for which another unit of their pool will do."""

USUAL_LENGTH = timedelta(hours=1)
LOOK_AHEAD = 14 * DAY
OFFERS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cart(request: HttpRequest) -> HttpResponse:
    """The machines chosen, and the form to reserve them for one time."""
    machines, moment = _chosen(request), now()
    if not machines:
        return render(request, "booking/cart.html", {"machines": machines})
    any_unit = _any_unit(request)
    context: dict[str, Any] = {
        "machines": machines,
        "any_unit": any_unit,
        "space": machines[0].space,
    }
    if request.method != "POST":
        form = _form(machines, request.user, initial=_asked(machines, request, moment))
        context |= {"form": form, **_judged(request, machines, form, moment)}
        return render(request, "booking/cart.html", context)
    member = signed_in(request)
    form, status = _form(machines, member, request.POST), UNPROCESSABLE
    if form.is_valid():
        try:
            made = reserve_together(
                machines=machines,
                claim=claim_of(form, member),
                request=form.booking_request(),
                now=moment,
                any_unit=_any_unit(request),
            )
        except BookingRefused as error:
            context["slots"] = _offers(request, machines, form, moment)
            form.show(error.refusals)
            status = 409 if isinstance(error, TimeTaken) else UNPROCESSABLE
        else:
            del request.session[CART]
            request.session.pop(ANY_UNIT, None)
            tell_reserved(request, made[0])
            return redirect("booking:reservation", made[0].pk)
    context["form"] = form
    if "slots" not in context:
        context["slots"] = _offers(request, machines, form, moment)
    return render(request, "booking/cart.html", context, status=status)


@require_safe
@never_cache
def cart_verdict(request: HttpRequest) -> HttpResponse:
    """Whether all machines could be reserved then: every reason why not, and the prices.

    Of an empty cart there is nothing to say: the page may ask after it was reserved.
    """
    machines = _chosen(request)
    if not machines:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    form = _form(machines, request.user, request.GET)
    context = {**_judged(request, machines, form, now()), "is_fragment": True}
    return render(request, "booking/_cart_verdict.html", context)


@require_POST
def cart_add(request: HttpRequest) -> HttpResponse:
    """Put a machine into the cart, if it stands where the others do."""
    machine = _named(request)
    machines = _chosen(request)
    told = {"machine": machine.name}
    if machines and machines[0].space_id != machine.space_id:
        messages.error(
            request,
            _("%(machine)s stands elsewhere: your cart holds machines of %(space)s.")
            % {**told, "space": machines[0].space.name},
        )
        return redirect("booking:cart")
    if len(machines) >= MOST_MACHINES:
        most = {"count": MOST_MACHINES}
        messages.error(request, _("Choose at most %(count)d machines at a time.") % most)
        return redirect("booking:cart")
    _keep(request, [*machines, machine])
    messages.success(request, _("%(machine)s is in the cart.") % told)
    return redirect(next_page(request, reverse("booking:cart")))


@require_POST
def cart_remove(request: HttpRequest) -> HttpResponse:
    """Take a machine out of the cart, or all of them where none is named."""
    machines = _chosen(request)
    left_out = request.POST.get("machine")
    _keep(request, [each for each in machines if left_out and str(each.pk) != left_out])
    return redirect("booking:cart")


@require_POST
def cart_unit(request: HttpRequest) -> HttpResponse:
    """Say of a unit of a pool in the cart that any other will do, or that it must be this one."""
    told = request.POST.get("machine", "")
    if told.isdecimal():
        kept = _any_unit(request) ^ {int(told)}
        machines = _chosen(request)
        with_pool = {machine.pk for machine in machines if machine.pool_id is not None}
        request.session[ANY_UNIT] = sorted(kept & with_pool)
    return redirect("booking:cart")


def _chosen(request: HttpRequest) -> list[Machine]:
    """The machines of the cart that still have a page for the person, in their order."""
    ids: list[int] = request.session.get(CART, [])
    rows = machines_open_to(request.user).filter(pk__in=ids) if ids else Machine.objects.none()
    rows = rows.select_related("space", "category", "room", "pool")
    return sorted(rows, key=lambda machine: ids.index(machine.pk))


def _keep(request: HttpRequest, machines: Sequence[Machine]) -> None:
    ids = list(dict.fromkeys(machine.pk for machine in machines))
    request.session[CART] = ids
    request.session[ANY_UNIT] = [pk for pk in request.session.get(ANY_UNIT, []) if pk in ids]


def _any_unit(request: HttpRequest) -> frozenset[int]:
    """The ids of those in the cart for which another unit of their pool will do."""
    return frozenset(request.session.get(ANY_UNIT, ()))


def _named(request: HttpRequest) -> Machine:
    """The machine that a button names; raises Http404."""
    told = request.POST.get("machine", "")
    rows = machines_open_to(request.user).select_related("space")
    found = rows.filter(pk=int(told)).first() if told.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _form(
    machines: Sequence[Machine],
    person: Visitor,
    data: Mapping[str, Any] | None = None,
    **options: Any,
) -> ReservationForm:
    """The form of one machine, on the terms of all."""
    terms = terms_of_many(machines, audience=audience_told(person, machines[0].space))
    return ReservationForm(
        data,
        machine=machines[0],
        terms=joint_terms([terms[machine.pk] for machine in machines]),
        member=person if isinstance(person, Member) else None,
        **options,
    )


def _asked(machines: Sequence[Machine], request: HttpRequest, moment: datetime) -> dict[str, Any]:
    """What the address asks for, else the first hour at which all are free."""
    given = {name: request.GET[name] for name in SPAN_FIELDS if request.GET.get(name)}
    if given.keys() & {"start", "end"}:
        return given
    zone = machines[0].space.zone
    for slot in _slots(request, machines, moment, USUAL_LENGTH, now=moment, limit=1):
        return asked_span(slot, zone) | given
    return {"date": moment.astimezone(zone).date().isoformat()} | given


def _judged(
    request: HttpRequest, machines: Sequence[Machine], form: ReservationForm, moment: datetime
) -> dict[str, Any]:
    """The verdict on what `form` asks for, or was filled with, and the earliest common times."""
    person = request.user
    if not form.is_bound:
        form = _form(machines, person, form.initial)
    context: dict[str, Any] = {
        "space": machines[0].space,
        "slots": _offers(request, machines, form, moment),
    }
    if isinstance(person, Member) and form.is_valid():
        context["verdict"] = check_together(
            machines=machines,
            claim=claim_of(form, person),
            request=form.booking_request(),
            now=moment,
            any_unit=_any_unit(request),
        )
    return context


def _offers(
    request: HttpRequest, machines: Sequence[Machine], form: ReservationForm, moment: datetime
) -> list[tuple[Interval, str]]:
    """The earliest common times as long as what was asked for, from its day on."""
    zone, length, start = machines[0].space.zone, USUAL_LENGTH, moment
    if form.is_valid():
        asked = form.booking_request()
        length = max(asked.duration, timedelta(minutes=1))
        start = max(moment, local_day(asked.starts_at.astimezone(zone).date(), zone).start)
    found = _slots(request, machines, start, length, now=moment, limit=OFFERS)
    return [(slot, urlencode(asked_span(slot, zone))) for slot in found]


def _slots(
    request: HttpRequest,
    machines: Sequence[Machine],
    start: datetime,
    length: timedelta,
    *,
    now: datetime,
    limit: int,
) -> list[Interval]:
    return common_slots(
        machines,
        length=length,
        window=Interval(start, start + LOOK_AHEAD),
        audience=audience_told(request.user, machines[0].space),
        now=now,
        limit=limit,
        any_unit=_any_unit(request),
    )
