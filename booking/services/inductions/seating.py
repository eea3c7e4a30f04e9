"""Seats: given in the order in which people ask, and when one is given back, to who waits."""

from datetime import datetime

from django.utils.translation import gettext as _

from booking import notices
from booking.facts import Refusal
from booking.models import Induction, InductionPlace
from booking.rules import not_allowed
from booking.services.inductions.planning import locked
from booking.services.locking import in_transaction
from booking.services.refusing import refuse
from booking.states import AHEAD, COMING, InductionKind, PlaceState
from members.models import Certification, Member
from members.permissions import is_staff_of


def join(*, induction: Induction, member: Member, by: Member, now: datetime) -> InductionPlace:
    """Give `member` a seat, or else a place in the line for one.

    Raises BookingRefused where it is over, `member` comes already, or may not come.
    """

    def work() -> InductionPlace:
        row = locked(induction)
        refuse(_reasons_not_to_join(row, member, by=by, now=now))
        place = InductionPlace(
            induction=row, member=member, state=PlaceState.WAITING, joined_at=now
        )
        if row.places.filter(state=PlaceState.SEATED).count() < row.seats:
            place.state, place.seated_at = PlaceState.SEATED, now
        place.save()
        if place.state == PlaceState.SEATED:
            notices.seat_given(place, moved_up=False, now=now)
        return place

    return in_transaction(work)


def leave(*, place: InductionPlace, by: Member, now: datetime) -> InductionPlace:
    """Give back what somebody has of an induction; a seat goes to the first who waits.

    Raises BookingRefused for others, and once it has begun.
    """

    def work() -> InductionPlace:
        row = locked(place.induction)
        mine = row.places.select_related("member").get(pk=place.pk)
        refuse(_reasons_not_to_leave(row, mine, by=by, now=now))
        mine.state = PlaceState.LEFT
        mine.save(update_fields=["state"])
        notices.seat_given_back(mine)
        _move_up(row, now=now)
        return mine

    return in_transaction(work)


def _move_up(induction: Induction, *, now: datetime) -> None:
    """Give the free seats to those who wait, the first first; once it has begun nobody reads it."""
    if now >= induction.starts_at:
        return
    free = induction.seats - induction.places.filter(state=PlaceState.SEATED).count()
    line = induction.places.filter(state=PlaceState.WAITING, member__is_active=True)
    for place in line.select_related("member").order_by("joined_at", "pk")[: max(free, 0)]:
        place.state, place.seated_at = PlaceState.SEATED, now
        place.save(update_fields=["state", "seated_at"])
        place.induction = induction
        notices.seat_given(place, moved_up=True, now=now)


def _reasons_not_to_join(
    induction: Induction, member: Member, *, by: Member, now: datetime
) -> list[Refusal]:
    is_staff = is_staff_of(by, induction.space)
    if not member.is_active or (by.pk != member.pk and not is_staff):
        return [not_allowed(_("You may not book for this person or company."))]
    if induction.state not in AHEAD or (now >= induction.starts_at and not is_staff):
        return [not_allowed(_("This induction is over or cancelled already."))]
    if induction.places.exclude(state=PlaceState.LEFT).filter(member=member).exists():
        return [not_allowed(_("There is a seat or a place in the line for this person already."))]
    if induction.kind == InductionKind.REFRESHER and not _was_certified(induction, member):
        return [
            not_allowed(
                _("A refresher is for those who have had the certification: take an induction.")
            )
        ]
    return []


def _was_certified(induction: Induction, member: Member) -> bool:
    rows = Certification.objects.standing().counting_in(induction.space)
    return rows.filter(member=member, skill=induction.skill_id).exists()


def _reasons_not_to_leave(
    induction: Induction, place: InductionPlace, *, by: Member, now: datetime
) -> list[Refusal]:
    is_staff = is_staff_of(by, induction.space)
    if by.pk != place.member_id and not is_staff:
        return [not_allowed(_("This is not your seat."))]
    if place.state not in COMING or induction.state not in AHEAD:
        return [not_allowed(_("There is nothing to give back any more."))]
    if now >= induction.starts_at and not is_staff:
        return [not_allowed(_("The induction has begun."))]
    return []
