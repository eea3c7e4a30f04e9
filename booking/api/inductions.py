"""Inductions to come, for programs."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from booking.api import schemas
from booking.queries.inductions import Told, to_come, told
from booking.states import InductionKind
from machines.api import Paging
from spaces.paging import CursorInvalid, page

router = Router(tags=["machines"])


class InductionFilters(Paging):
    """Which inductions."""

    space: schemas.Slug | None = None
    skill: schemas.Slug | None = None


class InductionOut(schemas.IntervalOut):
    """A date on which a skill is taught, the machines it takes, and how full it is."""

    id: int
    space: str
    skill: schemas.Named
    kind: InductionKind
    machines: list[int]
    seats: int
    free_seats: int
    waiting: int
    url: str


class InductionList(Schema):
    """A page of inductions, the next first."""

    items: list[InductionOut]
    next: str | None


@router.get("/inductions", response=InductionList)
def inductions(request: HttpRequest, filters: Query[InductionFilters]) -> object:
    """What is taught from now on in the spaces of the catalogue."""
    found = to_come(now(), space=filters.space or "", skill=filters.skill or "")
    try:
        listed = page(found, keys=["starts_at", "id"], cursor=filters.cursor, limit=filters.limit)
    except CursorInvalid as error:
        raise HttpError(422, _("This cursor is not of this list.")) from error
    return {
        "items": [_induction(request, each) for each in told(listed.items)],
        "next": listed.next,
    }


def _induction(request: HttpRequest, each: Told) -> dict[str, object]:
    row = each.row
    return {
        "id": row.pk,
        "space": row.space.slug,
        "skill": row.skill,
        "kind": row.kind,
        "starts_at": _local(row.starts_at, each),
        "ends_at": _local(row.ends_at, each),
        "machines": [machine.pk for machine in each.machines],
        "seats": row.seats,
        "free_seats": each.free,
        "waiting": each.waiting,
        "url": request.build_absolute_uri(reverse("booking:induction", args=[row.pk])),
    }


def _local(moment: datetime, each: Told) -> datetime:
    return moment.astimezone(each.row.space.zone)
