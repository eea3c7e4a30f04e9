"""What visitors find in the catalogue, and what its cards tell them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import HourlyPrice
from booking.queries.catalogue import Card, Filters, WallSpan, cards_of, catalogue, listed_machines
from booking.queries.viewer import Viewer, viewer_of
from booking.states import MachineState
from members.permissions import Visitor
from members.states import Audience
from tests.factories.booking import PolicyFactory, ReservationFactory
from tests.factories.machines import CategoryFactory, FaultFactory, MachineFactory
from tests.factories.members import (
    CertificationFactory,
    DelegateFactory,
    MemberFactory,
    RoleFactory,
    SkillFactory,
)
from tests.factories.spaces import SpaceFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)  # 10:00 in Zürich

pytestmark = pytest.mark.django_db


def found(filters: Filters | None = None, person: Visitor | None = None) -> list[Card]:
    viewer = viewer_of(person or AnonymousUser())
    return catalogue(filters or Filters(), viewer, page=1, now=NOW).cards


def names(**filters: object) -> list[str]:
    return [card.machine.name for card in found(Filters(**filters))]  # type: ignore[arg-type]


def test_only_listed_machines_of_listed_spaces_are_shown() -> None:
    MachineFactory.create(name="Shown")
    MachineFactory.create(is_listed=False)
    MachineFactory.create(retired_at=NOW)
    MachineFactory.create(space=SpaceFactory.create(is_listed=False))

    assert names() == ["Shown"]


def test_filters_add_up() -> None:
    space, category = SpaceFactory.create(), CategoryFactory.create()
    MachineFactory.create(name="Right", space=space, category=category)
    MachineFactory.create(name="Elsewhere", category=category)
    MachineFactory.create(name="Other kind", space=space)

    assert names(space=space, category=category) == ["Right"]


def test_every_word_has_to_be_mentioned_somewhere() -> None:
    category = CategoryFactory.create(name="Laser cutters")
    MachineFactory.create(name="Speedy", make="Trotec", category=category)
    MachineFactory.create(name="Beamo", make="Flux", category=category)

    assert names(text="laser trotec") == ["Speedy"]


def test_words_are_found_in_every_language() -> None:
    MachineFactory.create(name="Speedy", category=CategoryFactory.create(name_fr="Découpe"))

    assert names(text="découpe") == ["Speedy"]


def test_free_now_leaves_out_what_is_reserved_or_down() -> None:
    MachineFactory.create(name="Free")
    ReservationFactory.create(starts_at=NOW - timedelta(minutes=10))
    FaultFactory.create(starts_at=NOW - timedelta(days=1))

    assert names(free_now=True) == ["Free"]


def test_free_at_is_read_on_the_clock_of_each_space() -> None:
    zurich = MachineFactory.create(name="Zürich")
    auckland = MachineFactory.create(
        name="Auckland", space=SpaceFactory.create(timezone="Pacific/Auckland")
    )
    ten = datetime(2026, 5, 6, 8, tzinfo=UTC)  # 10:00 in Zürich, 20:00 in Auckland
    for machine in (zurich, auckland):
        ReservationFactory.create(machine=machine, starts_at=ten)

    at_ten = WallSpan(date(2026, 5, 6), time(10), time(11))
    at_eight = WallSpan(date(2026, 5, 6), time(20), time(21))

    assert names(free_at=at_ten) == ["Auckland"]
    assert names(free_at=at_eight) == ["Zürich"]


def test_a_card_says_until_when_a_machine_is_free() -> None:
    machine = MachineFactory.create()
    ReservationFactory.create(machine=machine, starts_at=NOW + timedelta(hours=4))

    (card,) = found()

    assert card.now.state == MachineState.FREE
    assert card.now.until == NOW + timedelta(hours=4)


def test_a_card_says_what_is_still_to_be_learned() -> None:
    laser, safety = SkillFactory.create(name="Laser"), SkillFactory.create(name="Safety")
    MachineFactory.create().skills.set([laser, safety])
    member = MemberFactory.create()
    CertificationFactory.create(member=member, skill=laser)
    CertificationFactory.create(member=member, skill=safety, end_date=date(2026, 5, 3))

    (card,) = found(person=member)

    assert card.skills == ("Laser", "Safety")
    assert card.missing == ("Safety",)


def test_a_revoked_certification_counts_for_nothing() -> None:
    skill = SkillFactory.create(name="Laser")
    MachineFactory.create().skills.set([skill])
    certification = CertificationFactory.create(skill=skill, revoked_at=NOW)

    (card,) = found(person=certification.member)

    assert card.missing == ("Laser",)


def test_everyone_is_told_their_own_price() -> None:
    machine = MachineFactory.create()
    for audience, amount in zip(Audience, (10, 30, 0), strict=True):
        HourlyPrice.objects.create(machine=machine, audience=audience, amount=amount)
    maker, delegate = MemberFactory.create(), DelegateFactory.create().member
    staff = RoleFactory.create(space=machine.space).member
    elsewhere = RoleFactory.create().member

    def price(person: Visitor) -> Decimal | None:
        return found(person=person)[0].price

    assert price(AnonymousUser()) == price(maker) == price(elsewhere) == Decimal(10)
    assert price(delegate) == Decimal(30)
    assert price(staff) == Decimal(0)


def test_without_a_price_of_their_own_people_are_told_that_of_makers() -> None:
    machine = MachineFactory.create()
    HourlyPrice.objects.create(machine=machine, audience=Audience.MAKER, amount=12)

    (card,) = found(person=DelegateFactory.create().member)

    assert card.price == Decimal(12)


def test_pages_hold_24_cards() -> None:
    category, space = CategoryFactory.create(), SpaceFactory.create()
    MachineFactory.create_batch(25, category=category, space=space)

    first = catalogue(Filters(), Viewer(), page=1, now=NOW)
    second = catalogue(Filters(), Viewer(), page=2, now=NOW)

    assert (len(first.cards), len(second.cards)) == (24, 1)
    assert first.page.paginator.count == 25


@pytest.mark.parametrize("free", [False, True])
def test_the_number_of_queries_does_not_grow_with_the_machines(free: bool) -> None:
    member = MemberFactory.create()

    def queries() -> int:
        machine = MachineFactory.create()
        machine.skills.add(SkillFactory.create())
        PolicyFactory.create(machine=machine)
        ReservationFactory.create(machine=machine, starts_at=NOW - timedelta(minutes=1))
        MachineFactory.create()
        at = WallSpan(date(2026, 5, 6), time(10), time(11)) if free else None
        with CaptureQueriesContext(connection) as captured:
            found(Filters(free_now=free, free_at=at), member)
        return len(captured)

    first = queries()
    queries()

    assert queries() == first


def test_cards_of_nothing_are_none() -> None:
    assert cards_of(list(listed_machines()), Viewer(), now=NOW) == []
