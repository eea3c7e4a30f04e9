"""Several machines for one time: all or none, judged, told, moved and cancelled together."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.models import HourlyPrice
from booking import notices
from booking.facts import BookingRequest
from booking.models import Quota, RefusedTry, Reservation
from booking.queries.bundles import entry_of
from booking.queries.common_time import common_slots
from booking.queries.mine import reservations_of
from booking.services.approvals import approve, expire_requests
from booking.services.carts import check_together, reserve_together
from booking.services.placing import Claim
from booking.services.reservations import (
    BookingRefused,
    TimeTaken,
    cancel,
    move,
    possible_actions,
    restore,
)
from booking.states import QuotaAccount, QuotaScope, QuotaWindow, RefusalCode, ReservationState
from machines.models import Machine, Pool
from members.models import Member
from members.states import Audience
from notifications.models import Message
from notifications.rendering import render
from spaces.intervals import Interval
from tests.factories.billing import ContractFactory
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory, SkillFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = NOW + 3 * DAY


@pytest.fixture
def maker() -> Member:
    return MemberFactory(name="Mira Maker")


@pytest.fixture
def machines() -> list[Machine]:
    """A laser, its extractor and a bench."""
    space = SpaceFactory()
    return [MachineFactory(space=space, name=name) for name in ("Laser", "Extractor", "Bench")]


def asked(start: datetime = START, hours: int = 2) -> BookingRequest:
    return BookingRequest(starts_at=start, ends_at=start + hours * HOUR)


def cart(
    machines: list[Machine], member: Member, request: BookingRequest | None = None, **claim: Any
) -> list[Reservation]:
    return reserve_together(
        machines=machines,
        claim=Claim(member=member, by=claim.pop("by", member), **claim),
        request=request or asked(),
        now=NOW,
    )


def messages_of(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind, state="pending"))


def test_a_cart_is_one_row_for_each_machine_and_one_message(
    machines: list[Machine], maker: Member
) -> None:
    made = cart(machines, maker, purpose="Lamp")
    assert [row.machine for row in made] == machines
    assert len({row.bundle_id for row in made}) == 1
    (confirmed,), (reminder,) = messages_of(notices.CONFIRMED), messages_of(notices.REMINDER)
    assert "Laser + Extractor + Bench is reserved for you." in render(confirmed).text
    event = render(confirmed).attachment
    assert event.count("BEGIN:VEVENT") == 1
    assert f"UID:{made[0].uid}@etabli" in event
    assert "Laser + Extractor + Bench" in render(reminder).subject
    for row in made:
        assert f"UID:{made[0].uid}" in notices.calendar_text(row, method="PUBLISH", now=NOW)


def test_a_cart_of_one_machine_is_a_reservation(machines: list[Machine], maker: Member) -> None:
    (made,) = cart(machines[:1], maker)
    assert made.bundle_id is None


def test_where_one_is_taken_nothing_is_kept_and_the_machine_is_named(
    machines: list[Machine], maker: Member
) -> None:
    ReservationFactory(machine=machines[1], starts_at=START + HOUR)
    with pytest.raises(TimeTaken) as refused:
        cart(machines, maker)
    (told,) = refused.value.refusals
    assert (told.code, told.machine_id) == (RefusalCode.TAKEN, machines[1].pk)
    assert told.message.startswith("Extractor: ")
    assert not Reservation.objects.filter(member=maker).exists()
    assert not Message.objects.exists()
    assert RefusedTry.objects.get().machine == machines[1]


def test_two_that_are_taken_are_still_only_taken(machines: list[Machine], maker: Member) -> None:
    for machine in machines[1:]:
        ReservationFactory(machine=machine, starts_at=START)
    with pytest.raises(TimeTaken) as refused:
        cart(machines, maker)
    assert [each.machine_id for each in refused.value.refusals] == [m.pk for m in machines[1:]]


def test_what_is_said_of_all_is_said_once_and_the_rest_of_its_machine(
    machines: list[Machine], maker: Member
) -> None:
    machines[2].skills.add(SkillFactory(name="Bench induction"))
    verdict = check_together(
        machines=machines,
        claim=Claim(member=maker, by=maker),
        request=asked(NOW - HOUR),
        now=NOW,
    )
    assert [(each.code, each.machine_id) for each in verdict.refusals] == [
        (RefusalCode.IN_THE_PAST, None),
        (RefusalCode.NOT_CERTIFIED, machines[2].pk),
    ]


@pytest.mark.parametrize(
    ("count", "hours", "allowed"),
    [(3, None, True), (2, None, False), (None, 6, True), (None, 5, False)],
)
def test_a_quota_counts_all_machines_of_the_cart(
    machines: list[Machine], maker: Member, count: int | None, hours: int | None, allowed: bool
) -> None:
    Quota.objects.create(
        space=machines[0].space,
        account=QuotaAccount.MEMBER,
        scope=QuotaScope.SPACE,
        window=QuotaWindow.DAY,
        count=count,
        duration=hours * HOUR if hours else None,
    )
    if allowed:
        made = cart(machines, maker)
        # Moved within the day, what it has does not count against itself.
        moved = move(reservation=made[1], request=asked(START + HOUR), by=maker, now=NOW)
        assert {row.starts_at for row in entry_of(moved).rows} == {START + HOUR}
    else:
        with pytest.raises(BookingRefused, match="QUOTA") as refused:
            cart(machines, maker)
        # The first two fit; it is the last that is too much.
        assert [each.machine_id for each in refused.value.refusals] == [machines[2].pk]


def test_the_hours_of_a_contract_count_all_machines_of_the_cart(machines: list[Machine]) -> None:
    contract = ContractFactory(space=machines[0].space, included_minutes=5 * 60)
    booker = DelegateFactory(company=contract.company).member
    with pytest.raises(BookingRefused, match="CONTRACT_EXHAUSTED"):
        cart(machines, booker, company=contract.company)
    made = cart(machines[:2], booker, company=contract.company)
    staff = RoleFactory(space=machines[0].space).member
    cancel(reservation=made[0], by=booker, now=NOW)
    cart(machines[:1], booker, asked(START + DAY, hours=3), company=contract.company)
    with pytest.raises(BookingRefused, match="CONTRACT_EXHAUSTED"):
        restore(reservation=made[0], by=staff, now=NOW)


def test_it_takes_as_many_queries_to_judge_three_as_one(
    machines: list[Machine], maker: Member, django_assert_num_queries: Any
) -> None:
    claim = Claim(member=maker, by=maker)
    counted = []
    for some in (machines[:1], machines):
        with django_assert_num_queries(9, exact=False) as found:
            check_together(machines=some, claim=claim, request=asked(), now=NOW)
        counted.append(len(found))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("problem", ["none", "twice", "elsewhere", "many"])
def test_what_makes_no_cart(machines: list[Machine], maker: Member, problem: str) -> None:
    chosen = {
        "none": [],
        "twice": [machines[0], machines[0]],
        "elsewhere": [machines[0], MachineFactory()],
        "many": MachineFactory.create_batch(13, space=machines[0].space),
    }[problem]
    with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
        cart(chosen, maker)
    claim = Claim(member=maker, by=maker)
    assert check_together(machines=chosen, claim=claim, request=asked(), now=NOW).refusals


def test_what_one_machine_has_approved_waits_with_all(
    machines: list[Machine], maker: Member
) -> None:
    PolicyFactory(machine=machines[1], approval_needed=True, approval_hold=24 * HOUR)
    staff = RoleFactory(space=machines[0].space).member
    made = cart(machines, maker)
    assert {(row.state, row.expires_at) for row in made} == {
        (ReservationState.PENDING, NOW + 24 * HOUR)
    }
    assert len(messages_of(notices.REQUESTED)) == len(messages_of(notices.TO_DECIDE)) == 1
    approve(reservation=made[2], by=staff, now=NOW)
    assert {row.state for row in entry_of(made[0]).rows} == {ReservationState.CONFIRMED}
    assert len(messages_of(notices.APPROVED)) == 1
    other = cart(machines, MemberFactory(), asked(START + DAY))
    assert expire_requests(NOW + 25 * HOUR) == 3
    assert {row.state for row in entry_of(other[0]).rows} == {ReservationState.EXPIRED}
    assert len(messages_of(notices.EXPIRED)) == 1


def test_it_is_moved_together_or_not_at_all(machines: list[Machine], maker: Member) -> None:
    made = cart(machines, maker)
    later = START + DAY
    ReservationFactory(machine=machines[2], starts_at=later + HOUR)
    with pytest.raises(TimeTaken, match="TAKEN"):
        move(reservation=made[1], request=asked(later), by=maker, now=NOW)
    assert {row.starts_at for row in entry_of(made[0]).rows} == {START}
    moved = move(reservation=made[1], request=asked(later + 3 * HOUR), by=maker, now=NOW)
    rows = entry_of(moved).rows
    assert {row.starts_at for row in rows} == {later + 3 * HOUR}
    assert {row.sequence for row in rows} == {1}
    (told,) = messages_of(notices.MOVED)
    assert "SEQUENCE:1" in render(told).attachment
    assert len(messages_of(notices.REMINDER)) == 1


def test_one_of_it_may_go_to_another_machine_of_the_space(
    machines: list[Machine], maker: Member
) -> None:
    made = cart(machines[:2], maker)
    moved = move(reservation=made[1], request=asked(), by=maker, now=NOW, machine=machines[2])
    assert [row.machine for row in entry_of(moved).rows] == [machines[0], machines[2]]
    for elsewhere in (machines[0], MachineFactory()):
        with pytest.raises(BookingRefused, match="NOT_ALLOWED"):
            move(reservation=moved, request=asked(), by=maker, now=NOW, machine=elsewhere)


def test_it_is_cancelled_and_restored_together_and_told_once(
    machines: list[Machine], maker: Member
) -> None:
    made = cart(machines, maker)
    staff = RoleFactory(space=machines[0].space).member
    cancel(reservation=made[1], by=maker, now=NOW)
    assert {row.state for row in entry_of(made[0]).rows} == {ReservationState.CANCELLED}
    assert len(messages_of(notices.CANCELLED)) == 1
    assert not messages_of(notices.REMINDER)
    restore(reservation=made[2], by=staff, now=NOW)
    assert {row.state for row in entry_of(made[0]).rows} == {ReservationState.CONFIRMED}
    assert len(messages_of(notices.RESTORED)) == len(messages_of(notices.REMINDER)) == 1


def test_each_machine_is_checked_in_on_its_own(machines: list[Machine], maker: Member) -> None:
    made = cart(machines, maker)
    for row in made:
        assert possible_actions(reservation=row, by=maker, now=START).check_in


def test_among_mine_it_is_one_entry_with_its_machines_and_one_price(
    machines: list[Machine], maker: Member, django_assert_num_queries: Any
) -> None:
    for machine, hourly in zip(machines, (20, 5, 0), strict=True):
        HourlyPrice.objects.create(machine=machine, audience="maker", amount=Decimal(hourly))
    made = cart(machines, maker)
    alone = cart(machines[:1], maker, asked(START + DAY))
    with django_assert_num_queries(2):
        first, second = reservations_of(maker, now=NOW).upcoming
        assert [row.machine.name for row in first.rows] == ["Laser", "Extractor", "Bench"]
    assert (first.first, second.rows) == (made[0], (alone[0],))
    assert [row.amount for row in first.rows] == [Decimal(40), Decimal(10), Decimal(0)]
    assert first.total == Decimal(50)


def test_the_earliest_common_times_lie_where_all_are_free(
    machines: list[Machine], django_assert_num_queries: Any
) -> None:
    PolicyFactory(machine=machines[0], grid=30 * timedelta(minutes=1), shortest=HOUR)
    PolicyFactory(machine=machines[1], turnaround=HOUR, lead_time=2 * HOUR)
    ReservationFactory(machine=machines[1], starts_at=NOW + 5 * HOUR)
    ReservationFactory(machine=machines[2], starts_at=NOW + 7 * HOUR)
    window = Interval(NOW + timedelta(minutes=10), NOW + 2 * DAY)
    with django_assert_num_queries(5, exact=False):
        found = common_slots(
            machines,
            length=timedelta(minutes=20),
            window=window,
            audience=Audience.MAKER,
            now=NOW,
            limit=3,
        )
    # After the lead time of one, on the grid and with the shortest length of another, around
    # what each has, and with the time that one needs before the next.
    assert found == [
        Interval(NOW + 2 * HOUR, NOW + 3 * HOUR),
        Interval(NOW + 6 * HOUR, NOW + 7 * HOUR),
        Interval(NOW + 8 * HOUR, NOW + 9 * HOUR),
    ]
    assert not common_slots(
        machines, length=20 * HOUR, window=window, audience=Audience.MAKER, now=NOW, limit=3
    )


class TestAnyUnit:
    """Units of pools in a cart, of which any other will do."""

    @pytest.fixture
    def pool(self, machines: list[Machine]) -> list[Machine]:
        """Three printers in the space of the others."""
        space = machines[0].space
        found = Pool.objects.create(space=space, slug="mk4", name="MK4")
        return [MachineFactory(space=space, pool=found, name=f"MK4 {n}") for n in (1, 2, 3)]

    def test_a_unit_that_is_free_takes_the_place(
        self, machines: list[Machine], pool: list[Machine], maker: Member
    ) -> None:
        taken(pool[0])
        wanted, any_unit = [machines[0], pool[0]], {pool[0].pk}
        claim = Claim(member=maker, by=maker)
        with pytest.raises(BookingRefused):
            reserve_together(machines=wanted, claim=claim, request=asked(), now=NOW)
        verdict = check_together(
            machines=wanted, claim=claim, request=asked(), now=NOW, any_unit=any_unit
        )
        assert verdict.refusals == []
        made = reserve_together(
            machines=wanted, claim=claim, request=asked(), now=NOW, any_unit=any_unit
        )
        assert [(row.machine, row.pool) for row in made] == [
            (machines[0], None),
            (pool[1], pool[0].pool),
        ]
        assert made[0].bundle_id == made[1].bundle_id
        assert str(entry_of(made[0])) == "Laser + MK4 (any unit)"

    def test_two_of_a_pool_are_two_units_and_a_named_one_is_left_out(
        self, pool: list[Machine], maker: Member
    ) -> None:
        any_unit = {pool[0].pk, pool[1].pk}
        claim = Claim(member=maker, by=maker)
        made = reserve_together(
            machines=pool, claim=claim, request=asked(), now=NOW, any_unit=any_unit
        )
        assert [row.machine for row in made] == pool
        assert [row.pool is None for row in made] == [False, False, True]
        again = check_together(
            machines=pool[:1], claim=claim, request=asked(), now=NOW, any_unit=any_unit
        )
        assert {each.code for each in again.refusals} == {RefusalCode.TAKEN}

    def test_all_of_them_move_together(
        self, machines: list[Machine], pool: list[Machine], maker: Member
    ) -> None:
        made = reserve_together(
            machines=[pool[0], machines[0]],
            claim=Claim(member=maker, by=maker),
            request=asked(),
            now=NOW,
            any_unit={pool[0].pk},
        )
        move(reservation=made[0], request=asked(START + DAY), by=maker, now=NOW)
        assert set(Reservation.objects.values_list("starts_at", flat=True)) == {START + DAY}

    def test_common_times_count_the_units(
        self, machines: list[Machine], pool: list[Machine]
    ) -> None:
        taken(pool[0])
        taken(pool[1], START + HOUR)

        def first(wanted: list[Machine], any_unit: set[int]) -> datetime:
            found = common_slots(
                wanted,
                length=HOUR,
                window=Interval(START, START + DAY),
                audience=Audience.MAKER,
                now=NOW,
                limit=1,
                any_unit=any_unit,
            )
            return found[0].start

        assert first([machines[0], pool[0]], {pool[0].pk}) == START
        two = {pool[0].pk, pool[1].pk}
        assert first(pool[:2], two) == START
        assert first(pool, {each.pk for each in pool}) == START + 3 * HOUR


def taken(machine: Machine, start: datetime = START) -> Reservation:
    row: Reservation = ReservationFactory(
        machine=machine, starts_at=start, ends_at=start + 2 * HOUR
    )
    return row
