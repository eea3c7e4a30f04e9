"""A space with one thing of each kind, and what a door into it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.timezone import now

from billing.models import GuaranteedWindow
from booking.models import (
    Correction,
    Displacement,
    Exchange,
    Feed,
    KioskEntry,
    Offer,
    Question,
    Quota,
    ReminderRule,
    Reservation,
    Series,
    UsageSession,
    WaitlistEntry,
)
from booking.services.feeds import create_feed
from booking.states import FeedKind
from machines.models import (
    Consumable,
    Document,
    Fault,
    FollowedCalendar,
    Machine,
    Pool,
    Supplier,
)
from machines.services.calendars import add_closure, plan_maintenance
from members.models import Badge, Delegate, Invitation, Token
from members.services.tokens import create_token
from members.states import Scope
from notifications.models import Endpoint, Message
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.billing import GuaranteedWindowFactory
from tests.factories.booking import (
    DisplacementFactory,
    ExchangeFactory,
    OfferFactory,
    ReservationFactory,
    SeriesFactory,
    UsageSessionFactory,
    WishFactory,
)
from tests.factories.kiosk import (
    BadgeFactory,
    CorrectionFactory,
    KioskEntryFactory,
    QuestionFactory,
)
from tests.factories.machines import (
    FaultFactory,
    FollowedCalendarFactory,
    MachineFactory,
)
from tests.factories.members import (
    DelegateFactory,
    InvitationFactory,
    MemberFactory,
)
from tests.factories.notifications import EndpointFactory, MessageFactory
from tests.factories.stock import ConsumableFactory, SupplierFactory

LOGIN, FORBIDDEN, HIDDEN, OPEN, NOTHING, TURNED_AWAY = "login", 403, 404, 200, 204, 401


@dataclass(frozen=True)
class World:
    """A space with everything that somebody else might want to get at."""

    space: Space
    machine: Machine
    reservation: Reservation
    closure: int
    upkeep: int
    fault: Fault
    message: Message
    endpoint: Endpoint
    token: Token
    document: int
    window: GuaranteedWindow
    series: Series
    wish: WaitlistEntry
    offer: Offer
    exchange: Exchange
    pool: Pool
    displacement: Displacement
    delegate: Delegate
    invitation: Invitation
    quota: Quota
    feed: Feed
    followed: FollowedCalendar
    reminder: ReminderRule
    consumable: Consumable
    supplier: Supplier
    session: UsageSession
    correction: Correction
    entry: KioskEntry
    question: Question
    badge: Badge


def furnished() -> World:
    """The space, with one thing of each kind."""
    machine = MachineFactory()
    pool = Pool.objects.create(space=machine.space, slug="alike", name="Alike")
    MachineFactory.create_batch(2, space=machine.space, category=machine.category, pool=pool)
    soon = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    hour = Interval(soon, soon + timedelta(hours=1))
    later = soon + timedelta(days=1)
    holder = MemberFactory()
    token, _secret = create_token(
        member=holder, scopes=[Scope.READ], name="theirs", expires_at=None, now=now()
    )
    closure = add_closure(owner=machine.space, title="Closed", interval=hour, now=now())
    upkeep = plan_maintenance(machine=machine, title="Upkeep", interval=hour, now=now())
    window = GuaranteedWindowFactory(contract__space=machine.space, machine=machine)
    reservation = ReservationFactory(machine=machine, member=holder, starts_at=soon)
    before = soon - timedelta(days=3)
    used = UsageSessionFactory(
        machine=machine, member=holder, started_at=before, ended_at=before + timedelta(hours=2)
    )
    return World(
        space=machine.space,
        machine=machine,
        reservation=reservation,
        exchange=ExchangeFactory(reservation=reservation),
        closure=closure.pk,
        upkeep=upkeep.pk,
        fault=FaultFactory(machine=machine, starts_at=now()),
        message=MessageFactory(recipient=holder, space_key=str(machine.space_id)),
        endpoint=EndpointFactory(member=holder),
        token=token,
        document=Document.objects.create(
            machine=machine, title="Sheet", licence="CC0-1.0", file=ContentFile(b"x", "sheet.txt")
        ).pk,
        window=window,
        series=SeriesFactory(machine=machine, member=holder, event__start=later),
        wish=WishFactory(machine=machine, member=holder, earliest_at=soon),
        offer=OfferFactory(entry__machine=machine, entry__member=holder, entry__earliest_at=later),
        pool=pool,
        displacement=DisplacementFactory(
            reservation__member=holder, reservation__machine=machine, starts_at=later
        ),
        delegate=DelegateFactory(company=window.contract.company, kind="admin"),
        invitation=InvitationFactory(company=window.contract.company),
        quota=Quota.objects.create(
            space=machine.space, account="member", scope="space", window="day", count=2
        ),
        feed=create_feed(member=holder, kind=FeedKind.MINE, now=now())[0],
        followed=FollowedCalendarFactory(space=machine.space),
        reminder=ReminderRule.objects.create(space=machine.space),
        consumable=ConsumableFactory(space=machine.space),
        supplier=SupplierFactory(space=machine.space),
        session=used,
        correction=CorrectionFactory(session=used),
        entry=KioskEntryFactory(machine=machine),
        question=QuestionFactory(machine=machine),
        badge=BadgeFactory(member=holder, space=machine.space),
    )


@dataclass(frozen=True)
class Door:
    """An address, and what a visitor, a stranger and the staff of another space find there.

    One that is only sent to may lead whoever reads it to the page where its form stands.
    """

    arguments: Callable[[World], list[Any]]
    visitor: int | str
    maker: int | str
    other_staff: int | str
    post: bool = False
    leads_to_form: bool = False


def of_space(world: World) -> list[Any]:
    return [world.space.slug]


def of_machine(world: World) -> list[Any]:
    return [world.space.slug, world.machine.slug]


def of_pool(world: World) -> list[Any]:
    return [world.space.slug, world.pool.slug]


def of_reservation(world: World) -> list[Any]:
    return [world.reservation.pk]


def of_series(world: World) -> list[Any]:
    return [world.series.pk]


def of_company(world: World) -> list[Any]:
    return [world.window.contract.company.slug]


def of_contract(world: World) -> list[Any]:
    return [world.space.slug, *of_company(world), world.window.contract_id]


def of_category(world: World) -> list[Any]:
    return [world.space.slug, world.machine.category.slug, "everybody"]


def of_text(world: World) -> list[Any]:
    return [world.space.slug, "reservation_confirmed", "en"]


def of_endpoint(world: World) -> list[Any]:
    return [world.endpoint.pk]


def of_calendar(world: World) -> list[Any]:
    return [world.space.slug, world.followed.pk]


def nothing(_world: World) -> list[Any]:
    return []


def public(arguments: Callable[[World], list[Any]]) -> Door:
    return Door(arguments, OPEN, OPEN, OPEN)


def personal(arguments: Callable[[World], list[Any]]) -> Door:
    return Door(arguments, LOGIN, OPEN, OPEN)


def staff(arguments: Callable[[World], list[Any]], *, post: bool = False) -> Door:
    return Door(arguments, LOGIN, FORBIDDEN, FORBIDDEN, post)


def hidden(arguments: Callable[[World], list[Any]], *, post: bool = False) -> Door:
    return Door(arguments, LOGIN, HIDDEN, HIDDEN, post)
