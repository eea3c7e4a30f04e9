"""Judging the dates of a series one after another: what is free counts for the next ones."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from schedule.models import Event

from billing.queries import prices_of
from booking.facts import BookingRequest
from booking.models import Reservation, Series
from booking.permissions import is_inside
from booking.queries.ahead import Ahead
from booking.queries.pool_ahead import PoolAhead
from booking.queries.pools import units_of
from booking.recurring import MOST_DATES, PatternInvalid, Plan
from booking.rules import RULES, Rule, not_allowed, person_may_book
from booking.services.allocation import choose, none_works
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused, refuse
from booking.services.series.dates import DateVerdict
from booking.services.verdict import Verdict, verdict_of
from booking.states import FARTHEST, RefusalCode
from machines.models import Machine, Pool
from machines.recurrence import reserved_dates
from spaces.intervals import Interval

SECOND = timedelta(seconds=1)


def units_for(target: Machine | Pool) -> list[Machine]:
    """The machines of which each date takes one."""
    return units_of(target) if isinstance(target, Pool) else [target]


class Judge:
    """Judges the dates of one series on a machine, or on any unit of a pool, for one claim.

    What is `excluding` is about to be moved, and stands in nobody's way. Whether the acting
    person may reserve for the member at all is asked before anything is told, or with each date.
    """

    def __init__(
        self,
        claim: Claim,
        target: Machine | Pool,
        now: datetime,
        *,
        rules: tuple[Rule, ...] = RULES,
        excluding: Sequence[Reservation] = (),
        asks_first: bool = True,
    ) -> None:
        self.claim, self.now, self.rules = claim, now, rules
        self.units = units_for(target)
        if not self.units:
            refuse([none_works()])
        options: dict[str, Any] = {
            "units": self.units,
            "member": claim.member,
            "by": claim.by,
            "company": claim.company,
            "now": now,
            "excluding": excluding,
        }
        self.ahead: Ahead = (
            PoolAhead(target, **options) if isinstance(target, Pool) else Ahead(**options)
        )
        if asks_first and person_may_book in rules and not self.ahead.is_allowed:
            refuse([not_allowed(_("You may not book for this person or company."))])
        self.zone = target.space.zone
        self.reaches = now
        self._prices = prices_of(self.units)

    @property
    def moved(self) -> dict[int, int]:
        """The new units of those who make room, by the ids of their reservations."""
        return self.ahead.moved if isinstance(self.ahead, PoolAhead) else {}

    def planned(self, planned: Plan) -> list[DateVerdict]:
        """The verdicts on the dates of a series that is not saved yet."""
        left_out = {each.original_start for each in planned.excepted}
        event = planned.event
        found = self._judged(event, left_out, after=event.start - SECOND, at_least=1)
        if not found:
            raise PatternInvalid(_("This pattern has no date."))
        return found

    def dates_of(
        self, series: Series, *, after: datetime, again: Iterable[datetime] = ()
    ) -> list[DateVerdict]:
        """The verdicts on the dates of `series` after `after` that nobody has decided on.

        Those of `again` are judged although they were left out before.
        """
        rows = series.reservations.filter(original_start_at__gt=after)
        left_out = {
            *series.event.occurrence_set.values_list("original_start", flat=True),
            *rows.values_list("original_start_at", flat=True),
            *series.gaps.values_list("original_start_at", flat=True),
        }
        return self._judged(series.event, left_out - set(again), after=after)

    def reach(self, event: Event) -> datetime:
        """How far the dates of `event` can be reserved today."""
        begins = Interval(event.start, event.end)
        return max(self.ahead.latest_start(begins), self.now)

    def _judged(
        self,
        event: Event,
        left_out: Collection[datetime | None],
        *,
        after: datetime,
        at_least: int = 0,
    ) -> list[DateVerdict]:
        """The verdicts; of an event without an end `at_least` so many, however far they are."""
        self.reaches = self.reach(event)
        spans = self._spans(event, left_out, after, at_least)
        if not spans:
            return []
        self.ahead.look(spans)
        return self._verdicts(spans)

    def _spans(
        self, event: Event, left_out: Collection[datetime | None], after: datetime, at_least: int
    ) -> list[Interval]:
        """The dates up to the end; without one, as far as can be reserved."""
        dates = reserved_dates(event, self.zone, after=after)
        is_open = event.end_recurring_period is None
        last = event.end_recurring_period or self.now + FARTHEST
        soon = takewhile(lambda dated: dated.original_start <= last, dates)
        wanted = (dated.interval for dated in soon if dated.original_start not in left_out)
        if is_open:
            first = list(islice(wanted, at_least))
            return first + list(takewhile(lambda span: span.start <= self.reaches, wanted))
        spans = list(islice(wanted, MOST_DATES + 1))
        if len(spans) > MOST_DATES:
            raise PatternInvalid(_("A series has 1 to 400 dates."))
        return spans

    def _verdicts(self, spans: Sequence[Interval]) -> list[DateVerdict]:
        return self._told_by_whom([self._date(span) for span in spans])

    def _date(self, span: Interval) -> DateVerdict:
        unit, verdict = self._given(BookingRequest(starts_at=span.start, ends_at=span.end))
        if not verdict.refusals:
            self.ahead.keep(unit.pk, span)
        day = span.start.astimezone(self.zone).date()
        return DateVerdict(day=day, span=span, unit=unit, verdict=verdict)

    def _given(self, request: BookingRequest) -> tuple[Machine, Verdict]:
        """The unit for a date, or one of them with the reasons why there is none."""
        verdicts = {unit.pk: self._verdict(unit, request) for unit in self.units}
        first = self.units[0]
        if not isinstance(self.ahead, PoolAhead):
            return first, verdicts[first.pk]
        try:
            choice = choose(self.units, verdicts, request, self.ahead)
        except BookingRefused as error:
            return first, replace(verdicts[first.pk], refusals=error.refusals)
        self.ahead.make_room(choice.moved)
        return choice.unit, choice.verdict

    def _verdict(self, unit: Machine, request: BookingRequest) -> Verdict:
        return verdict_of(
            self.ahead.on(unit.pk, request),
            request=request,
            machine=unit,
            prices=self._prices.get(unit.pk, {}),
            is_own=self.claim.by.pk == self.claim.member.pk,
            rules=self.rules,
        )

    def _told_by_whom(self, found: list[DateVerdict]) -> list[DateVerdict]:
        """The same dates with what takes them, where the acting person may know that."""
        taken = [
            each for each in found if any(of.code == RefusalCode.TAKEN for of in each.refusals)
        ]
        if not taken or isinstance(self.ahead, PoolAhead):
            return found
        keys = {each.day: self.ahead.in_the_way_of(each.unit.pk, each.span) for each in taken}
        rows = Reservation.objects.filter(pk__in=filter(None, keys.values()))
        visible = {
            row.pk: row
            for row in rows.select_related("machine__space", "member", "company")
            if self._may_know(row)
        }
        return [replace(each, in_the_way=visible.get(keys.get(each.day) or 0)) for each in found]

    def _may_know(self, row: Reservation) -> bool:
        prefetch_related_objects([self.claim.by], "delegations")
        return self.ahead.is_staff or is_inside(self.claim.by, row)
