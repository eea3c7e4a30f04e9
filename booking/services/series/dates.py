"""What is said of the dates of a series, and in whose name they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from booking.facts import BookingRequest, Refusal
from booking.models import Reservation, Series
from booking.services.changing import is_theirs
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.verdict import Verdict
from booking.states import OnConflict, RefusalCode
from machines.models import Machine
from members.models import Member
from members.permissions import is_staff_of
from spaces.intervals import Interval

TOO_FAR = [RefusalCode.HORIZON]
"""What a date was left out for that is tried again once it has come near enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateVerdict:
    """What the rules say to one date of a series; `day` is that of the space's clock."""

    day: date
    span: Interval
    unit: Machine
    verdict: Verdict
    in_the_way: Reservation | None = None
    """What takes the time, where the acting person may know."""

    may_stay_out: bool = False
    """Whether nothing is lost where it is not free: it was not reserved before, or is too far."""

    @property
    def refusals(self) -> list[Refusal]:
        """Every rule that does not hold."""
        return self.verdict.refusals

    @property
    def codes(self) -> list[RefusalCode]:
        """The code of every rule that does not hold."""
        return [each.code for each in self.verdict.refusals]

    @property
    def is_free(self) -> bool:
        """Whether the date can be reserved."""
        return not self.verdict.refusals

    @property
    def is_conflict(self) -> bool:
        """Whether it stands in the way of all others."""
        return not self.is_free and not self.may_stay_out

    @property
    def is_for_staff(self) -> bool:
        """Whether staff would have to approve the date."""
        return self.verdict.terms.approval_needed and not self.verdict.is_by_staff

    @property
    def request(self) -> BookingRequest:
        """The date as it is asked for."""
        return BookingRequest(starts_at=self.span.start, ends_at=self.span.end)


@dataclass(frozen=True, slots=True)
class Made:
    """A series with the rows that were kept, and the dates that were left out."""

    series: Series
    rows: list[Reservation]
    skipped: list[DateVerdict]

    @property
    def left_out(self) -> list[tuple[Interval, list[Refusal]]]:
        """The dates that were left out, and why."""
        return [(each.span, each.refusals) for each in self.skipped]


class SeriesConflict(BookingRefused):
    """Dates of a series cannot be reserved, and all were wanted, or none could be."""

    def __init__(self, conflicts: Sequence[DateVerdict]) -> None:
        self.conflicts = list(conflicts)
        super().__init__(
            [
                Refusal(
                    code=RefusalCode.SERIES_CONFLICT,
                    message=_("Not every date of the series can be reserved. Nothing was."),
                )
            ]
        )


def refuse_conflicts(dates: Sequence[DateVerdict], on_conflict: OnConflict) -> None:
    """Raise SeriesConflict where a date is not free and all were wanted, or where none is."""
    conflicts = [each for each in dates if not each.is_free]
    if conflicts and (on_conflict == OnConflict.ALL_OR_NOTHING or len(conflicts) == len(dates)):
        raise SeriesConflict(conflicts)


def claim_of(series: Series, *, by: Member) -> Claim:
    """In whose name `by` keeps more dates of `series`."""
    return Claim(
        member=series.member,
        by=by,
        company=series.company,
        purpose=series.purpose,
        is_confidential=series.is_confidential,
    )


def may_change(series: Series, by: Member) -> bool:
    """Whether `by` may change `series`: its holder, whoever books for its company, staff."""
    return by.is_active and (is_theirs(series, by) or is_staff_of(by, series.space))
