"""Many machines changed at once, by whom and from what, and all of it taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.queries import price_list
from billing.services.inventory import import_inventory, read_for
from billing.services.machines import copy_machine
from billing.services.prices import set_prices
from booking.services.inventory import NothingToTakeBack, change_together, sheets_in, take_back
from booking.services.refusing import BookingRefused
from machines.bulk import Bulk
from machines.models import Change, Document, Machine, Pool, Spec
from machines.queries.change_words import ChangeWords
from machines.queries.changes import differences
from machines.queries.inventory import sheet_of
from machines.services.changes import Act
from machines.services.machines import (
    ChangedMeanwhile,
    change_machine,
    digest_of,
    load_machine,
    make_machine,
)
from machines.states import ChangeKind
from members.models import Member
from members.states import Audience
from spaces.models import Space
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import CategoryFactory, MachineFactory
from tests.factories.members import CompanyFactory, MemberFactory, RoleFactory, SkillFactory
from tests.factories.spaces import RoomFactory, SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


@pytest.fixture
def space() -> Space:
    return SpaceFactory(name="Atelier")


@pytest.fixture
def staff(space: Space) -> Member:
    return RoleFactory(space=space).member


def together(space: Space, staff: Member, **told: object) -> Change:
    chosen = list(space.machines.values_list("pk", flat=True))
    change = change_together(space=space, chosen=chosen, bulk=Bulk(**told), by=staff, now=NOW)
    assert change is not None
    return change


def test_all_say_it_and_who_said_it_is_kept(space: Space, staff: Member) -> None:
    first, second = MachineFactory.create_batch(2, space=space)
    skill = SkillFactory(name="Laser")
    first.skills.add(SkillFactory(name="Milling"))
    CategoryFactory(slug="mills")
    CompanyFactory(slug="acme", name="Acme")
    change = together(
        space,
        staff,
        room="UG",
        category="mills",
        is_listed=False,
        owner="company:acme",
        funder="Kanton",
        purchase_date=date(2024, 1, 2),
        useful_life=5,
        loaded="PETG",
        adds=frozenset({"Laser"}),
        drops=frozenset({"Milling"}),
    )
    for machine in (first, second):
        machine.refresh_from_db()
        assert (machine.room.name, machine.category.slug) == ("UG", "mills")
        assert (machine.is_listed, machine.funder, machine.useful_life) == (False, "Kanton", 5)
        assert (machine.owner.name, machine.loaded_by) == ("Acme", staff)
        assert list(machine.skills.all()) == [skill]
    assert (change.kind, change.made_by, change.lines.count()) == (ChangeKind.BULK, staff, 2)
    told = ChangeWords(space).lines(change.lines.get(machine=first).values)
    assert ("Owner", "Atelier", "Acme") in [(each.label, each.was, each.said) for each in told]
    assert ("Shown in the catalogue", "yes", "no") in [(a.label, a.was, a.said) for a in told]


def test_who_says_nothing_new_changes_nothing(space: Space, staff: Member) -> None:
    machine = MachineFactory(space=space, funder="Kanton")
    bulk = Bulk(funder="Kanton")
    assert change_together(space=space, chosen=[machine.pk], bulk=bulk, by=staff, now=NOW) is None
    assert not Bulk().says_something


def test_machines_of_another_space_are_left_alone(space: Space, staff: Member) -> None:
    theirs = MachineFactory(funder="theirs")
    change_together(space=space, chosen=[theirs.pk], bulk=Bulk(funder="x"), by=staff, now=NOW)
    theirs.refresh_from_db()
    assert theirs.funder == "theirs"
    with pytest.raises(BookingRefused):
        change_together(
            space=theirs.space, chosen=[theirs.pk], bulk=Bulk(funder="x"), by=staff, now=NOW
        )


def test_what_is_reserved_on_a_pool_stays_when_a_unit_leaves_it(
    space: Space, staff: Member
) -> None:
    pool = Pool.objects.create(space=space, slug="mini", name="Mini")
    other = Pool.objects.create(space=space, slug="maxi", name="Maxi")
    category = CategoryFactory()
    first, second = MachineFactory.create_batch(2, space=space, category=category, pool=pool)
    row = ReservationFactory(machine=first, pool=pool, starts_at=LATER)
    change_together(space=space, chosen=[first.pk], bulk=Bulk(pool="Maxi"), by=staff, now=NOW)
    row.refresh_from_db()
    first.refresh_from_db()
    assert (row.machine, row.pool, first.pool) == (second, pool, other)
    change_together(space=space, chosen=[second.pk], bulk=Bulk(pool=""), by=staff, now=NOW)
    row.refresh_from_db()
    assert (row.machine, row.pool) == (second, None)
    change_together(space=space, chosen=[second.pk], bulk=Bulk(pool="New"), by=staff, now=NOW)
    assert Machine.objects.get(pk=second.pk).pool.name == "New"


def test_taken_back_everything_is_as_before(space: Space, staff: Member) -> None:
    room = RoomFactory(space=space, name="OG")
    machine = MachineFactory(space=space, room=room, funder="Bund", purchase_date=date(2020, 1, 2))
    set_prices(machine=machine, prices={Audience.MAKER: Decimal(5)}, by=staff, now=NOW)
    change = together(space, staff, room="", funder="Kanton", purchase_date=date(2024, 1, 2))
    undone = take_back(change=change, by=staff, now=LATER)
    machine.refresh_from_db()
    assert (machine.room, machine.funder) == (room, "Bund")
    assert machine.purchase_date == date(2020, 1, 2)
    assert (undone.change.undoes, undone.change.made_by, undone.kept) == (change, staff, [])
    with pytest.raises(NothingToTakeBack):
        take_back(change=change, by=staff, now=LATER)
    take_back(change=undone.change, by=staff, now=LATER)
    machine.refresh_from_db()
    assert machine.funder == "Kanton"


def test_prices_are_taken_back_too(space: Space, staff: Member) -> None:
    machine = MachineFactory(space=space)
    set_prices(machine=machine, prices={Audience.MAKER: Decimal(5)}, by=staff, now=NOW)
    take_back(change=Change.objects.get(), by=staff, now=LATER)
    assert price_list(machine) == {}


def test_what_somebody_has_changed_since_stays(space: Space, staff: Member) -> None:
    machine = MachineFactory(space=space, funder="Bund")
    change = together(space, staff, funder="Kanton", loaded="PETG")
    load_machine(machine=machine, loaded="PLA", by=staff, now=LATER)
    undone = take_back(change=change, by=staff, now=LATER)
    machine.refresh_from_db()
    assert (machine.funder, machine.loaded) == ("Bund", "PLA")
    assert undone.kept == [(machine, ("loaded",))]
    only = Change.objects.filter(kind=ChangeKind.LOADED).get()
    load_machine(machine=machine, loaded="ABS", by=staff, now=LATER)
    with pytest.raises(NothingToTakeBack):
        take_back(change=only, by=staff, now=LATER)


def test_an_import_taken_back_retires_what_it_made(space: Space, staff: Member) -> None:
    sheet = read_for(space, b"Name\nLaser\nMill\n", filename="a.csv")
    done = import_inventory(space=space, sheet=sheet, good_rows_only=False, by=staff, now=NOW)
    mill = Machine.objects.get(name="Mill")
    ReservationFactory(machine=mill, starts_at=LATER)
    undone = take_back(change=done.change, by=staff, now=NOW)
    assert list(Machine.objects.in_service()) == [mill]
    assert undone.kept == [(mill, ("is_retired",))]
    take_back(change=undone.change, by=staff, now=NOW)
    assert Machine.objects.in_service().count() == 2


def test_what_somebody_has_begun_to_use_is_not_taken_away(space: Space, staff: Member) -> None:
    mill = MachineFactory(space=space, name="Mill")
    ((_row, sheet),) = sheets_in(space, [mill.pk])
    made = make_machine(space=space, sheet=replace(sheet, name="Saw"), by=staff, now=NOW)
    UsageSessionFactory(machine=made, started_at=NOW)
    pool = Pool.objects.create(space=space, slug="saws", name="Saws")
    with CaptureQueriesContext(connection) as asked, pytest.raises(NothingToTakeBack):
        take_back(change=Change.objects.get(), by=staff, now=NOW)
    assert Machine.objects.in_service().count() == 2
    # Held with their pools in one step, before anything about them is asked.
    locks = [each["sql"] for each in asked if "pg_advisory_xact_lock" in each["sql"]]
    assert len(locks) == 1
    assert locks[0].index(str((3 << 48) + pool.pk)) < locks[0].index(str((4 << 48) + made.pk))


def test_a_change_that_somebody_else_was_faster_with_is_not_written(
    space: Space, staff: Member
) -> None:
    machine = MachineFactory(space=space)
    ((_row, sheet),) = sheets_in(space, [machine.pk])
    act = Act(kind=ChangeKind.EDITED, by=staff, now=NOW)
    change_machine(
        machine=machine,
        change=lambda told: replace(told, funder="x"),
        act=act,
        seen=digest_of(sheet),
    )
    with pytest.raises(ChangedMeanwhile):
        change_machine(
            machine=machine,
            change=lambda told: replace(told, funder="y"),
            act=act,
            seen=digest_of(sheet),
        )


def test_made_by_hand_and_duplicated(space: Space, staff: Member) -> None:
    ((_row, sheet),) = sheets_in(space, [MachineFactory(space=space, name="Mill").pk])
    made = make_machine(
        space=space, sheet=replace(sheet, inventory_number="7", loaded="x"), by=staff, now=NOW
    )
    assert (made.slug, made.loaded_by) == ("mill", staff)
    Spec.objects.create(machine=made, name="Power", value="80", unit="W")
    Document.objects.create(machine=made, title="Manual", url="https://e.org", licence="CC0")
    set_prices(machine=made, prices={Audience.MAKER: Decimal(5)}, by=staff, now=NOW)
    copies = copy_machine(machine=made, name="Twin", count=2, by=staff, now=NOW)
    assert [each.name for each in copies] == ["Twin 1", "Twin 2"]
    for each in copies:
        assert (each.inventory_number, each.loaded) == ("", "")
        assert str(each.specs.get()) == "Power: 80 W"
        assert each.documents.get().title == "Manual"
        assert price_list(each) == {Audience.MAKER: 5}
    assert Change.objects.filter(kind=ChangeKind.COPIED).get().lines.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_asks_as_much_for_many_as_for_one(space: Space, count: int) -> None:
    machines = MachineFactory.create_batch(count, space=space)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        words = ChangeWords(space)
        for _row, sheet in sheets_in(space, [machine.pk for machine in machines]):
            words.lines(differences(sheet, replace(sheet, funder="x")))
    assert len(asked) == 8


WORDS = st.sampled_from(["", "OG", "UG", "Kanton", 'äöü’ "x"'])
BULKS = st.builds(
    Bulk,
    room=st.none() | WORDS,
    pool=st.none() | WORDS,
    funder=st.none() | WORDS,
    loaded=st.none() | WORDS,
    is_listed=st.none() | st.booleans(),
    purchase_date=st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    useful_life=st.none() | st.integers(1, 100),
    adds=st.frozensets(st.sampled_from(["Laser", "Milling"])),
    drops=st.frozensets(st.sampled_from(["Laser", "Sewing"])),
)


@settings(max_examples=15)
@given(bulks=st.lists(BULKS, min_size=1, max_size=4))
def test_whatever_was_done_taken_back_in_turn_everything_is_as_it_was(
    space: Space, staff: Member, bulks: list[Bulk]
) -> None:
    machine = MachineFactory(space=space, funder="Bund")
    machine.skills.add(SkillFactory(name="Sewing"))

    def now_says() -> object:
        ((row, _sheet),) = sheets_in(space, [machine.pk])
        return sheet_of(row, {})

    before = now_says()
    changes = [
        change_together(space=space, chosen=[machine.pk], bulk=bulk, by=staff, now=NOW)
        for bulk in bulks
    ]
    for change in reversed([each for each in changes if each is not None]):
        take_back(change=change, by=staff, now=LATER)
    assert now_says() == before


def test_strangers_take_nothing_back(space: Space, staff: Member) -> None:
    MachineFactory(space=space)
    change = together(space, staff, funder="x")
    with pytest.raises(BookingRefused):
        take_back(change=change, by=MemberFactory(), now=NOW)
