"""Write the past: visits, use, faults, refused tries and maintenance to the log."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from booking.models import Reservation, UsageSession
from booking.queries.terms import terms_of_many
from booking.states import ReservationKind, ReservationState, SessionSource
from demo.history import SATURDAY, Setting, Visit, visits
from demo.make_demand import rush_of, write_demand
from demo.words import words_of
from machines.models import Machine
from machines.queries.opening import maintenance_dates, openings_of
from machines.services.faults import report_fault, resolve_fault
from members.models import Company, Member
from members.states import Audience
from spaces.intervals import Interval
from spaces.models import Space

YEAR = timedelta(days=365)
AHEAD = timedelta(days=21)
FOR_A_COMPANY = 0.36
CONFIDENTIAL = 0.3
WALK_IN = 0.05
EVENING = 17
FAULTS_A_YEAR = 0.6

Told = Callable[[], None]


class Historian:
    """Writes the log of one space; every draw comes from its own random numbers."""

    def __init__(
        self,
        space: Space,
        *,
        makers: Sequence[Member],
        companies: Sequence[Company],
        demand: float,
        rng: Random,
        past: timedelta,
        now: datetime,
    ) -> None:
        self.space, self.makers, self.companies = space, makers, companies
        self.demand, self.rng, self.now = demand, rng, now
        self.words = words_of(space)
        self.window = Interval(now - past, now + AHEAD)

    def write(self, told: Told) -> None:
        """Write the log of every machine, calling `told` after each."""
        machines = list(
            self.space.machines.in_service().select_related("space", "category").order_by("pk")
        )
        openings = openings_of(machines, self.window)
        terms = terms_of_many(machines, audience=Audience.MAKER)
        for machine in machines:
            blocked = [*self._maintenance(machine), *self._faults(machine)]
            setting = Setting(
                open=terms[machine.pk].bookable(
                    opened=openings[machine.pk].open,
                    staffed=openings[machine.pk].staffed,
                    zone=self.space.zone,
                ),
                blocked=blocked,
                zone=self.space.zone,
                terms=terms[machine.pk],
                demand=self.demand * self.rng.uniform(0.5, 1.6),
                now=self.now,
                rush=rush_of(machine),
            )
            self._write_visits(machine, visits(setting, self.rng))
            told()

    def _maintenance(self, machine: Machine) -> list[Interval]:
        """Past maintenance as rows; what is to come is materialised by its job."""
        dates = maintenance_dates(machine, self.window)
        Reservation.objects.bulk_create(
            Reservation(
                machine=machine,
                kind=ReservationKind.MAINTENANCE,
                state=ReservationState.CONFIRMED,
                event=event,
                original_start_at=original,
                starts_at=interval.start,
                ends_at=interval.end,
                occupied_from=interval.start,
                occupied_until=interval.end,
                purpose=event.title,
                created_at=interval.start - timedelta(days=30),
            )
            for event, original, interval in dates
        )
        return [interval for _event, _original, interval in dates]

    def _faults(self, machine: Machine) -> list[Interval]:
        """Now and then something breaks, and is mended within days."""
        if self.rng.random() > FAULTS_A_YEAR:
            return []
        start = self.now - timedelta(hours=self.rng.randint(60, 360 * 24))
        interval = Interval(start, start + timedelta(hours=self.rng.randint(3, 55)))
        fault = report_fault(
            machine=machine,
            summary=self.rng.choice(self.words.faults),
            stops_machine=True,
            by=self.rng.choice(self.makers),
            now=interval.start,
        )
        resolve_fault(fault=fault, by=None, now=interval.end)
        return [interval]

    def _write_visits(self, machine: Machine, found: list[Visit]) -> None:
        rows = Reservation.objects.bulk_create(
            [self._reservation(machine, visit) for visit in found], batch_size=1000
        )
        UsageSession.objects.bulk_create(
            [
                self._session(row, visit, visit.used)
                for row, visit in zip(rows, found, strict=True)
                if visit.used is not None
            ],
            batch_size=1000,
        )
        UsageSession.objects.bulk_create(self._walk_ins(machine, found), batch_size=1000)
        write_demand(machine, found, makers=self.makers, rng=self.rng, now=self.now)

    def _reservation(self, machine: Machine, visit: Visit) -> Reservation:
        company = None
        local = visit.span.start.astimezone(self.space.zone)
        is_office_time = local.weekday() < SATURDAY and local.hour < EVENING
        if is_office_time and self.rng.random() < FOR_A_COMPANY:
            company = self.rng.choice(self.companies)
        holder = self._somebody(visit.span.start, is_for_company=company is not None)
        row = Reservation(
            machine=machine,
            member=holder,
            company=company,
            created_by=holder,
            state=visit.state,
            starts_at=visit.span.start,
            ends_at=visit.span.end,
            occupied_from=visit.occupied.start,
            occupied_until=visit.occupied.end,
            purpose=self.rng.choice(
                self.words.company_purposes if company else self.words.purposes
            ),
            is_confidential=company is not None and self.rng.random() < CONFIDENTIAL,
            created_at=visit.created_at,
        )
        if visit.state == ReservationState.CANCELLED:
            row.cancelled_at = visit.span.start - timedelta(
                hours=1 if visit.is_late_cancelled else 9
            )
            row.cancelled_by = holder
            row.cancelled_late = visit.is_late_cancelled
        if visit.state == ReservationState.NO_SHOW:
            row.released_at = min(visit.span.end, visit.span.start + timedelta(minutes=31))
        return row

    def _somebody(self, moment: datetime, *, is_for_company: bool) -> Member:
        """Who was there already: half of the makers a year ago, all of them now."""
        part = min(1.0, 0.5 + 0.5 * ((moment - self.window.start) / YEAR))
        known = self.makers[: max(2, round(part * len(self.makers)))]
        acting = max(2, len(self.makers) // 4)
        return self.rng.choice(known[:acting] if is_for_company else known)

    def _session(self, row: Reservation, visit: Visit, used: Interval) -> UsageSession:
        source = SessionSource.KIOSK
        if visit.is_by_staff:
            source = SessionSource.STAFF
        if visit.is_forgotten:
            source = SessionSource.ASSUMED
        return UsageSession(
            machine_id=row.machine_id,
            member_id=row.member_id,
            reservation=row,
            started_at=used.start,
            ended_at=None if visit.is_open else used.end,
            expected_end_at=row.ends_at,
            source=source,
            end_is_assumed=visit.is_forgotten,
        )

    def _walk_ins(self, machine: Machine, found: list[Visit]) -> list[UsageSession]:
        """Short use without a reservation, in the gaps after some visits."""
        sessions = []
        for visit, following in pairwise(found):
            gap = Interval(visit.occupied.end, max(visit.occupied.end, following.occupied.start))
            if not timedelta(hours=1) < gap.duration < timedelta(hours=5):
                continue
            if gap.end > self.now or self.rng.random() > WALK_IN:
                continue
            start = gap.start + timedelta(minutes=self.rng.randint(1, 20))
            sessions.append(
                UsageSession(
                    machine=machine,
                    member=self._somebody(start, is_for_company=False),
                    started_at=start,
                    ended_at=start + timedelta(minutes=self.rng.randint(10, 35)),
                    source=SessionSource.KIOSK,
                )
            )
        return sessions
