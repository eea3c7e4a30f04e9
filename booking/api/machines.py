"""Machines and when they are free, for programs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.errors import HttpError

from billing.queries import price_list
from booking.api import schemas
from booking.facts import Terms
from booking.queries.availability import machine_times, seen_by, state_now
from booking.queries.board import viewer_in
from booking.queries.slots import free_machines
from booking.queries.terms import terms_of, terms_of_many
from booking.states import FARTHEST, MAX_SPAN
from machines.api import Window, hours_of
from machines.measuring.asking import Asked, asked
from machines.measuring.names import DIMENSIONS, Measurable
from machines.measuring.quantities import KEPT_IN
from machines.measuring.telling import wishes_told
from machines.models import Document, Machine, Measure, Photo
from machines.permissions import documents_open_to
from machines.queries.opening import openings_of
from machines.queries.specs import fitting
from members.authentication import heeds
from members.models import Skill
from members.permissions import Visitor
from members.states import Audience, Scope
from spaces.intervals import Interval, today_began
from spaces.models import Space
from spaces.paging import CursorInvalid, page

router = Router(tags=["machines"])

EARTH_RADIUS_KM = 6371.0
MINUTE = timedelta(minutes=1)


@router.get("/machines", response=schemas.MachineList)
def machines(request: HttpRequest, filters: Query[schemas.MachineFilters]) -> object:
    """The catalogue; with both `free_` moments, only machines that are free for that time."""
    search = asked(filters.q or "")
    found = with_parts(_filtered(filters, search))
    keys = ["name", "id"]
    if filters.near:
        found, keys = found.annotate(rank=_rank_by_distance(filters.near)), ["rank", *keys]
    try:
        listed = page(found, keys=keys, cursor=filters.cursor, limit=filters.limit)
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return {
        "items": [machine_out(request, each) for each in listed.items],
        "next": listed.next,
        "understood": wishes_told(search.wishes),
    }


@router.get("/machines/{id}", response=schemas.MachineDetail, auth=heeds(Scope.READ))
def machine(request: HttpRequest, id: int) -> object:
    """The sheet of a machine: specs, documents, rules, prices, state and the week's hours."""
    rows = with_parts(Machine.objects.listed()).prefetch_related("specs", "measures", "photos")
    found = get_object_or_404(rows, pk=id)
    moment = now()
    today = moment.astimezone(found.space.zone).date()
    caller: Visitor = request.auth  # type: ignore[attr-defined]
    photos = [_photo(request, each) for each in found.photos.all()]
    window = Interval(moment, moment + timedelta(days=7))
    # Programs are told what holds for makers; `reservations/check` judges by who asks.
    terms = terms_of(found, audience=Audience.MAKER)
    state = state_now([found], terms={found.pk: terms}, now=moment)[found.pk]
    return {
        **machine_out(request, found),
        "description": found.description,
        "materials": found.materials,
        "work_area": found.work_area,
        "photo": photos[0]["url"] if photos else None,
        "photos": photos,
        "specs": list(found.specs.all()),
        "measures": [_measure(each) for each in found.measures.all()],
        "documents": [
            {
                "title": document.title,
                "url": document.url or _kept(request, document),
                "language": document.language,
                "version": document.version,
                "licence": document.licence,
                "restricted": document.is_restricted,
            }
            for document in documents_open_to(caller, found, on=today)
        ],
        "policy": _policy(terms),
        "prices": [
            {"audience": audience, "hourly": amount, "currency": found.space.currency}
            for audience, amount in price_list(found).items()
        ],
        "state": {"state": state.state, "until": _local(state.until, found.space)},
        "opening": hours_of(found.space, openings_of([found], window)[found.pk]),
    }


@router.get("/machines/{id}/availability", response=schemas.Availability, auth=heeds(Scope.READ))
def availability(request: HttpRequest, id: int, window: Query[Window]) -> object:
    """When a machine is open, busy (without names) and free.

    On days that are over only what is the caller's is busy; the staff of the space is told all.
    """
    found = get_object_or_404(Machine.objects.listed().select_related("space"), pk=id)
    moment = now()
    terms = terms_of_many([found], audience=Audience.MAKER)
    every = machine_times([found], window.interval(), terms=terms, now=moment)
    caller: Visitor = request.auth  # type: ignore[attr-defined]
    viewer = viewer_in(caller, found.space)
    times = seen_by(viewer, every, since=today_began(moment, found.space.zone))[found.pk]
    busy = [(each.interval, str(each.kind)) for each in times.busy]
    busy += [(each, "down") for each in times.down]
    return {
        "open": [_interval(each, found.space) for each in times.open],
        "busy": [{**_interval(each, found.space), "kind": kind} for each, kind in sorted(busy)],
        "free": [_interval(each, found.space) for each in times.free],
    }


def _filtered(filters: schemas.MachineFilters, search: Asked) -> QuerySet[Machine]:
    found: QuerySet[Machine] = Machine.objects.listed()
    if filters.space:
        found = found.filter(space__slug=filters.space)
    if filters.category:
        found = found.filter(category__slug=filters.category)
    if filters.skill:
        found = found.filter(skills__slug=filters.skill)
    found = fitting(found.filter(_says_all(search.words)), search.wishes)
    if (filters.free_from is None) != (filters.free_until is None):
        raise HttpError(422, _("Give both free_from and free_until, or neither."))
    if filters.free_from and filters.free_until:
        if not filters.free_from < filters.free_until:
            raise HttpError(422, _("free_until must lie after free_from."))
        # No reservation is longer or farther ahead, and no calendar is expanded for ever.
        if (
            filters.free_from < now()
            or filters.free_until - filters.free_from > MAX_SPAN
            or filters.free_until - now() > FARTHEST
        ):
            return found.none()
        span = Interval(filters.free_from, filters.free_until)
        free = free_machines(
            machines=found, span_in=lambda _zone: span, audience=Audience.MAKER, now=now()
        )
        found = found.filter(pk__in=free)
    return found


def _says_all(words: Sequence[str]) -> Q:
    """Each word stands somewhere on the card of the machine."""
    condition = Q()
    for word in words:
        condition &= (
            Q(name__icontains=word)
            | Q(make__icontains=word)
            | Q(model__icontains=word)
            | Q(materials__icontains=word)
            | Q(category__name__icontains=word)
        )
    return condition


def with_parts(machines: QuerySet[Machine]) -> QuerySet[Machine]:
    """The machines with what `machine_out` tells."""
    return machines.select_related("space", "category", "pool", "room").prefetch_related(
        Prefetch("skills", Skill.objects.only("slug", "name"))
    )


def _rank_by_distance(near: str) -> Case:
    """The listed spaces numbered from the nearest; those without a position come last."""
    try:
        latitude, longitude = (float(part) for part in near.split(","))
    except ValueError as error:
        raise HttpError(422, _("near is a latitude and a longitude: 46.2,6.14")) from error
    # Not a number is neither within these bounds nor beyond them.
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004
        raise HttpError(422, _("near is a latitude and a longitude: 46.2,6.14"))
    places = Space.objects.listed().exclude(latitude=None).exclude(longitude=None)
    by_distance = sorted(
        (kilometres(latitude, longitude, place.latitude or 0.0, place.longitude or 0.0), place.pk)
        for place in places
    )
    ranks = [When(space=pk, then=Value(rank)) for rank, (_far, pk) in enumerate(by_distance)]
    return Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())


def kilometres(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """The great-circle distance between two places in degrees (haversine formula)."""
    from_phi, to_phi = radians(latitude), radians(to_latitude)
    across = radians(to_longitude - longitude)
    half_chord = (
        sin((to_phi - from_phi) / 2) ** 2 + cos(from_phi) * cos(to_phi) * sin(across / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half_chord))


def machine_out(request: HttpRequest, machine: Machine) -> dict[str, object]:
    """A machine as the catalogue of the API tells it."""
    path = reverse("booking:machine", args=[machine.space.slug, machine.slug])
    return {
        "id": machine.pk,
        "slug": machine.slug,
        "name": machine.name,
        "space": machine.space.slug,
        "category": machine.category,
        "pool": machine.pool.name if machine.pool else None,
        "room": machine.room.name if machine.room else None,
        "make": machine.make,
        "model": machine.model,
        "loaded": machine.loaded,
        "skills": list(machine.skills.all()),
        "url": request.build_absolute_uri(path),
    }


def _policy(terms: Terms) -> dict[str, object]:
    return {
        "lead_minutes": terms.lead_time // MINUTE,
        "horizon_days": terms.horizon_days,
        "shortest_minutes": terms.shortest // MINUTE,
        "longest_minutes": terms.longest // MINUTE,
        "grid_minutes": terms.grid // MINUTE,
        "setup_minutes": terms.setup // MINUTE,
        "turnaround_minutes": terms.turnaround // MINUTE,
        "staff_needed": terms.staff_needed,
        "membership_needed": terms.membership_needed,
        "cancellation_window_minutes": terms.cancellation_window // MINUTE,
        "grace_period_minutes": terms.grace_period // MINUTE,
    }


def _interval(interval: Interval, space: Space) -> dict[str, datetime | None]:
    return {
        "starts_at": _local(interval.start, space),
        "ends_at": _local(interval.end, space),
    }


def _local(moment: datetime | None, space: Space) -> datetime | None:
    return moment.astimezone(space.zone) if moment else None


def _photo(request: HttpRequest, photo: Photo) -> dict[str, str]:
    path = reverse("machines:photo", args=[photo.pk])
    return {"url": request.build_absolute_uri(path), "alt": photo.alt}


def _measure(measure: Measure) -> dict[str, object]:
    return {
        "key": measure.key,
        "material": measure.material,
        "low": measure.low,
        "high": measure.high,
        "unit": KEPT_IN[DIMENSIONS[Measurable(measure.key)]],
    }


def _kept(request: HttpRequest, document: Document) -> str:
    return request.build_absolute_uri(reverse("machines:document", args=[document.pk]))
