"""A lively space in which every page has something to show."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from billing.models import HourlyPrice
from billing.services.inventory import keep_draft
from booking import notices
from booking.models import AllowedHours, Feed, Quota, ReminderRule
from booking.recurring import Pattern
from booking.services.feeds import create_feed
from booking.services.guarantees import hold_guaranteed
from booking.services.placing import Claim
from booking.services.series import reserve_series
from booking.states import (
    DisplacementState,
    FeedKind,
    Frequency,
    OnConflict,
    ReservationState,
)
from machines.external.reading import read
from machines.models import Document, Pool
from machines.services.calendars import add_closure, load_holidays, plan_maintenance
from machines.services.followed.choosing import follow
from machines.services.followed.closures import window_of
from machines.states import Following, Repeat
from members.models import Member
from members.states import Audience, DelegateKind
from notifications.adapting import Wording
from notifications.clicks import Key
from notifications.clicks import key_of as key_of_click
from notifications.models import Message
from notifications.states import ChannelName, MessageState, Trouble
from notifications.texts import adapt
from notifications.unsubscribing import Switch, key_of
from reports.services.rollup import rebuild_all
from spaces.intervals import Interval
from tests.booking.lively import Lively, at, reserve
from tests.factories.billing import ContractFactory, GuaranteedWindowFactory
from tests.factories.booking import (
    DisplacementFactory,
    ExchangeFactory,
    OfferFactory,
    PolicyFactory,
    UsageSessionFactory,
    WishFactory,
)
from tests.factories.machines import FaultFactory, FollowedCalendarFactory, MachineFactory
from tests.factories.members import (
    CertificationFactory,
    DelegateFactory,
    InvitationFactory,
    SkillFactory,
)
from tests.factories.notifications import EndpointFactory, MessageFactory
from tests.journeys.rooms import ROOMS
from tests.machines.followed.files import WEEKLY, calendar, event

NOW = at("11:40")
TOMORROW = date(2026, 10, 21)
WEEK = timedelta(weeks=1)
SHEET = "Gerät;Raum;Preis\nLaser;OG;noch offen\nVelo;UG;2\nMini 1;UG;2\nMini 2;UG;2\n"


@dataclass(frozen=True)
class House:
    """Who is at home there, and what fills the gaps in the addresses."""

    maker: Member
    staff: Member
    names: dict[str, int | str]


def furnished(lively: Lively) -> House:
    """Bring everything in; the figures are added up last."""
    names = {
        "own": lively.own.pk,
        "exchange": ExchangeFactory.create(
            reservation=lively.reserved, proposed_to=lively.maker
        ).pk,
        "laser": lively.laser.pk,
        **_reservations(lively),
        **_pool(lively),
        **_series(lively),
        **_waitlist(lively),
        **_displaced(lively),
        **_company(lively),
        **_rules(lively),
        **_messages(lively),
        **_import(lively),
        **_calendars(lively),
        **_followed(lively),
    }
    for room in ROOMS:
        names |= room.furnish(lively)
    _channels(lively)
    _sheet_of_the_laser(lively)
    _calendar(lively)
    rebuild_all(now=NOW)
    return House(lively.maker, lively.staff, names)


def _sheet_of_the_laser(lively: Lively) -> None:
    """Prices, skills, a document and a fault that does not stop it."""
    for audience in Audience:
        HourlyPrice.objects.create(machine=lively.laser, audience=audience, amount=Decimal("24.50"))
    skill = SkillFactory.create(name="Laser induction")
    lively.laser.skills.add(skill)
    lively.mill.skills.add(SkillFactory.create(name="Milling"))
    CertificationFactory.create(member=lively.maker, skill=skill)
    Document.objects.create(
        machine=lively.laser,
        title="Operating manual",
        url="https://example.org/manual.pdf",
        licence="CC BY 4.0",
        language="en",
    )
    FaultFactory.create(
        machine=lively.laser, starts_at=at("08:00"), stops_machine=False, summary="Lid squeaks"
    )


def _rules(lively: Lively) -> dict[str, int | str]:
    """A policy of the lasers for everybody, one for makers with hours, a quota, reminders."""
    lasers = lively.laser.category
    about = {"machine": None, "space": lively.space, "category": lasers}
    PolicyFactory.create(**about, longest=timedelta(hours=4), turnaround=timedelta(minutes=15))
    makers = PolicyFactory.create(**about, audience="maker", horizon_days=30)
    AllowedHours.objects.create(
        policy=makers, weekdays=[0, 1, 2, 3, 4], start_time=time(8), end_time=time(20)
    )
    quota = Quota.objects.create(
        space=lively.space,
        account="member",
        scope="category",
        category=lasers,
        duration=timedelta(hours=10),
        window="week",
    )
    return {"category": lasers.slug, "quota": quota.pk, "reminder": _reminders(lively)}


def _reminders(lively: Lively) -> int:
    """A day and an hour before the start, one that is off, and one of certifications that end."""
    every = {"space": lively.space}
    rule = ReminderRule.objects.create(**every, offset=timedelta(hours=24))
    ReminderRule.objects.create(**every, offset=timedelta(hours=1), category=lively.laser.category)
    ReminderRule.objects.create(**every, offset=timedelta(minutes=15), event="end", is_active=False)
    ReminderRule.objects.create(
        **every, offset=timedelta(days=30), event="certification", to="staff"
    )
    return rule.pk


def _calendar(lively: Lively) -> None:
    """Holidays, a closure and upkeep."""
    load_holidays(space=lively.space, year=2026, now=NOW)
    stocktaking = Interval(at("00:00", date(2026, 11, 5)), at("12:00", date(2026, 11, 5)))
    add_closure(owner=lively.space, title="Stocktaking", interval=stocktaking, now=NOW)
    plan_maintenance(
        machine=lively.laser,
        title="Clean the lenses",
        interval=Interval(at("08:00", date(2026, 11, 2)), at("09:00", date(2026, 11, 2))),
        now=NOW,
        repeat=Repeat.WEEKLY,
    )


def _followed(lively: Lively) -> dict[str, int]:
    """A calendar of one machine that could not be read the last time, and one to be looked at."""
    broken = event("", "", uid="broken", summary="Exam")
    content = calendar(WEEKLY, broken)
    followed = FollowedCalendarFactory.create(
        space=lively.space,
        machine=lively.mill,
        name="Evening courses",
        filename="",
        url="https://calendar.example.org/courses.ics",
        content=content,
        trouble="status",
        trouble_detail="503 Service Unavailable",
    )
    reading = read(content, lively.space.zone, window_of(lively.space, NOW))
    follow(followed=followed, reading=reading, settings=followed.settings, now=NOW)
    draft = FollowedCalendarFactory.create(
        space=lively.space,
        name="School",
        state=Following.DRAFT,
        content=calendar(
            WEEKLY, event(";VALUE=DATE:20261109", ";VALUE=DATE:20261111", uid="days"), broken
        ),
    )
    return {"followed": followed.pk, "calendar_draft": draft.pk}


def _reservations(lively: Lively) -> dict[str, int]:
    """A cancelled one, one in use, a request that waits and one that was denied."""
    laser, mill, maker = lively.laser, lively.mill, lively.maker
    cancelled = reserve(laser, "20:00", "21:00", member=maker, state=ReservationState.CANCELLED)
    UsageSessionFactory.create(machine=laser, started_at=at("09:00"), ended_at=at("10:20"))
    running = reserve(mill, "11:00", "12:00", member=maker, state=ReservationState.IN_USE)
    UsageSessionFactory.create(
        machine=mill,
        member=maker,
        reservation=running,
        started_at=at("11:00"),
        expected_end_at=at("12:00"),
    )
    request = reserve(
        mill,
        "09:00",
        "11:00",
        TOMORROW,
        member=maker,
        state=ReservationState.PENDING,
        expires_at=NOW + timedelta(hours=8),
        purpose="Moulds for the theatre",
    )
    reserve(mill, "12:00", "13:00", TOMORROW, member=maker, state=ReservationState.DENIED)
    return {"cancelled": cancelled.pk, "running": running.pk, "request": request.pk}


def _pool(lively: Lively) -> dict[str, int]:
    """Three printers of which any will do, one of them reserved."""
    pool = Pool.objects.create(space=lively.space, slug="mk4", name="Prusa MK4")
    first, *_others = MachineFactory.create_batch(
        3, space=lively.space, category=lively.mill.category, pool=pool
    )
    of_pool = reserve(first, "10:00", "12:00", TOMORROW, member=lively.maker, pool=pool)
    return {"of_pool": of_pool.pk}


def _series(lively: Lively) -> dict[str, int]:
    """Wednesdays over the clock change, one of which somebody else has."""
    member = lively.maker
    reserve(lively.mill, "13:30", "14:00", TOMORROW + 2 * WEEK)
    made = reserve_series(
        Claim(member=member, by=member, purpose="Evening course"),
        target=lively.mill,
        pattern=Pattern(frequency=Frequency.WEEKLY, count=6),
        start=datetime.combine(TOMORROW, time(13)),
        end=datetime.combine(TOMORROW, time(15)),
        on_conflict=OnConflict.SKIP,
        now=NOW,
    )
    return {"series": made.series.pk}


def _waitlist(lively: Lively) -> dict[str, int]:
    """A wish for time that somebody else has, and an offer to be answered."""
    WishFactory.create(machine=lively.laser, member=lively.maker, earliest_at=at("14:00"))
    evening = at("18:00", TOMORROW)
    offer = OfferFactory.create(
        entry__machine=lively.mill, entry__member=lively.maker, entry__earliest_at=evening
    )
    return {"offer": offer.pk}


def _displaced(lively: Lively) -> dict[str, int]:
    """One that waits for an answer, and one that was settled."""
    lost = DisplacementFactory.create(
        reservation__machine=lively.laser,
        reservation__member=lively.maker,
        starts_at=at("19:00", date(2026, 10, 22)),
        created_by=lively.staff,
    )
    DisplacementFactory.create(
        reservation__machine=lively.mill,
        reservation__state=ReservationState.CONFIRMED,
        starts_at=at("19:00", date(2026, 10, 22)),
        state=DisplacementState.ACCEPTED,
        decided_at=NOW,
        decided_by=lively.staff,
    )
    return {"displacement": lost.pk}


def _company(lively: Lively) -> dict[str, int | str]:
    """A company with people, a contract and mornings kept for it; another one that invites."""
    contract = ContractFactory.create(
        space=lively.space, company__name="Precision Works", company__slug="precision"
    )
    DelegateFactory.create(company=contract.company, member=lively.maker, kind=DelegateKind.ADMIN)
    DelegateFactory.create(company=contract.company)
    InvitationFactory.create(company=contract.company)
    InvitationFactory.create(email=lively.maker.email)
    window = GuaranteedWindowFactory.create(contract=contract, machine=lively.mill, weekdays=[3])
    hold_guaranteed(NOW, only=window)
    return {"company": contract.company.slug, "contract": contract.pk, "window": window.pk}


def _messages(lively: Lively) -> dict[str, int | str]:
    """What came of four messages, and words of the space for such."""
    wording = Wording(subject="{machine}: see you!", text="# {news}\n\n{facts}\n\n{purpose}\n{url}")
    for words in (wording, replace(wording, text="{news}\n\n{facts}")):
        adapt(
            space_key=str(lively.space.pk),
            kind="reservation_confirmed",
            language="en",
            wording=words,
            by=lively.staff,
            now=NOW,
        )
    sent, failed, _muted, _gathered = (
        MessageFactory.create(
            recipient=lively.maker,
            space_key=str(lively.space.pk),
            state=state,
            send_after=at("10:00"),
            subject="Speedy 400 is reserved",
            text="Hello Mira,\n\nSpeedy 400 is reserved for you.\n",
            html="<p>Speedy 400 is reserved for you.</p>",
        )
        for state in (
            MessageState.SENT,
            MessageState.FAILED,
            MessageState.MUTED,
            MessageState.GATHERED,
        )
    )
    switch = key_of(Switch(lively.maker.pk, ("reminders",)))
    notices.reservation_confirmed(lively.own, by=lively.maker, now=NOW)
    told = Message.objects.filter(kind=notices.CONFIRMED).latest("pk")
    click = key_of_click(Key(told.pk, "cancel"))
    return {"message": sent.pk, "failed": failed.pk, "switch": switch, "click": click}


def _channels(lively: Lively) -> None:
    """One that works, one that has not been used, one that is in trouble, one given up."""
    EndpointFactory.create(
        member=lively.maker,
        name="Workshop",
        channel=ChannelName.MATRIX,
        address={"server": "https://matrix.example.org", "room": "!workshop:example.org"},
        last_success_at=at("10:00"),
    )
    EndpointFactory.create(member=lively.maker, name="Firefox, Android", channel="webpush")
    failing = EndpointFactory.create(
        member=lively.maker,
        failures=2,
        trouble=Trouble.TOO_SLOW,
        last_error="no answer within 10 s",
    )
    MessageFactory.create(
        recipient=lively.maker, endpoint=failing, channel="webhook", send_after=at("12:00")
    )
    EndpointFactory.create(
        member=lively.maker,
        name="Door display",
        is_active=False,
        disabled_at=at("09:00"),
        trouble=Trouble.GONE,
        last_error="HTTP 410 Gone",
    )


def _import(lively: Lively) -> dict[str, int]:
    """A list whose preview waits."""
    draft = keep_draft(
        space=lively.space,
        member=lively.staff,
        filename="liste.csv",
        content=SHEET.encode(),
        now=NOW,
    )
    return {"draft": draft.pk}


def _calendars(lively: Lively) -> dict[str, int]:
    """One that is read, one that is not yet, and one that is closed."""
    maker = lively.maker
    own, _token = create_feed(member=maker, kind=FeedKind.MINE, name="My phone", now=NOW)
    Feed.objects.filter(pk=own.pk).update(last_read_at=NOW)
    create_feed(member=maker, kind=FeedKind.MACHINE, machine=lively.laser, now=NOW)
    create_feed(member=maker, kind=FeedKind.DUTY, space=lively.space, now=NOW)
    return {"feed": own.pk}
