"""Lanes: real quarter-hours, nothing overlapping, nothing left out, names only for those inside."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.axis import QUARTER, axis_of
from booking.facts import Stop, Terms
from booking.lane_parts import Item, ItemKind, Lane, Links, Viewer
from booking.lanes import LaneMaker
from booking.painting import apart
from booking.states import ReservationKind, ReservationState
from machines.queries.opening import Closure
from spaces.intervals import Interval, local_days, moment_of, subtract

ZURICH = ZoneInfo("Europe/Zurich")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TUESDAY = date(2026, 5, 5)
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TERMS = Terms(
    lead_time=timedelta(0),
    horizon_days=10_000,
    shortest=30 * MINUTE,
    longest=8 * 60 * MINUTE,
    grid=15 * MINUTE,
    setup=timedelta(0),
    turnaround=timedelta(0),
    staff_needed=False,
    approval_needed=False,
    approval_hold=timedelta(0),
    membership_needed=False,
    early_check_in=timedelta(0),
    grace_period=timedelta(0),
    cancellation_window=timedelta(0),
    auto_close_after=timedelta(0),
)
LINKS = Links(book="?week=2026-05-04&", anchor="#reserve", reservation="/reservations/", after="/")
HOLDER = Viewer(member_id=1)
COLLEAGUE = Viewer(member_id=2, company_ids=frozenset({7}))
STRANGER = Viewer(member_id=3)
STAFF = Viewer(member_id=4, is_staff=True)


@dataclass(frozen=True)
class Row:
    starts_at: datetime
    ends_at: datetime
    pk: int = 5
    kind: str = ReservationKind.BOOKING
    state: str = ReservationState.CONFIRMED
    member_id: int | None = 1
    company_id: int | None = 7
    holder: str = "Anna Bernasconi"
    purpose: str = "Front panel"
    is_confidential: bool = False


@dataclass(frozen=True)
class Busy:
    reservation: Row
    interval: Interval


@dataclass(frozen=True)
class Time:
    open: tuple[Interval, ...] = ()
    staffed: tuple[Interval, ...] = ()
    closures: tuple[Closure, ...] = ()
    busy: tuple[Busy, ...] = ()
    down: tuple[Interval, ...] = ()
    free: tuple[Interval, ...] = field(default=())
    missed: tuple[Busy, ...] = ()
    stops: tuple[Stop, ...] = ()

    def with_free(self) -> "Time":
        taken = [*(each.interval for each in self.busy), *self.down]
        return replace(self, free=tuple(subtract(self.open, taken)))


def at(clock: str, day: date = TUESDAY, zone: ZoneInfo = ZURICH) -> datetime:
    return moment_of(datetime.combine(day, time.fromisoformat(clock)), zone)


def span(start: str, end: str, day: date = TUESDAY) -> Interval:
    return Interval(at(start, day), at(end, day))


def reserved(start: str, end: str, **fields: object) -> Busy:
    interval = span(start, end)
    row = Row(starts_at=interval.start, ends_at=interval.end)
    return Busy(replace(row, **fields), interval)  # type: ignore[arg-type]


def lanes(
    times: Time,
    days: Sequence[date] = (TUESDAY,),
    *,
    viewer: Viewer = STRANGER,
    now: datetime = LONG_AGO,
    terms: Terms = TERMS,
    zone: ZoneInfo = ZURICH,
) -> list[Lane]:
    maker = LaneMaker([axis_of(day, zone) for day in days], now=now, viewer=viewer)
    return maker.lanes_of(times, terms=terms, links=LINKS)


def told(lane: Lane) -> list[tuple[str, str]]:
    return [(str(item.kind), item.times) for item in lane.items]


def only(lane: Lane, kind: ItemKind) -> list[Item]:
    return [item for item in lane.items if item.kind == kind]


OPEN = Time(open=(span("09:00", "18:00"),))


def test_a_day_reads_as_closed_free_reserved_free_closed() -> None:
    (lane,) = lanes(replace(OPEN, busy=(reserved("10:00", "11:30"),)).with_free())
    assert told(lane) == [
        ("closed", "00:00–09:00"),
        ("free", "09:00–10:00"),
        ("reserved", "10:00–11:30"),
        ("free", "11:30–18:00"),
        ("closed", "18:00–24:00"),
    ]


def test_a_gap_fills_the_form_with_an_hour_at_its_start() -> None:
    (lane,) = lanes(OPEN.with_free())
    (gap,) = only(lane, ItemKind.FREE)
    assert gap.href == "?week=2026-05-04&date=2026-05-05&start=09:00&end=10:00#reserve"


def test_a_gap_that_ends_at_midnight_is_written_as_forms_write_it() -> None:
    late = Time(open=(Interval(at("23:00"), at("00:00", TUESDAY + timedelta(days=1))),))
    (lane,) = lanes(late.with_free())
    (gap,) = only(lane, ItemKind.FREE)
    assert gap.times == "23:00–24:00"
    assert gap.href.endswith("start=23:00&end=00:00#reserve")


def test_what_is_over_is_past_and_the_gap_begins_at_the_next_step() -> None:
    terms = replace(TERMS, grid=30 * MINUTE)
    (lane,) = lanes(OPEN.with_free(), now=at("10:07"), terms=terms)
    assert told(lane)[1:4] == [
        ("past", "09:00–10:15"),
        ("free", "10:15–10:30"),
        ("free", "10:30–18:00"),
    ]
    assert [bool(item.href) for item in only(lane, ItemKind.FREE)] == [False, True]


def test_lead_time_trims_what_is_offered_to_members_but_not_to_staff() -> None:
    terms = replace(TERMS, lead_time=120 * MINUTE)
    for viewer, start in ((STRANGER, "12:00"), (STAFF, "10:00")):
        (lane,) = lanes(OPEN.with_free(), now=at("10:00"), terms=terms, viewer=viewer)
        offered = [item for item in lane.items if item.href]
        assert [item.times for item in offered] == [f"{start}–18:00"]


def test_gaps_shorter_than_the_shortest_reservation_are_not_offered() -> None:
    busy = (reserved("09:15", "12:00"), reserved("12:30", "18:00"))
    (lane,) = lanes(replace(OPEN, busy=busy).with_free())
    assert [(item.times, bool(item.href)) for item in only(lane, ItemKind.FREE)] == [
        ("09:00–09:15", False),
        ("12:00–12:30", True),
    ]


def test_gaps_beyond_the_horizon_are_not_offered() -> None:
    terms = replace(TERMS, horizon_days=3)
    (lane,) = lanes(OPEN.with_free(), now=at("08:00") - timedelta(days=4), terms=terms)
    assert not any(item.href for item in lane.items)


def test_time_without_staff_is_closed_where_staff_is_needed() -> None:
    staffed = (span("13:00", "15:00"),)
    times = replace(OPEN, staffed=staffed, free=staffed)
    (lane,) = lanes(times, terms=replace(TERMS, staff_needed=True))
    assert [(item.kind, item.name, item.times) for item in lane.items[1:4]] == [
        ("closed", "No staff", "09:00–13:00"),
        ("free", "Free", "13:00–15:00"),
        ("closed", "No staff", "15:00–18:00"),
    ]


def test_a_closure_says_why() -> None:
    times = Time(closures=(Closure(span("00:00", "23:00"), "Inventory day"),))
    (lane,) = lanes(times)
    assert lane.items[0].name == "Inventory day"


def test_setup_and_turnaround_are_neither_free_nor_reserved() -> None:
    row = Row(starts_at=at("10:00"), ends_at=at("11:00"))
    busy = (Busy(row, span("09:45", "11:30")),)
    (lane,) = lanes(replace(OPEN, busy=busy).with_free())
    assert told(lane)[2:5] == [
        ("buffer", "09:45–10:00"),
        ("reserved", "10:00–11:00"),
        ("buffer", "11:00–11:30"),
    ]


def test_after_an_early_check_out_the_rest_is_free() -> None:
    row = Row(starts_at=at("10:00"), ends_at=at("12:00"), state=ReservationState.COMPLETED)
    busy = (Busy(row, span("10:00", "10:45")),)
    (lane,) = lanes(replace(OPEN, busy=busy).with_free())
    assert told(lane)[2:4] == [("reserved", "10:00–10:45"), ("free", "10:45–18:00")]


def test_down_time_and_maintenance_have_their_own_words() -> None:
    busy = (reserved("14:00", "15:00", kind=ReservationKind.MAINTENANCE, member_id=None),)
    times = replace(OPEN, busy=busy, down=(span("10:00", "11:00"),)).with_free()
    (lane,) = lanes(times)
    assert [item.name for item in only(lane, ItemKind.DOWN)] == ["Out of order"]
    assert [item.name for item in only(lane, ItemKind.MAINTENANCE)] == ["Maintenance"]


@pytest.mark.parametrize(
    ("viewer", "name", "detail", "may_open"),
    [
        (HOLDER, "Your reservation", "Front panel", True),
        (COLLEAGUE, "Anna Bernasconi", "Front panel", True),
        (STRANGER, "Reserved", "", False),
        (STAFF, "Anna Bernasconi", "Front panel", True),
        (Viewer(), "Reserved", "", False),
    ],
)
def test_names_are_for_those_inside(viewer: Viewer, name: str, detail: str, may_open: bool) -> None:
    busy = (reserved("10:00", "11:00"),)
    (lane,) = lanes(replace(OPEN, busy=busy), viewer=viewer)
    (item,) = (each for each in lane.items if each.times == "10:00–11:00")
    assert (item.name, item.detail) == (name, detail)
    assert (item.href == "/reservations/5/") is may_open
    assert item.is_movable is may_open


@pytest.mark.parametrize(
    ("viewer", "company_id", "kind"),
    [
        (HOLDER, 7, ItemKind.OWN),
        (COLLEAGUE, 7, ItemKind.COMPANY),
        (STAFF, 7, ItemKind.COMPANY),
        (STAFF, None, ItemKind.RESERVED),
        (STRANGER, 7, ItemKind.RESERVED),
    ],
)
def test_whose_it_is_shows_to_those_inside(
    viewer: Viewer, company_id: int | None, kind: ItemKind
) -> None:
    busy = (reserved("10:00", "11:00", company_id=company_id),)
    (lane,) = lanes(replace(OPEN, busy=busy), viewer=viewer)
    assert [item.kind for item in lane.items if item.times == "10:00–11:00"] == [kind]


@pytest.mark.parametrize(
    ("state", "marks", "note"),
    [
        (ReservationState.HELD, "held", "held"),
        (ReservationState.PENDING, "pending", "awaiting approval"),
        (ReservationState.COMPLETED, "done", "completed"),
        (ReservationState.CONFIRMED, "", ""),
    ],
)
def test_how_it_stands_is_said_to_those_inside_and_to_nobody_else(
    state: ReservationState, marks: str, note: str
) -> None:
    busy = (reserved("10:00", "11:00", state=state),)
    for viewer, expected in ((STAFF, (marks, note)), (STRANGER, ("", ""))):
        (lane,) = lanes(replace(OPEN, busy=busy), viewer=viewer)
        (item,) = (each for each in lane.items if each.times == "10:00–11:00")
        assert (item.marks, item.note) == expected


def test_that_it_is_confidential_is_not_even_told_to_others() -> None:
    busy = (reserved("10:00", "11:00", state=ReservationState.IN_USE, is_confidential=True),)
    told_to = {}
    for viewer in (STAFF, STRANGER):
        (lane,) = lanes(replace(OPEN, busy=busy), viewer=viewer)
        (item,) = (each for each in lane.items if each.times == "10:00–11:00")
        told_to[viewer] = (item.name, item.marks, item.note)
    assert told_to[STAFF] == ("Anna Bernasconi", "in-use confidential", "in use, confidential")
    assert told_to[STRANGER] == ("Reserved", "in-use", "in use")


def test_who_did_not_come_is_shown_to_those_inside_until_the_time_was_given_back() -> None:
    missed = (
        Busy(
            replace(reserved("10:00", "12:00").reservation, state=ReservationState.NO_SHOW),
            span("10:00", "10:30"),
        ),
    )
    earlier = reserved("09:00", "09:45", company_id=None)
    times = replace(replace(OPEN, busy=(earlier,)).with_free(), missed=missed)
    (lane,) = lanes(times, viewer=STAFF)
    assert told(lane)[1] == ("reserved", "09:00–09:45")
    assert only(lane, ItemKind.RESERVED)[0].end == 39
    (item,) = only(lane, ItemKind.COMPANY)
    assert (item.marks, item.note, item.is_movable) == ("no-show", "no-show", False)
    assert (item.start, item.end) == (40, 42)
    (lane,) = lanes(times, viewer=STRANGER)
    assert [item.kind for item in lane.items] == ["closed", "reserved", "free", "closed"]


@pytest.mark.parametrize(
    ("state", "now", "is_movable"),
    [
        (ReservationState.CONFIRMED, "09:00", True),
        (ReservationState.PENDING, "09:00", True),
        (ReservationState.HELD, "09:00", False),
        (ReservationState.CONFIRMED, "10:15", False),
        (ReservationState.IN_USE, "10:15", True),
        (ReservationState.IN_USE, "11:15", False),
    ],
)
def test_what_has_not_begun_can_be_dragged_and_what_is_in_use_by_its_end(
    state: ReservationState, now: str, is_movable: bool
) -> None:
    busy = (reserved("10:00", "11:00", state=state),)
    (lane,) = lanes(replace(OPEN, busy=busy), viewer=STAFF, now=at(now))
    (item,) = only(lane, ItemKind.COMPANY)
    assert item.is_movable is is_movable


def test_a_walk_in_without_a_reservation_leads_nowhere() -> None:
    busy = (reserved("10:00", "11:00", pk=0, state=ReservationState.IN_USE),)
    (lane,) = lanes(replace(OPEN, busy=busy), viewer=STAFF)
    (item,) = only(lane, ItemKind.COMPANY)
    assert (item.href, item.marks, item.note) == ("", "in-use", "in use")


def test_a_reservation_over_midnight_lies_on_both_days_and_tells_its_real_times() -> None:
    wednesday = TUESDAY + timedelta(days=1)
    night = Interval(at("22:00"), at("02:00", wednesday))
    busy = (Busy(Row(starts_at=night.start, ends_at=night.end), night),)
    one, other = lanes(Time(busy=busy), [TUESDAY, wednesday], viewer=STAFF)
    first, second = only(one, ItemKind.COMPANY) + only(other, ItemKind.COMPANY)
    assert (first.start, first.end, first.times) == (88, 96, "22:00–02:00")
    assert (second.start, second.end, second.times) == (0, 8, "22:00–02:00")
    assert not first.is_movable


def test_autumn_shows_two_o_clock_twice_and_tells_the_passes_apart() -> None:
    axis = axis_of(date(2026, 10, 25), ZURICH)
    assert axis.length == 100
    assert axis.labels.count("02:00") == 2
    assert axis.names.count("02:00/2") == 1
    assert [axis.moments[line][-6:] for line in (8, 12, 16)] == ["+02:00", "+01:00", "+01:00"]
    assert axis.changes_clock


def test_spring_skips_two_o_clock() -> None:
    axis = axis_of(date(2026, 3, 29), ZURICH)
    assert axis.length == 92
    assert "02:00" not in axis.labels
    assert axis.labels[7:9] == ("01:45", "03:00")


def test_a_gap_in_the_second_pass_is_offered_by_its_name() -> None:
    sunday = date(2026, 10, 25)
    start = at("02:00", sunday) + timedelta(hours=1)
    times = Time(open=(Interval(start, at("04:00", sunday)),)).with_free()
    (lane,) = lanes(times, [sunday])
    (gap,) = only(lane, ItemKind.FREE)
    assert (gap.start, gap.end, gap.times) == (12, 20, "02:00–04:00")
    assert "start=02:00/2&end=03:00" in gap.href


def test_reservations_that_share_a_quarter_are_drawn_beside_each_other() -> None:
    busy = tuple(
        Busy(Row(starts_at=each.start, ends_at=each.end, pk=pk), each)
        for pk, each in enumerate(
            [span("10:00", "10:05"), span("10:05", "10:10"), span("10:10", "10:40")], start=1
        )
    )
    (lane,) = lanes(replace(OPEN, busy=busy), viewer=STAFF)
    drawn = only(lane, ItemKind.COMPANY)
    assert [(item.start, item.end) for item in drawn] == [(40, 41), (41, 42), (42, 43)]
    assert [item.times for item in drawn] == ["10:00–10:05", "10:05–10:10", "10:10–10:40"]
    assert not any(item.is_movable for item in drawn)


def test_the_last_reservations_of_a_day_are_moved_towards_its_start() -> None:
    assert apart([(95, 96), (95, 96), (95, 96)], 96) == [(93, 94), (94, 95), (95, 96)]


moments = st.integers(min_value=-30 * 60, max_value=80 * 60)


@st.composite
def times_of_a_machine(draw: st.DrawFn, midnight: datetime) -> Time:
    def intervals(most: int) -> tuple[Interval, ...]:
        cuts = sorted(draw(st.lists(moments, max_size=2 * most, unique=True)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        return tuple(Interval(midnight + a * MINUTE, midnight + b * MINUTE) for a, b in pairs)

    busy = tuple(
        Busy(Row(starts_at=each.start, ends_at=each.end, pk=pk), each)
        for pk, each in enumerate(intervals(8), start=1)
    )
    return Time(open=intervals(4), busy=busy, down=intervals(2)).with_free()


@given(data=st.data())
@pytest.mark.parametrize("zone", [ZURICH, KATHMANDU, LORD_HOWE], ids=str)
@pytest.mark.parametrize("day", [TUESDAY, date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 4)])
def test_items_never_overlap_and_cover_the_axis(
    zone: ZoneInfo, day: date, data: st.DataObject
) -> None:
    window = local_days(day, day + timedelta(days=2), zone)
    times = data.draw(times_of_a_machine(window.start))
    now = window.start + data.draw(moments) * MINUTE
    days = [day, day + timedelta(days=1)]
    viewer = data.draw(st.sampled_from([HOLDER, STRANGER, STAFF]))
    for lane in lanes(times, days, viewer=viewer, now=now, zone=zone):
        line = 0
        for item in lane.items:
            assert item.start == line < item.end
            line = item.end
        assert line == lane.axis.length
        for busy in times.busy:
            shown = [item.reservation for item in lane.items]
            if busy.interval.overlaps(lane.axis.interval) and viewer is STAFF:
                assert shown.count(busy.reservation.pk) == 1
        for item in lane.items:
            if item.kind == ItemKind.FREE:
                gap = Interval(
                    *(
                        datetime.fromtimestamp(lane.axis.first + each * QUARTER, UTC)
                        for each in (item.start, item.end)
                    )
                )
                assert any(free.contains(gap) for free in times.free)
                assert gap.start >= now
