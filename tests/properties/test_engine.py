"""Whatever several people do in whatever order, with the jobs between: what must hold, holds.

`PROPERTIES=long` plays many more and longer stories, other ones each time.
"""

import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from booking.models import Offer, Reservation, Series, UsageSession, WaitlistEntry
from booking.recurring import Pattern
from booking.services import (
    approvals,
    attendance,
    guarantees,
    reservations,
    series,
    waitlist,
)
from booking.services.allocation import reserve_unit
from booking.services.blocking import block
from booking.services.placing import Claim
from booking.services.refusing import BookingRefused
from booking.services.settling import settle_missed
from booking.services.spreading import stop_unit
from booking.states import Frequency, OnConflict, ReservationKind
from machines.models import Fault
from machines.services.faults import resolve_fault
from members.models import Member
from spaces.intervals import Interval, wall_time
from tests.jobs import run_every_job
from tests.properties import invariants
from tests.properties.shop import MINUTE, ZONE, Shop, fill, open_shop, request_of
from tests.properties.watching import fingerprint, watch

T = TypeVar("T")

IS_LONG = os.environ.get("PROPERTIES") == "long"
PROFILE = settings(
    max_examples=300 if IS_LONG else 12,
    stateful_step_count=60 if IS_LONG else 40,
    derandomize=not IS_LONG,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

which = st.integers(0, 40)
days = st.integers(0, 3)
slots = st.integers(0, 26)
lengths = st.integers(1, 6)


class Engine(RuleBasedStateMachine):
    """A space with three members, a member of staff and a company, and time that passes."""

    @initialize()
    def begin(self) -> None:
        self.story = transaction.atomic()
        self.story.__enter__()
        self.shop: Shop = open_shop()
        fill(self.shop)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    # Who and what

    def someone(self, number: int) -> Member:
        return self.shop.everybody[number % len(self.shop.everybody)]

    def member(self, number: int) -> Member:
        return self.shop.members[number % len(self.shop.members)]

    def claim(self, number: int, *, for_company: bool) -> Claim:
        member = self.member(number)
        company = self.shop.company if for_company else None
        return Claim(member=member, by=member, company=company)

    def row(self, number: int, *states: str) -> Reservation | None:
        """One of the rows in these states, the latest first."""
        return chosen(Reservation.objects.filter(state__in=states).order_by("-pk"), number)

    def tried(self, act: Callable[[], T]) -> T | None:
        """What came of it; where it is refused, nothing has changed."""
        before = fingerprint()
        with contextlib.suppress(BookingRefused):
            return act()
        assert fingerprint() == before, "what was refused has changed something"
        return None

    def keeps_to_quotas(self, made: Reservation | None, by: Member) -> None:
        """What members do for themselves never overfills a quota; staff may let them off."""
        if made is not None and by != self.shop.staff:
            fresh = Reservation.objects.select_related("machine").get(pk=made.pk)
            invariants.quotas_hold(self.shop, fresh, self.shop.now)

    # What people do

    @rule(who=which, machine=which, day=days, slot=slots, length=lengths, company=st.booleans())
    def reserve(
        self, who: int, machine: int, day: int, slot: int, length: int, company: bool
    ) -> None:
        claim = self.claim(who, for_company=company)
        unit = self.shop.machines[machine % len(self.shop.machines)]
        asked = request_of(self.shop.span(day, slot, length))
        common: dict[str, Any] = {
            "machine": unit, "member": claim.member, "request": asked, "by": claim.by,
            "company": claim.company, "now": self.shop.now,
        }  # fmt: skip
        refusals, _price = reservations.check(**common)
        made = self.tried(lambda: reservations.reserve(**common))
        assert (made is None) == bool(refusals), "the page and the engine disagree"
        self.keeps_to_quotas(made, claim.by)

    @rule(who=which, day=days, slot=slots, length=lengths, company=st.booleans())
    def reserve_any_printer(
        self, who: int, day: int, slot: int, length: int, company: bool
    ) -> None:
        claim = self.claim(who, for_company=company)
        asked = request_of(self.shop.span(day, slot, length))
        made = self.tried(
            lambda: reserve_unit(pool=self.shop.pool, claim=claim, request=asked, now=self.shop.now)
        )
        self.keeps_to_quotas(made, claim.by)

    @rule(number=which, who=which, day=days, slot=slots, length=lengths, machine=which)
    def move(self, number: int, who: int, day: int, slot: int, length: int, machine: int) -> None:
        row, by = self.row(number, "confirmed", "pending", "held", "in_use"), self.someone(who)
        if row is None:
            return
        units = [row.machine, *self.shop.machines]
        asked = request_of(self.shop.span(day, slot, length))
        moved = self.tried(
            lambda: reservations.move(
                reservation=row, request=asked, by=by, now=self.shop.now,
                machine=units[machine % len(units)],
            )
        )  # fmt: skip
        self.keeps_to_quotas(moved, by)

    @rule(number=which, slots=st.integers(1, 3))
    def prolong(self, number: int, slots: int) -> None:
        row = self.row(number, "in_use")
        if row is not None and row.member is not None:
            longer = request_of(Interval(row.starts_at, row.ends_at + slots * 30 * MINUTE))
            by = row.member
            moved = self.tried(
                lambda: reservations.move(reservation=row, request=longer, by=by, now=self.shop.now)
            )
            self.keeps_to_quotas(moved, by)

    @rule(number=which, who=which)
    def cancel(self, number: int, who: int) -> None:
        row, by = self.row(number, "confirmed", "pending", "held", "in_use"), self.someone(who)
        if row is not None:
            may = reservations.possible_actions(reservation=row, by=by, now=self.shop.now)
            # Who did not come is written down first, whatever becomes of what is asked.
            settle_missed(row, self.shop.now)
            done = self.tried(
                lambda: reservations.cancel(reservation=row, by=by, now=self.shop.now)
            )
            if row.bundle_id is None:
                assert may.cancel == (done is not None), "the page offers what is refused"

    @rule(number=which)
    def restore(self, number: int) -> None:
        row, staff = self.row(number, "cancelled"), self.shop.staff
        if row is not None:
            self.tried(lambda: reservations.restore(reservation=row, by=staff, now=self.shop.now))

    @rule(number=which, is_yes=st.booleans())
    def decide(self, number: int, is_yes: bool) -> None:
        row = self.row(number, "pending")
        decide = approvals.approve if is_yes else approvals.deny
        if row is not None:
            self.tried(lambda: decide(reservation=row, by=self.shop.staff, now=self.shop.now))

    @rule(number=which, who=which)
    def take_up_a_guaranteed_date(self, number: int, who: int) -> None:
        row = chosen(Reservation.objects.filter(state="held", guarantee__isnull=False), number)
        if row is not None:
            self.tried(
                lambda: guarantees.confirm(reservation=row, by=self.member(who), now=self.shop.now)
            )

    @rule(
        who=which, wanted=which, day=days, slot=slots, length=lengths,
        count=st.integers(2, 4), every=st.integers(1, 2), skips=st.booleans(),
        company=st.booleans(),
    )  # fmt: skip
    def reserve_a_series(
        self, who: int, wanted: int, day: int, slot: int, length: int, count: int, every: int,
        skips: bool, company: bool,
    ) -> None:  # fmt: skip
        claim, span = self.claim(who, for_company=company), self.shop.span(day, slot, length)
        targets = [self.shop.pool, *self.shop.machines]
        made = self.tried(
            lambda: series.reserve_series(
                claim,
                target=targets[wanted % len(targets)],
                pattern=Pattern(frequency=Frequency.DAILY, every=every, count=count),
                start=wall_time(span.start, ZONE),
                end=wall_time(span.end, ZONE),
                on_conflict=OnConflict.SKIP if skips else OnConflict.ALL_OR_NOTHING,
                now=self.shop.now,
            )
        )
        for row in made.rows if made else ():
            self.keeps_to_quotas(row, claim.by)

    @rule(number=which, who=which, day=days)
    def cancel_a_series(self, number: int, who: int, day: int) -> None:
        found = chosen(Series.objects.order_by("-pk"), number)
        from_day = self.shop.span(day, 0, 1).start.astimezone(ZONE).date()
        if found is not None:
            self.tried(
                lambda: series.cancel_from(
                    series=found, from_day=from_day, by=self.someone(who), now=self.shop.now
                )
            )

    # At the machine

    @rule(number=which, who=which)
    def check_in(self, number: int, who: int) -> None:
        rows = Reservation.objects.filter(
            state="confirmed", starts_at__lte=self.shop.now + timedelta(hours=1)
        )
        row = chosen(rows.order_by("-starts_at"), number)
        if row is not None:
            by = row.member if who % 2 and row.member else self.someone(who)
            self.tried(lambda: attendance.check_in(reservation=row, by=by, now=self.shop.now))

    @rule(who=which, machine=which)
    def walk_in(self, who: int, machine: int) -> None:
        member = self.member(who)
        unit = self.shop.machines[machine % len(self.shop.machines)]
        self.tried(
            lambda: attendance.start_walk_in(
                machine=unit, member=member, by=member, now=self.shop.now
            )
        )

    @rule(number=which)
    def leave_the_machine(self, number: int) -> None:
        session = chosen(UsageSession.objects.filter(ended_at=None).order_by("pk"), number)
        if session is not None:
            self.tried(
                lambda: attendance.check_out(
                    session=session, by=session.member or self.shop.staff, now=self.shop.now
                )
            )

    # Waiting

    @rule(
        who=which, wanted=which, day=days, slot=slots, length=lengths,
        room=st.integers(0, 6), company=st.booleans(),
    )  # fmt: skip
    def wait(
        self, who: int, wanted: int, day: int, slot: int, length: int, room: int, company: bool
    ) -> None:
        span = self.shop.span(day, slot, length)
        targets: list[dict[str, Any]] = [
            {"pool": self.shop.pool},
            *({"machine": unit} for unit in self.shop.machines),
            {"category": self.shop.machines[-1].category},
        ]
        wish = WaitlistEntry(
            member=self.member(who),
            company=self.shop.company if company else None,
            space=self.shop.space,
            earliest_at=span.start,
            latest_at=span.end + room * 30 * MINUTE,
            duration=span.duration,
            **targets[wanted % len(targets)],
        )
        self.tried(lambda: waitlist.join(wish, now=self.shop.now))

    @rule(number=which)
    def give_up_waiting(self, number: int) -> None:
        wish = chosen(
            WaitlistEntry.objects.filter(state__in=["waiting", "offered"]).order_by("pk"), number
        )
        if wish is not None:
            self.tried(lambda: waitlist.leave(wish=wish, by=wish.member, now=self.shop.now))

    @rule(number=which, is_yes=st.booleans())
    def answer_an_offer(self, number: int, is_yes: bool) -> None:
        offer = chosen(Offer.objects.filter(state="open").order_by("-pk"), number)
        if offer is None:
            return
        by = offer.entry.member
        if is_yes:
            row = self.tried(lambda: waitlist.accept(offer=offer, by=by, now=self.shop.now))
            self.keeps_to_quotas(row, by)
        else:
            self.tried(lambda: waitlist.decline(offer=offer, by=by, now=self.shop.now))

    # The staff

    @rule(
        machine=which, day=days, slot=slots, length=lengths,
        kind=st.sampled_from([ReservationKind.MAINTENANCE, ReservationKind.WORKSHOP]),
    )  # fmt: skip
    def hold_for_the_space(
        self, machine: int, day: int, slot: int, length: int, kind: ReservationKind
    ) -> None:
        units = [self.shop.machines[(machine + each) % 5] for each in range(1 + machine % 2)]
        self.tried(
            lambda: block(
                machines=units, kind=kind, span=self.shop.span(day, slot, length),
                by=self.shop.staff, now=self.shop.now,
            )
        )  # fmt: skip

    @rule(machine=which)
    def break_a_unit(self, machine: int) -> None:
        unit = self.shop.machines[machine % len(self.shop.machines)]
        self.tried(
            lambda: stop_unit(machine=unit, summary="Broken", by=self.shop.staff, now=self.shop.now)
        )

    @rule()
    def repair_everything(self) -> None:
        for fault in Fault.objects.filter(ends_at=None):
            resolve_fault(fault=fault, by=self.shop.staff, now=self.shop.now)

    # Time

    @rule(minutes=st.sampled_from([1, 10, 15, 21, 30, 60, 121, 360, 1440]))
    def let_time_pass(self, minutes: int) -> None:
        self.shop.now += minutes * MINUTE

    @rule()
    def run_the_jobs(self) -> None:
        """A second run at the same moment finds nothing to do."""
        known = set(Reservation.objects.values_list("pk", flat=True))
        run_every_job(self.shop.now)
        invariants.nothing_is_left_over(self.shop)
        for offered in Reservation.objects.filter(state="held", guarantee=None).exclude(
            pk__in=known
        ):
            invariants.quotas_hold(self.shop, offered, self.shop.now)
        settled = fingerprint()
        run_every_job(self.shop.now)
        assert fingerprint() == settled, "the jobs are not idempotent"

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "shop"):
            invariants.check_all(self.shop)


def chosen(rows: Any, number: int) -> Any:
    """One of the rows, or None where there are none."""
    found: Sequence[Any] = list(rows)
    return found[number % len(found)] if found else None


@pytest.mark.django_db
def test_what_must_hold_holds() -> None:
    watch()
    run_state_machine_as_test(Engine, settings=PROFILE)
