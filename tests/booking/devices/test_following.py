"""Sessions follow from what devices tell, and never fight with those of people."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import UsageSession
from booking.services import attendance, metering
from booking.services.corrections import Truth, ask, decide
from booking.services.entering import enter_session
from booking.states import ReservationState, SessionSource
from booking.tasks import follow_meters as task
from machines.metering.states import EventKind
from machines.models import Device, DirtyDay, Machine, MeterMark, Run
from machines.queries.devices import counters_of
from machines.services.devices import save_device
from machines.services.maintenance import read_counter
from machines.services.usage_events import mark_machines
from spaces.intervals import Interval
from tests.booking.devices.conftest import START
from tests.booking.devices.telling import event, job, runs_of, sessions_of, tell
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MeterFactory
from tests.factories.members import MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def follow(minutes: float = 24 * 60) -> None:
    metering.follow_meters(at(minutes))


def test_a_run_that_nobody_checked_in_for_is_a_session_of_nobody(
    device: Device, machine: Machine
) -> None:
    tell(job(device, at(0), at(60)), at(61))
    follow()
    assert sessions_of(machine, START) == [(0, 60, "meter")]
    session = UsageSession.objects.get()
    assert (session.member, session.reservation) == (None, None)
    assert DirtyDay.objects.filter(machine=machine, date=START.date()).exists()
    assert not MeterMark.objects.exists()


def test_power_makes_a_run(device: Device, machine: Machine) -> None:
    readings = [(0, 2), (1, 400), (2, 410), (3, 405), (4, 3), (5, 3), (6, 2)]
    tell((event(device, EventKind.POWER, at(m), float(w)) for m, w in readings), at(7))
    follow(7)
    assert runs_of(machine, START) == [(1, 4)]
    assert sessions_of(machine, START) == [(1, 4, "meter")]


def test_what_goes_on_is_a_run_but_no_session_yet(device: Device, machine: Machine) -> None:
    tell((event(device, EventKind.POWER, at(m), 400.0) for m in range(10)), at(9))
    follow(9)
    assert Run.objects.open().get().seen_at == at(9)
    assert sessions_of(machine, START) == []
    # Nothing more is heard: it is known to have worked until then.
    follow(20)
    assert Run.objects.get().ended_at == at(9)
    assert sessions_of(machine, START) == [(0, 9, "meter")]


def test_the_session_of_a_person_is_kept_and_the_rest_is_the_meters(
    device: Device, machine: Machine
) -> None:
    person = MemberFactory()
    UsageSessionFactory(machine=machine, member=person, started_at=at(10), ended_at=at(40))
    tell(job(device, at(0), at(60)), at(61))
    follow()
    assert sessions_of(machine, START) == [
        (0, 10, "meter"),
        (10, 40, "kiosk"),
        (40, 60, "meter"),
    ]
    assert runs_of(machine, START) == [(0, 60)]


def test_who_checks_in_two_minutes_after_switching_on_was_there_alone(
    device: Device, machine: Machine
) -> None:
    UsageSessionFactory(machine=machine, started_at=at(1.5), ended_at=at(60))
    tell(job(device, at(0), at(50)), at(61))
    follow()
    assert sessions_of(machine, START) == [(1.5, 60, "kiosk")]


def test_whoever_is_there_keeps_what_follows(device: Device, machine: Machine) -> None:
    UsageSessionFactory(machine=machine, started_at=at(10))
    tell(job(device, at(0), at(30)), at(31))
    follow(31)
    assert sessions_of(machine, START) == [(0, 10, "meter"), (10, None, "kiosk")]


def test_an_end_that_was_assumed_is_told_by_the_meter(device: Device, machine: Machine) -> None:
    reservation = ReservationFactory(
        machine=machine, starts_at=at(0), ends_at=at(120), state=ReservationState.IN_USE
    )
    UsageSessionFactory(
        machine=machine,
        member=reservation.member,
        reservation=reservation,
        started_at=at(0),
        expected_end_at=at(120),
    )
    tell(job(device, at(5), at(70)), at(71))
    follow(72)
    attendance.close_forgotten(at(24 * 60))
    assert sessions_of(machine, START) == [(0, 120, "assumed")]
    follow()
    assert sessions_of(machine, START) == [(0, 70, "kiosk")]
    # A later word of the meter is heard, too, and what it takes back holds no more.
    tell(job(device, at(80), at(150)), at(24 * 60))
    follow()
    assert sessions_of(machine, START) == [(0, 150, "kiosk")]
    Run.objects.all().delete()
    device.events.all().delete()
    mark_machines({machine.pk: START})
    follow()
    assert sessions_of(machine, START) == [(0, 120, "assumed")]


def test_a_late_word_may_join_what_was_nobodys_to_what_was_somebodys(
    device: Device, machine: Machine
) -> None:
    UsageSessionFactory(
        machine=machine,
        started_at=at(0),
        ended_at=at(120),
        assumed_end_at=at(120),
        end_is_assumed=True,
    )
    tell(job(device, at(5), at(70)), at(71))
    tell(job(device, at(125), at(150)), at(151))
    follow()
    assert sessions_of(machine, START) == [(0, 70, "kiosk"), (125, 150, "meter")]
    tell([event(device, EventKind.STARTED, at(80))], at(24 * 60))
    follow()
    follow()
    assert sessions_of(machine, START) == [(0, 150, "kiosk")]
    assert not MeterMark.objects.exists()


def test_a_proven_end_does_not_reach_into_the_next_persons_time(
    device: Device, machine: Machine
) -> None:
    UsageSessionFactory(machine=machine, started_at=at(0), ended_at=at(60), end_is_assumed=True)
    UsageSessionFactory(machine=machine, started_at=at(75), ended_at=at(100))
    tell(job(device, at(50), at(90)), at(101))
    follow()
    assert sessions_of(machine, START) == [(0, 75, "kiosk"), (75, 100, "kiosk")]


def test_what_staff_write_down_takes_the_place_of_the_meters_word(
    device: Device, machine: Machine
) -> None:
    tell(job(device, at(0), at(60)), at(61))
    follow()
    staff = RoleFactory(space=machine.space).member
    span = Interval(at(0), at(45))
    enter_session(machine=machine, member=MemberFactory(), span=span, by=staff, now=at(24 * 60))
    assert sessions_of(machine, START) == [(0, 45, "staff")]
    follow()
    assert sessions_of(machine, START) == [(0, 45, "staff"), (45, 60, "meter")]


def test_late_news_change_only_what_they_are_about(device: Device, machine: Machine) -> None:
    tell(job(device, at(0), at(60)), at(61))
    tell(job(device, at(3 * 60), at(4 * 60)), at(241))
    follow()
    untouched = UsageSession.objects.latest("started_at").pk
    tell([event(device, EventKind.STOPPED, at(30))], at(24 * 60))
    follow()
    assert sessions_of(machine, START) == [(0, 30, "meter"), (180, 240, "meter")]
    assert UsageSession.objects.latest("started_at").pk == untouched


def test_two_devices_of_one_machine_are_one_use(device: Device, machine: Machine) -> None:
    printer = MeterFactory(machine=machine).device
    tell(job(device, at(0), at(30)), at(31))
    tell(job(printer, at(20), at(60)), at(61))
    follow()
    assert sessions_of(machine, START) == [(0, 60, "meter")]


def test_other_limits_hold_for_what_was_told_before(device: Device, machine: Machine) -> None:
    readings = [(m, 25.0) for m in range(10)] + [(10, 1.0), (12, 1.0)]
    tell((event(device, EventKind.POWER, at(m), w) for m, w in readings), at(13))
    follow()
    assert sessions_of(machine, START) == []
    device.start_watts = 20
    save_device(device=device, machines=[machine], now=at(20))
    follow()
    assert sessions_of(machine, START) == [(0, 10, "meter")]


def test_counters_show_their_latest_reading(device: Device, machine: Machine) -> None:
    tell(
        [
            event(device, EventKind.COUNTER, at(2), 120.0, "lamp_hours"),
            event(device, EventKind.COUNTER, at(1), 119.0, "lamp_hours"),
            event(device, EventKind.COUNTER, at(1), 7.0, "cycles"),
        ],
        at(3),
    )
    shown = {each.name: (each.value, each.at) for each in counters_of([machine.pk])}
    assert shown == {"lamp_hours": (120.0, at(2)), "cycles": (7.0, at(1))}


def test_what_devices_count_is_read_for_the_plans_of_upkeep(
    device: Device, machine: Machine
) -> None:
    shown = ((1, 119.0), (2, 119.6), (3, 120.4), (4, 0.5), (5, 1.6), (4.5, 77.0))
    for minutes, value in shown:
        tell([event(device, EventKind.COUNTER, at(minutes), value, "lamp_hours")], at(minutes))
        follow(6)
    counter = machine.counters.get()
    readings = counter.readings.order_by("read_at").values_list("value", "is_restart")
    assert counter.name == "lamp_hours"
    assert [(float(value), anew) for value, anew in readings] == [
        (119.0, False),
        (120.4, False),
        (0.5, True),
        (1.6, False),
    ]


def test_a_count_that_trembles_and_a_new_lamp_add_nothing(device: Device, machine: Machine) -> None:
    staff = RoleFactory(space=machine.space).member
    for minutes, value in ((1, 120.0), (2, 119.4), (3, 121.0)):
        tell([event(device, EventKind.COUNTER, at(minutes), value, "lamp_hours")], at(minutes))
        follow(minutes)
    counter = machine.counters.get()
    read_counter(counter=counter, value=Decimal(0), by=staff, now=at(4), is_restart=True)
    tell([event(device, EventKind.COUNTER, at(5), 123.0, "lamp_hours")], at(5))
    # People read it at the very moment at which the device told it.
    read_counter(counter=counter, value=Decimal(3), by=staff, now=at(6))
    follow(5)
    tell([event(device, EventKind.COUNTER, at(6), 124.0, "lamp_hours")], at(6))
    follow(6)
    rows = counter.readings.order_by("read_at").values_list("value", "is_restart", "by_device")
    assert [(float(value), anew, told) for value, anew, told in rows] == [
        (120, False, True),
        (121, False, True),
        (0, True, False),
        (123, False, True),
        (3, False, False),
    ]


@pytest.mark.parametrize("is_yes", [None, False, True])
def test_what_somebody_asked_to_correct_is_not_for_the_meter_to_say(
    device: Device, machine: Machine, *, is_yes: bool | None
) -> None:
    staff = RoleFactory(space=machine.space).member
    tell(job(device, at(0), at(60)), at(61))
    follow()
    session = UsageSession.objects.get()
    truth = Truth(machine=machine, member=staff, started_at=at(0), ended_at=at(60))
    asked = ask(session=session, truth=truth, reason="", by=staff, now=at(70))
    if is_yes is not None:
        decide(correction=asked, is_yes=is_yes, decision="", by=staff, now=at(80))
    # Told late, this makes one run of ninety minutes.
    tell(job(device, at(60), at(90)), at(100))
    follow()
    first, *others = sessions_of(machine, START)
    assert first[:2] == (0, 60)
    assert others == [(60, 90, "meter")]
    assert not MeterMark.objects.exists()


def test_what_ran_on_after_an_end_that_is_told_late_was_nobodys(
    device: Device, machine: Machine
) -> None:
    session = UsageSessionFactory(machine=machine, started_at=at(0))
    tell(job(device, at(0), at(60)), at(61))
    follow(90)
    attendance.check_out(session=session, by=session.member, now=at(30))
    follow(91)
    assert sessions_of(machine, START) == [(0, 30, "kiosk"), (30, 60, "meter")]


def test_one_machine_that_cannot_be_settled_holds_up_no_other(
    device: Device, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    other = MeterFactory().device
    mark_machines({machine.pk: START})
    tell(job(other, at(0), at(60)), at(61))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE machines_run ADD CONSTRAINT no_more CHECK (machine_id <> %s)",
            [machine.pk],
        )
    tell(job(device, at(0), at(60)), at(61))
    follow()
    assert sessions_of(other.meters.get().machine, START) == [(0, 60, "meter")]
    assert MeterMark.objects.get().machine == machine
    assert "could not be followed" in caplog.text


def test_a_mark_set_again_meanwhile_is_kept(device: Device, machine: Machine) -> None:
    tell(job(device, at(0), at(60)), at(61))
    mark = MeterMark.objects.get()

    def told_meanwhile(execute: object, sql: str, *rest: object) -> object:
        if sql.startswith("DELETE FROM machines_metermark"):
            MeterMark.objects.update(times=mark.times + 1)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(told_meanwhile):
        follow()
    assert MeterMark.objects.exists()
    task()
    assert not MeterMark.objects.exists()


def test_what_is_kept_needs_as_many_queries_for_many_events(device: Device) -> None:
    counts = []
    for number in (1, 200):
        told = [event(device, EventKind.POWER, at(number + n / 100), 1.0) for n in range(number)]
        with CaptureQueriesContext(connection) as queries:
            tell(told, at(300))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_a_session_of_the_meter_says_its_source(device: Device, machine: Machine) -> None:
    tell(job(device, at(0), at(60)), at(61))
    follow()
    assert UsageSession.objects.get().source == SessionSource.METER
