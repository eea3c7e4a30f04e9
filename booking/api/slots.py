"""The earliest offers over many machines, for programs."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.errors import HttpError

from booking.api import schemas
from booking.api.machines import machine_out, with_parts
from booking.queries.gaps import Place
from booking.queries.slots import Slot, first_slots, place_of
from booking.span_forms import asked_span
from machines.models import Machine
from members.states import Audience
from spaces.paging import CursorInvalid, cursor_of

router = Router(tags=["machines"])


@router.get("/slots", response=schemas.SlotList)
def slots(request: HttpRequest, filters: Query[schemas.SlotFilters]) -> object:
    """The first time at which each machine could be booked, earliest first."""
    machines = Machine.objects.listed()
    if filters.space:
        machines = machines.filter(space__slug=filters.space)
    if filters.category:
        machines = machines.filter(category__slug=filters.category)
    window = filters.interval()
    found = first_slots(
        machines=with_parts(machines),
        length=timedelta(minutes=filters.duration),
        window_in=lambda _zone: window,
        audience=Audience.MAKER,
        now=now(),
        limit=filters.limit,
        after=_place(filters.cursor),
    )
    return {
        "items": [_slot(request, each) for each in found.slots],
        "next": cursor_of(found.next) if found.next else None,
    }


def _place(cursor: str | None) -> Place | None:
    if not cursor:
        return None
    try:
        return place_of(cursor)
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error


def _slot(request: HttpRequest, slot: Slot) -> dict[str, object]:
    machine, zone = slot.machine, slot.machine.space.zone
    path = reverse("booking:reserve", args=[machine.space.slug, machine.slug])
    return {
        "starts_at": slot.interval.start.astimezone(zone),
        "ends_at": slot.interval.end.astimezone(zone),
        "machine": machine_out(request, machine),
        "url": request.build_absolute_uri(f"{path}?{urlencode(asked_span(slot.interval, zone))}"),
    }
