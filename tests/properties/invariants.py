"""What always holds, counted by brute force: no constraint and no function of ours is trusted."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import combinations

from billing.models import ContractEntry
from booking.models import Offer, Quota, Reservation, UsageSession, WaitlistEntry
from booking.states import FIRST_STATES, NEXT_STATES, ReservationState
from notifications.models import Message
from spaces.intervals import DAY
from tests.properties.shop import GRID, INCLUDED_MINUTES, MINUTE, ZONE, Shop
from tests.properties.watching import changes

KEEPS_TIME = {"held", "pending", "confirmed", "in_use", "completed"}
COUNTS = KEEPS_TIME | {"no_show"}
OPEN = KEEPS_TIME - {"completed"}


def check_all(shop: Shop) -> None:
    """Everything that holds after every step."""
    rows = list(Reservation.objects.select_related("machine").order_by("pk"))
    no_unit_is_kept_twice(rows)
    nobody_uses_a_machine_twice()
    use_and_reservations_agree(rows)
    contracts_add_up(shop, rows)
    offers_are_held(rows)
    states_follow_the_table()
    reminders_follow(rows, shop.now)


def no_unit_is_kept_twice(rows: Iterable[Reservation]) -> None:
    kept = defaultdict(list)
    for row in rows:
        if row.state in KEEPS_TIME:
            kept[row.machine_id].append(row)
    for of_unit in kept.values():
        for one, other in combinations(of_unit, 2):
            apart = (
                one.occupied_until <= other.occupied_from
                or other.occupied_until <= one.occupied_from
            )
            assert apart, f"{one.pk} and {other.pk} both keep {one.machine}"


def nobody_uses_a_machine_twice() -> None:
    sessions = list(UsageSession.objects.all())
    for one, other in combinations(sessions, 2):
        if one.machine_id == other.machine_id:
            apart = (one.ended_at is not None and one.ended_at <= other.started_at) or (
                other.ended_at is not None and other.ended_at <= one.started_at
            )
            assert apart, f"sessions {one.pk} and {other.pk} overlap"


def use_and_reservations_agree(rows: Iterable[Reservation]) -> None:
    """A reservation is in use just while its session runs."""
    running = UsageSession.objects.filter(ended_at=None, reservation__isnull=False)
    in_use = {row.pk for row in rows if row.state == "in_use"}
    assert in_use == set(running.values_list("reservation", flat=True))


def contracts_add_up(shop: Shop, rows: Iterable[Reservation]) -> None:
    """The entries of each row are its minutes, and no month holds more than is included.

    What nobody decided in time takes no hours any more, also where the job has not written so.
    """
    rows = list(rows)
    overdue = {row.subject_key for row in rows if row.is_overdue(shop.now)}
    entries: Counter[str] = Counter()
    months: Counter[date] = Counter()
    for entry in ContractEntry.objects.all():
        entries[entry.subject_key] += entry.minutes
        if entry.subject_key not in overdue:
            months[entry.month] += entry.minutes
    for row in rows:
        is_charged = row.company_id is not None and row.state in COUNTS and row.member_id
        minutes = (row.ends_at - row.starts_at) // MINUTE if is_charged else 0
        assert entries[row.subject_key] == minutes, f"{row.pk} is {row.state}"
    assert all(0 <= total <= INCLUDED_MINUTES for total in months.values()), months


def offers_are_held(rows: Iterable[Reservation]) -> None:
    """What is held for who waits has one open offer, and what is offered is held or taken back."""
    offers = list(Offer.objects.filter(state="open").select_related("reservation", "entry"))
    offered = Counter(offer.reservation_id for offer in offers)
    held = {row.pk for row in rows if row.state == "held" and row.guarantee_id is None}
    assert held == {pk for pk in offered if pk in held}, "held without an offer"
    assert all(count == 1 for count in offered.values())
    assert all(offer.entry.state == "offered" for offer in offers)
    told = Counter(offer.entry_id for offer in offers)
    for wish in WaitlistEntry.objects.all():
        assert told[wish.pk] == (wish.state == "offered")
    for one, other in combinations(offers, 2):
        if one.reservation.machine_id == other.reservation.machine_id:
            spans = (one.reservation.span, other.reservation.span)
            still_held = one.reservation_id in held and other.reservation_id in held
            assert not (still_held and spans[0].overlaps(spans[1])), "offered to two"


def states_follow_the_table() -> None:
    for old, new in changes():
        known = FIRST_STATES if old is None else NEXT_STATES[ReservationState(old)]
        assert new in known, f"{old} became {new}"


def reminders_follow(rows: Iterable[Reservation], now: datetime) -> None:
    """What is confirmed is reminded of a day before it, once; nothing else is."""
    waiting = defaultdict(list)
    reminders = Message.objects.filter(kind="reservation_reminder", state="pending")
    for key, send_after in reminders.values_list("subject_key", "send_after"):
        waiting[key].append(send_after)
    for row in rows:
        due = row.starts_at - DAY
        wanted = [due] if row.state == "confirmed" and row.member_id and due > now else []
        assert [each for each in waiting[row.subject_key] if each > now] == wanted, row.pk


def quotas_hold(shop: Shop, row: Reservation, now: datetime) -> None:
    """No window that `row` lies in holds more than its quota allows."""
    mine = [
        each
        for each in Reservation.objects.filter(state__in=COUNTS).select_related("machine")
        if (each.company_id or each.member_id) == (row.company_id or row.member_id)
        and bool(each.company_id) == bool(row.company_id)
        and not (each.state in {"held", "pending"} and each.expires_at and each.expires_at <= now)
    ]
    for quota in Quota.objects.filter(account="company" if row.company_id else "member"):
        if quota.last_minute is not None and row.starts_at - now <= quota.last_minute:
            continue
        counted = [
            each
            for each in mine
            if _same(quota.scope, each, row)
            and not (
                each.pk != row.pk
                and quota.last_minute is not None
                and each.starts_at - each.created_at <= quota.last_minute
            )
        ]
        _holds(quota, row, counted, now)


def _same(scope: str, one: Reservation, other: Reservation) -> bool:
    if scope == "machine":
        return one.machine_id == other.machine_id
    if scope == "pool":
        pool = other.machine.pool_id
        return pool is not None and one.machine.pool_id == pool
    return scope == "space" or one.machine.category_id == other.machine.category_id


def _holds(quota: Quota, row: Reservation, counted: list[Reservation], now: datetime) -> None:
    if quota.window == "at_once":
        open_rows = [each for each in counted if each.ends_at > now and each.state in OPEN]
        assert len(open_rows) <= quota.count, f"{quota}: {len(open_rows)} are open"
        return
    if quota.scope == "pool" and row.machine.pool_id is None:
        return
    most = quota.count if quota.duration is None else quota.duration // MINUTE
    days: Counter[date] = Counter()
    for each in counted:
        days += _charged(quota, each)
    for day in _charged(quota, row):
        for window in _windows(quota, day):
            total = sum(amount for each, amount in days.items() if each in window)
            assert total <= most, f"{quota}: {total} in {min(window)}–{max(window)}"


def _charged(quota: Quota, row: Reservation) -> Counter[date]:
    """Half hour by half hour; a count looks at the start alone."""
    if quota.duration is None:
        return Counter([row.starts_at.astimezone(ZONE).date()])
    charged: Counter[date] = Counter()
    moment = row.starts_at
    while moment < row.ends_at:
        charged[moment.astimezone(ZONE).date()] += GRID // MINUTE
        moment += GRID
    return charged


def _windows(quota: Quota, day: date) -> list[set[date]]:
    """Every window of the quota that holds the day, as the set of its dates."""
    if quota.window == "day":
        return [{day}]
    if quota.window == "rolling":
        return [
            {day + (first + number) * DAY for number in range(quota.days)}
            for first in range(1 - quota.days, 1)
        ]
    around = [day + number * DAY for number in range(-31, 32)]
    if quota.window == "week":
        return [{each for each in around if each.isocalendar()[:2] == day.isocalendar()[:2]}]
    return [{each for each in around if (each.year, each.month) == (day.year, day.month)}]


def nothing_is_left_over(shop: Shop) -> None:
    """What every job has to have settled."""
    now = shop.now
    undecided = Reservation.objects.filter(state__in=["held", "pending"], expires_at__lte=now)
    assert not undecided.exists()
    assert not Offer.objects.filter(state="open", expires_at__lte=now).exists()
    assert not Offer.objects.filter(state="open").exclude(reservation__state="held").exists()
