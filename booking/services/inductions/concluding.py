"""The attendance list: who passed is certified in the same step."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from booking.models import Induction
from booking.rules import not_allowed
from booking.services.inductions.planning import locked
from booking.services.locking import in_transaction
from booking.services.refusing import refuse
from booking.services.taking import refuse_strangers
from booking.states import TAUGHT, InductionState, PlaceState
from members.models import Certification, Member
from members.services.certifications import grant


def conclude(
    *, induction: Induction, results: Mapping[int, PlaceState], by: Member, now: datetime
) -> list[Certification]:
    """Write down what became of places by their ids, and certify who passed, each once.

    A certification that was granted stands: it is taken back by revoking it. Raises
    BookingRefused for people who do not work for the space, before the start, and where it was
    cancelled.
    """
    refuse_strangers(by, induction.space)

    def work() -> list[Certification]:
        row = locked(induction)
        if row.state == InductionState.CANCELLED or now < row.starts_at:
            refuse([not_allowed(_("The attendance list is filled in once it has begun."))])
        granted = []
        places = row.places.exclude(state=PlaceState.LEFT).filter(certification=None)
        for place in places.filter(pk__in=results).select_related("member"):
            result = results[place.pk]
            if result not in TAUGHT:
                continue
            place.state = result
            if result == PlaceState.PASSED:
                place.certification = grant(
                    member=place.member,
                    skill=row.skill,
                    space=row.space,
                    by=by,
                    now=now,
                    start_date=row.starts_at.astimezone(row.space.zone).date(),
                )
                granted.append(place.certification)
            place.save(update_fields=["state", "certification"])
        if not row.places.filter(state=PlaceState.SEATED).exists():
            row.state = InductionState.DONE
            row.save(update_fields=["state"])
        return granted

    return in_transaction(work)
