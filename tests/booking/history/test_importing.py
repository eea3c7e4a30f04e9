"""The past of a space is brought once, counted in its figures, and can be taken back."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from booking.history.entries import EntryKind, MachineChoice
from booking.history.instances import FIRST, instance_of, prefix_of
from booking.history.logs import Reading
from booking.models import HistoryImport, ImportedRow, Reservation, UsageSession
from booking.services.history.importing import Outcome, import_history
from booking.services.history.places import Places
from booking.services.history.planning import Fate
from booking.services.history.sources import open_source
from booking.services.history.undoing import undo_import
from booking.services.inventory import NothingToTakeBack
from booking.services.locking import MACHINE_LOCKS, NAMESPACE_SHIFT, POOL_LOCKS
from booking.services.refusing import BookingRefused
from booking.states import ReservationState, SessionSource
from machines.models import ColumnMapping, DirtyDay, Fault, FaultEntry, Machine, Pool
from machines.states import FaultEvent, FilePurpose
from members.models import Certification, Member, Skill
from members.services.membership import wake
from members.states import PAST_DOMAIN
from notifications.models import Message
from spaces.models import Space
from tests.booking.history.exports import machine, reservation, slot, user
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, MembershipFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

MIGRATION = import_module("booking.migrations.0021_accounts_of_imports_sleep")
APART = import_module("booking.migrations.0024_fab_managers_told_apart")
NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)

LOG = """\
machine,start,end,user,kind
Saw,2025-03-04 09:00,2025-03-04 10:00,Zoë Muster,booking
Saw,2025-03-04 09:05,2025-03-04 09:50,Zoë Muster,activation
Saw,2025-03-04 09:30,2025-03-04 11:00,008,booking
Saw,2025-03-04 12:00,2025-03-04 13:00,,booking
Saw,2025-03-05 09:00,2025-03-05 10:00,maker@example.org,no-show
Saw,2025-03-06 07:00,2025-03-06 10:00,,maintenance
Saw,2025-03-07 07:00,2025-03-09 10:00,,stoppage
Saw,2025-03-04 09:00,2025-03-04 10:00,zoe muster,booking
Saw,2026-06-04 09:00,2026-06-04 10:00,008,booking
Saw,2025-01-01 09:00,2025-02-01 10:00,008,booking
Mill,2025-03-04 09:00,2025-03-04 10:00,008,activation
"""


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="lab", timezone="Europe/Zurich")


@pytest.fixture
def saw(space: Space) -> Machine:
    return MachineFactory(space=space, name="Saw", slug="saw")


def bring(space: Space, content: str | dict[str, Any] = LOG, **how: Any) -> Outcome:
    raw = content if isinstance(content, str) else json.dumps(content)
    by, good = how.pop("by", None), how.pop("good", True)
    instance = how.pop("instance", FIRST)
    source = open_source(
        space,
        raw.encode(),
        filename="log.csv",
        reading=Reading(**how) if how else None,
        instance=instance,
    )
    return import_history(space=space, source=source, good_rows_only=good, by=by, now=NOW)


def reasons(outcome: Outcome, fate: Fate = Fate.REJECTED) -> dict[int, str]:
    return {each.row.line: each.reason for each in outcome.preview.shown[fate]}


def test_every_row_has_its_fate(space: Space, saw: Machine) -> None:
    ReservationFactory(machine=saw, starts_at=datetime(2025, 3, 4, 11, 30, tzinfo=UTC))
    done = bring(space)
    assert reasons(done) == {
        4: "It overlaps with line 2.",
        5: "It overlaps with something that is reserved already.",
        10: "It is not over yet. What is to come goes into the calendar.",
        11: "It is longer than 14 days.",
        12: "No machine has this name. Say which it is.",
    }
    assert reasons(done, Fate.KNOWN) == {9: "The same as line 2."}
    assert done.preview.counts[Fate.NEW] == 5
    assert done.history
    assert done.history.counts == {"new": 5, "known": 1, "left_out": 0, "rejected": 5}


def test_rows_become_what_they_were(space: Space, saw: Machine) -> None:
    maker = MemberFactory(email="Maker@example.org")
    MembershipFactory(member=maker, space=space)
    bring(space)
    states = Counter(Reservation.objects.values_list("kind", "state"))
    assert states == {
        ("booking", "completed"): 2,
        ("booking", "no_show"): 1,
        ("maintenance", "completed"): 1,
    }
    session = UsageSession.objects.get()
    assert session.source == SessionSource.IMPORT
    [first] = Reservation.objects.filter(starts_at__date=date(2025, 3, 4), starts_at__hour=8)
    assert first.member == session.member
    assert Reservation.objects.get(state=ReservationState.NO_SHOW).member == maker
    stopped = Fault.objects.get().stoppages.get()
    assert (stopped.machine, stopped.ends_at) == (saw, datetime(2025, 3, 9, 9, tzinfo=UTC))
    dirty = set(DirtyDay.objects.values_list("date", flat=True))
    assert dirty == {date(2025, 3, day) for day in range(4, 10)}
    assert not Message.objects.exists()


def test_people_are_counted_and_not_named(space: Space, saw: Machine) -> None:
    bring(space)
    past = Member.objects.filter(is_active=False)
    # Zoë, the address without an account, and whoever is not named.
    assert past.count() == 3
    for member in past:
        assert not member.name
        assert not member.has_usable_password()
        assert member.is_past
        assert str(member).startswith("Somebody earlier, ")
        assert "zo" not in member.email.partition("@")[0]


def test_a_list_hangs_nothing_on_the_account_of_a_stranger(space: Space, saw: Machine) -> None:
    stranger = MemberFactory(email="maker@example.org")
    bring(space)
    missed = Reservation.objects.get(state=ReservationState.NO_SHOW).member
    assert missed.is_past
    # Since then it is one of them; what came is here already, whoever they are now.
    MembershipFactory(member=stranger, space=space)
    assert bring(space).preview.counts[Fate.NEW] == 0
    later = LOG.replace("2025", "2024")
    bring(space, later)
    assert Reservation.objects.get(member=stranger).starts_at.year == 2024


def test_lists_know_the_accounts_of_a_fab_manager(space: Space, saw: Machine) -> None:
    bring(space, EXPORT)
    bring(space, "machine,start,end,user\nSaw,2025-03-04 9:00,10:00,user6@example.org\n")
    assert UsageSession.objects.get().member.email == "user6@example.org"


def test_the_next_file_doubles_nothing(space: Space, saw: Machine) -> None:
    bring(space)
    other = "Gerät;Datum;von;bis;Person;Art\n1;4.3.2025;9:00;10:00;ZOË MUSTER;Buchung\n"
    again = bring(space, other, machines={"1": str(saw.pk)})
    assert again.preview.counts == {Fate.KNOWN: 1}
    assert Reservation.objects.count() == 4


def test_a_machine_that_was_replaced_doubles_nothing(space: Space, saw: Machine) -> None:
    new = bring(space).preview.counts[Fate.NEW]
    saw.retired_at = NOW
    saw.save()
    other = MachineFactory(space=space, name="Saw", slug="saw-2")
    again = bring(space, LOG + "Saw,2025-04-04 09:00,2025-04-04 10:00,,booking\n")
    assert (again.preview.counts[Fate.NEW], again.preview.counts[Fate.KNOWN]) == (1, new + 1)
    assert Reservation.objects.get(machine=other).starts_at.month == 4


def test_nothing_is_written_while_a_row_is_rejected(space: Space, saw: Machine) -> None:
    done = bring(space, good=False)
    assert done.history is None
    assert not ImportedRow.objects.exists()
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("choice", "new", "names"),
    [(MachineChoice.NEW, 6, {"Mill"}), (MachineChoice.RETIRED, 6, set()),
     (MachineChoice.SKIP, 5, set())],
)  # fmt: skip
def test_unknown_machines_become_what_was_said(
    space: Space, saw: Machine, choice: MachineChoice, new: int, names: set[str]
) -> None:
    done = bring(space, unknown=choice)
    # Line 5 too: nobody has that time here.
    assert done.preview.counts[Fate.NEW] == new + 1
    made = Machine.objects.exclude(pk=saw.pk)
    assert set(made.filter(retired_at=None).values_list("name", flat=True)) == names
    assert done.preview.counts[Fate.LEFT_OUT] == (choice == MachineChoice.SKIP)


def test_what_no_column_tells(space: Space, saw: Machine) -> None:
    text = "machine,start,end\nSaw,2025-03-04 09:00,10:00\n"
    bring(space, text, kind=EntryKind.MAINTENANCE, columns=None)
    assert Reservation.objects.get().kind == "maintenance"


def test_an_import_is_taken_back_and_can_come_again(space: Space, saw: Machine) -> None:
    staff = RoleFactory(space=space).member
    done = bring(space, by=staff, unknown=MachineChoice.NEW)
    assert done.history
    session = UsageSession.objects.get(machine=saw)
    linked = Reservation.objects.exclude(member=None).order_by("starts_at").first()
    UsageSessionFactory(machine=saw, reservation=linked, started_at=NOW, ended_at=NOW)
    DirtyDay.objects.all().delete()
    taken = undo_import(history=done.history, by=staff, now=NOW)
    assert taken.kept == 1
    assert list(Reservation.objects.all()) == [linked]
    assert not UsageSession.objects.filter(pk=session.pk).exists()
    assert not Fault.objects.exists()
    assert DirtyDay.objects.filter(machine=saw).count() == 6
    assert Machine.objects.get(name="Mill").retired_at
    # Whoever still has a reservation stays; the others are forgotten.
    assert Member.objects.filter(is_active=False).count() == 1
    with pytest.raises(NothingToTakeBack):
        undo_import(history=done.history, by=staff, now=NOW)
    again = bring(space, unknown=MachineChoice.NEW)
    assert again.preview.counts[Fate.NEW] == done.preview.counts[Fate.NEW] - 1


def in_service(name: str) -> bool:
    return Machine.objects.filter(name=name, retired_at=None).exists()


def test_a_machine_that_was_taken_back_is_asked_for_again_and_comes_back(space: Space) -> None:
    staff = RoleFactory(space=space).member
    text = "machine,start,end\nMill,2025-03-04 09:00,2025-03-04 10:00\n"
    for _again in range(3):
        assert reasons(bring(space, text)) == {2: "No machine has this name. Say which it is."}
        done = bring(space, text, by=staff, unknown=MachineChoice.NEW)
        assert in_service("Mill")
        assert UsageSession.objects.filter(machine__name="Mill").count() == 1
        assert done.history
        undo_import(history=done.history, by=staff, now=NOW)
        assert not in_service("Mill")
    bring(space, text, unknown=MachineChoice.RETIRED)
    assert not in_service("Mill")
    assert Machine.objects.count() == 1
    # Who retires it means it.
    Machine.objects.update(retired_at=NOW + timedelta(days=1))
    assert bring(space, text, unknown=MachineChoice.NEW).preview.counts == {Fate.KNOWN: 1}
    assert not in_service("Mill")


def test_machines_of_a_fab_manager_come_back(space: Space) -> None:
    staff = RoleFactory(space=space).member
    done = bring(space, EXPORT, by=staff)
    assert done.history
    undo_import(history=done.history, by=staff, now=NOW)
    again = bring(space, EXPORT)
    assert again.lessons.new_machines == 1
    assert in_service("Laser")
    assert not in_service("Band saw")
    assert Machine.objects.count() == 2


def test_what_staff_wrote_at_a_fault_stays(space: Space, saw: Machine) -> None:
    staff = RoleFactory(space=space).member
    text = "machine,start,end,kind\n" + "".join(
        f"Saw,2025-03-0{day} 09:00,2025-03-0{day} 10:00,stoppage\n" for day in (3, 4, 5)
    )
    done = bring(space, text, by=staff)
    assert done.history
    written, doubled, _gone = Fault.objects.order_by("starts_at")
    FaultEntry.objects.create(fault=written, event=FaultEvent.COMMENT, text="Fuse", created_at=NOW)
    FaultFactory(machine=saw, starts_at=NOW, duplicate_of=doubled)
    taken = undo_import(history=done.history, by=staff, now=NOW)
    assert (taken.gone, taken.kept) == (1, 2)
    assert set(Fault.objects.filter(duplicate_of=None)) == {written, doubled}
    assert FaultEntry.objects.get().fault == written


def test_whoever_anything_else_tells_of_is_not_forgotten(space: Space, saw: Machine) -> None:
    staff = RoleFactory(space=space).member
    text = "machine,start,end,user\n" + "".join(
        f"Saw,2025-03-0{at} 09:00,2025-03-0{at} 10:00,{at}\n" for at in range(1, 6)
    )
    done = bring(space, text, by=staff)
    assert done.history
    [member, worker, delegate, other, _gone] = done.history.people.order_by("pk")
    MembershipFactory(member=member, space=space)
    RoleFactory(member=worker, space=space)
    DelegateFactory(member=delegate)
    HistoryImport.objects.create(space=space, filename="more.csv").people.add(other)
    undo_import(history=done.history, by=staff, now=NOW)
    assert set(Member.objects.filter(is_active=False)) == {member, worker, delegate, other}


def test_people_are_forgotten_many_at_once(space: Space, saw: Machine) -> None:
    staff = RoleFactory(space=space).member

    def queries(most: int) -> int:
        text = "machine,start,end,user\n" + "".join(
            f"Saw,2025-03-0{at} 09:00,2025-03-0{at} 10:00,{at}\n" for at in range(1, most + 1)
        )
        history = bring(space, text, by=staff).history
        assert history
        with CaptureQueriesContext(connection) as seen:
            undo_import(history=history, by=staff, now=NOW)
        assert not Member.objects.filter(is_active=False).exists()
        return len(seen)

    assert queries(2) == queries(8)


def test_locks_are_taken_in_one_order(space: Space, saw: Machine) -> None:
    staff = RoleFactory(space=space).member
    pool = Pool.objects.create(space=space, name="Saws")
    unit = MachineFactory(space=space, pool=pool)
    done = bring(space, by=staff, unknown=MachineChoice.NEW)
    mill = Machine.objects.get(name="Mill")
    assert done.history
    with CaptureQueriesContext(connection) as seen:
        undo_import(history=done.history, by=staff, now=NOW)
    first = next(each["sql"] for each in seen if "pg_advisory_xact_lock" in each["sql"])
    keys = [(POOL_LOCKS << NAMESPACE_SHIFT) + pool.pk]
    keys += [(MACHINE_LOCKS << NAMESPACE_SHIFT) + row.pk for row in (saw, unit, mill)]
    assert all(str(key) in first for key in keys)


def test_rows_are_planned_under_the_locks_of_their_machines(space: Space, saw: Machine) -> None:
    with CaptureQueriesContext(connection) as seen:
        bring(space)
    asked = [each["sql"] for each in seen]
    lock = next(at for at, sql in enumerate(asked) if "pg_advisory_xact_lock" in sql)
    known = next(at for at, sql in enumerate(asked) if "booking_importedrow" in sql)
    assert lock < known


def test_a_name_means_the_machine_in_service_else_the_last_retired(space: Space) -> None:
    def saw(slug: str, retired_at: datetime | None) -> Machine:
        row: Machine = MachineFactory(space=space, name="Saw", slug=slug, retired_at=retired_at)
        return row

    saw("first", NOW - timedelta(days=900))
    last = saw("last", NOW - timedelta(days=9))
    assert Places(space, {}, {}).of("saw").machine == last
    here = saw("here", None)
    assert Places(space, {}, {}).of("saw").machine == here


def test_a_row_of_a_huge_length_is_rejected_in_words(space: Space, saw: Machine) -> None:
    digits = "9" * 5000
    lines = [f"Saw,2025-03-04 09:00,{each}" for each in (f"{digits}:00", digits, "99999999999")]
    done = bring(space, "\n".join(["machine,start,duration (h)", *lines, ""]))
    assert set(reasons(done).values()) == {"It is longer than 14 days."}
    assert done.preview.counts[Fate.REJECTED] == 3


def test_texts_that_no_database_keeps_are_cleaned(space: Space) -> None:
    broken = {"id": 5, "full_name": "A\0da\ud800", "email": "x" * 250 + "@example.org"}
    export = {
        "machines": [machine(1, "Las\0er\udfff")],
        "users": [broken, user(6) | {"full_name": "B\0ea"}],
        "trainings": [{"name": "T" * 300}],
        "reservations": [
            reservation(1, user=broken),
            reservation(2, reservable_type="E\ud800"),
            reservation(3) | {"id": float("inf")},
        ],
    }
    done = bring(space, export)
    assert done.preview.counts == {Fate.NEW: 1, Fate.LEFT_OUT: 1, Fate.REJECTED: 1}
    assert Machine.objects.get().name == "Laser"
    assert Member.objects.get(email="user6@example.org").name == "Bea"
    assert Reservation.objects.get().member.is_past
    assert Skill.objects.get().name == "T" * 120


def test_only_the_staff_takes_an_import_back(space: Space, saw: Machine) -> None:
    history = HistoryImport.objects.create(space=space, filename="log.csv")
    with pytest.raises(BookingRefused):
        undo_import(history=history, by=MemberFactory(), now=NOW)


EXPORT = {
    "machines": [machine(1, "Laser"), machine(2, "Band saw", disabled=True)],
    "users": [user(5), user(6)],
    "trainings": [{"id": 3, "name": "Laser course"}],
    "availabilities": [{"id": 1}],
    "reservations": [
        reservation(1, slots=[slot(9), slot(10), slot(11, cancelled=True)]),
        reservation(2, slots=[slot(14)], user=None, user_id=None),
        reservation(3, reservable_type="Event"),
    ],
    "user_trainings": [
        {"created_at": "2026-02-25T10:00:00.000+01:00", "user": user(6),
         "training": {"name": "Laser course"}},
    ],
}  # fmt: skip


def test_a_fab_manager_moves_in(space: Space) -> None:
    known = MemberFactory(email="user5@example.org")
    done = bring(space, EXPORT)
    assert done.lessons.new_machines == 2
    assert (done.lessons.people, done.lessons.new_people) == (2, 1)
    assert done.lessons.openings == 1
    laser = Machine.objects.get(name="Laser")
    assert laser.description == "For & against\nWood"
    assert laser.specs.get().value == "25 W"
    assert Machine.objects.get(name="Band saw").retired_at
    first = Reservation.objects.order_by("starts_at")[0]
    assert (first.member, first.ends_at - first.starts_at) == (known, timedelta(hours=2))
    assert first.created_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    asleep = Member.objects.get(email="user6@example.org")
    assert (asleep.name, asleep.is_active, asleep.is_past) == ("Ada 6", False, False)
    certified = Certification.objects.get()
    assert (certified.member, certified.start_date) == (asleep, date(2026, 2, 25))
    assert not Message.objects.exists()


def test_slots_that_were_cancelled_between_two_exports_change_nothing(space: Space) -> None:
    def told(*cancelled: int) -> dict[str, Any]:
        slots = [slot(hour, cancelled=hour in cancelled) for hour in (12, 9, 10, 11, 14)]
        return {"reservations": [reservation(1, slots=slots)]}

    assert bring(space, told()).preview.counts == {Fate.NEW: 2}
    for cancelled in ((9,), (9, 10), (10,), (9, 10, 11), (12, 14)):
        again = bring(space, told(*cancelled)).preview
        assert not again.counts[Fate.NEW] + again.counts[Fate.REJECTED]
    assert Reservation.objects.count() == 2


def test_a_part_that_was_not_over_comes_later(space: Space) -> None:
    """It has the same slots before it as one that is here, but is not part of it."""
    slots = [slot(9), slot(10, cancelled=True), slot(11)]
    parts = {"reservations": [reservation(1, slots=slots)]}
    bring(space, {"reservations": [reservation(1, slots=[slots[0]])]})
    assert bring(space, parts).preview.counts == {Fate.KNOWN: 1, Fate.NEW: 1}


def test_two_fab_managers_move_into_one_space(space: Space) -> None:
    bring(space, EXPORT)
    other = EXPORT | {"users": [], "machines": [machine(1, "Laser"), machine(2, "Mill")]}
    assert bring(space, other, instance="nord.example").preview.counts[Fate.NEW] == 2
    keys = {"fab-manager:1", "fab-manager:2", "fab-manager:nord.example:1"}
    made = dict(Machine.objects.values_list("import_key", "name"))
    assert made.keys() == {*keys, "fab-manager:nord.example:2"}
    assert made["fab-manager:nord.example:1"] == "Laser"
    # Each comes once, under whatever number the other has it.
    for instance in (FIRST, "nord.example"):
        again = bring(space, EXPORT if instance == FIRST else other, instance=instance)
        assert again.preview.counts == {Fate.KNOWN: 2, Fate.LEFT_OUT: 1}
    assert Reservation.objects.count() == 4


def test_what_came_before_fab_managers_were_told_apart_is_of_the_first(space: Space) -> None:
    rows = [HistoryImport(space=space, filename=name) for name in ("a.json, b.JSON", "log.csv")]
    HistoryImport.objects.bulk_create(rows)
    kept = {"space": space, "purpose": FilePurpose.HISTORY, "columns": {}}
    ColumnMapping.objects.create(headers=[], **kept)
    ColumnMapping.objects.create(headers=["machine"], **kept)
    with connection.cursor() as cursor:
        cursor.execute(APART.NAMED)
    assert set(HistoryImport.objects.values_list("filename", "instance")) == {
        ("a.json, b.JSON", FIRST),
        ("log.csv", ""),
    }
    headers = ColumnMapping.objects.values_list("headers", flat=True)
    assert list(headers.order_by("pk")) == [[prefix_of(FIRST)], ["machine"]]


@pytest.mark.parametrize(
    "told", ["fab.example.org", " https://Fab.Example.org/ ", "http://fab.example.org"]
)
def test_an_address_is_the_same_however_it_is_written(told: str) -> None:
    assert instance_of(told) == "fab.example.org"


def test_a_fab_manager_moves_in_once_and_out_again(space: Space) -> None:
    staff = RoleFactory(space=space).member
    done = bring(space, EXPORT, by=staff)
    again = bring(space, EXPORT)
    assert again.preview.counts == {Fate.KNOWN: 2, Fate.LEFT_OUT: 1}
    assert (again.lessons.new_machines, again.lessons.new_people) == (0, 0)
    assert again.lessons.new_certifications == 0
    assert Machine.objects.count() == 2
    assert Certification.objects.count() == 1
    assert done.history
    undo_import(history=done.history, by=staff, now=NOW)
    assert not Reservation.objects.exists()
    assert not Certification.objects.standing().exists()
    assert not Machine.objects.in_service().exists()
    assert not Member.objects.filter(email="user5@example.org").exists()
    assert Skill.objects.filter(name="Laser course").exists()


def test_somebody_who_slept_and_woke_stays_when_the_import_goes(space: Space) -> None:
    staff = RoleFactory(space=space).member
    done = bring(space, EXPORT, by=staff)
    asleep = Member.objects.get(email="user5@example.org")
    assert asleep.is_asleep
    assert not Member.objects.filter(is_asleep=True, email__endswith=PAST_DOMAIN).exists()
    wake(member=asleep, password="chosen behind the link")
    assert done.history
    undo_import(history=done.history, by=staff, now=NOW)
    asleep.refresh_from_db()
    assert (asleep.is_active, asleep.is_asleep) == (True, False)


def test_who_was_made_by_an_import_before_sleeps_too(space: Space) -> None:
    done = bring(space, EXPORT)
    Member.objects.update(is_asleep=False)
    assert done.history
    done.history.people.add(MemberFactory(email="b@example.org", is_active=False))  # shut out
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.ASLEEP)
    asleep = Member.objects.filter(is_asleep=True)
    assert {each.email for each in asleep} == {"user5@example.org", "user6@example.org"}


def test_who_signed_up_and_never_read_the_mail_is_forgotten(space: Space) -> None:
    staff = RoleFactory(space=space).member
    done = bring(space, EXPORT, by=staff)
    asleep = Member.objects.get(email="user5@example.org")
    EmailAddress.objects.create(user=asleep, email=asleep.email, verified=False)
    assert done.history
    undo_import(history=done.history, by=staff, now=NOW)
    assert not Member.objects.filter(pk=asleep.pk).exists()


HOURS = st.integers(0, 30)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Saw", "Mill"]),
        HOURS,
        st.integers(-1, 4),
        st.sampled_from(["1", "2", ""]),
        st.sampled_from(["use", "booking", "maintenance", "cancelled", "?"]),
    ),
    max_size=12,
)


class AnyLog(TestCase):
    """Whatever a log says, no row is lost, no time is kept twice, and nothing comes twice."""

    @settings(max_examples=25)
    @given(rows=ROWS)
    def test_rows_are_judged_once(self, rows: list[tuple[str, int, int, str, str]]) -> None:
        space = SpaceFactory(timezone="Europe/Zurich")
        start = datetime(2025, 10, 25, 12, tzinfo=ZoneInfo("Europe/Zurich")).astimezone(UTC)
        lines = [
            f"{name},{(start + timedelta(hours=at)).isoformat()},"
            f"{(start + timedelta(hours=at + length)).isoformat()},{who},{kind}"
            for name, at, length, who, kind in rows
        ]
        text = "\n".join(["machine,start,end,user,kind", *lines, ""])
        first = bring(space, text, unknown=MachineChoice.NEW)
        assert first.preview.counts.total() == len(rows)
        assert ImportedRow.objects.filter(space=space).count() == first.preview.counts[Fate.NEW]
        kept = Reservation.objects.filter(machine__space=space).occupying()
        for one, other in product(kept, kept):
            if one.pk < other.pk and one.machine_id == other.machine_id:
                assert not one.span.overlaps(other.span)
        again = bring(space, text, unknown=MachineChoice.NEW)
        assert again.preview.counts[Fate.NEW] == 0
        assert again.preview.counts[Fate.KNOWN] == (
            first.preview.counts[Fate.NEW] + first.preview.counts[Fate.KNOWN]
        )
