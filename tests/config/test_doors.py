"""Every address and every call of the API, and who is turned away from it.

The tables below must name each one: an address that is added without saying who may open it
fails here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from billing.models import GuaranteedWindow
from booking.models import (
    Displacement,
    Exchange,
    Feed,
    Offer,
    Quota,
    ReminderRule,
    Reservation,
    Series,
    WaitlistEntry,
)
from booking.services.feeds import create_feed
from booking.states import FeedKind, ReservationState
from config.api import api
from machines.models import Document, Fault, FollowedCalendar, Machine, Pool
from machines.services.calendars import add_closure, plan_maintenance
from members.models import Delegate, Invitation, Member, Token
from members.services.tokens import create_token
from members.states import Scope
from notifications.clicks import Key
from notifications.clicks import key_of as key_of_click
from notifications.models import Endpoint, Message
from notifications.unsubscribing import Switch, key_of
from spaces.intervals import Interval
from spaces.models import Space
from tests.factories.billing import GuaranteedWindowFactory
from tests.factories.booking import (
    DisplacementFactory,
    ExchangeFactory,
    OfferFactory,
    ReservationFactory,
    SeriesFactory,
    WishFactory,
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
    RoleFactory,
)
from tests.factories.notifications import EndpointFactory, MessageFactory

pytestmark = pytest.mark.django_db

LOGIN, FORBIDDEN, HIDDEN, OPEN, NOTHING, TURNED_AWAY = "login", 403, 404, 200, 204, 401
NOT_OURS = ("account/", "admin/", "i18n/", "api/v1/")
"""Addresses of libraries; those of the API have a table of their own."""


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


@pytest.fixture
def world() -> World:
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
    )


@dataclass(frozen=True)
class Door:
    """An address, and what a visitor, a stranger and the staff of another space find there."""

    arguments: Callable[[World], list[Any]]
    visitor: int | str
    maker: int | str
    other_staff: int | str
    post: bool = False


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


DOORS = {
    # Says to anybody whether all is well; without a worker, as here, it is not.
    "health": Door(nothing, 503, 503, 503),
    "offline": public(nothing),
    "service_worker": public(nothing),
    "booking:home": public(nothing),
    "booking:catalogue": public(nothing),
    "booking:slots": public(nothing),
    "booking:machine": public(of_machine),
    "booking:machine_qr": public(of_machine),
    "booking:verdict": public(of_machine),
    "booking:at_machine": public(of_machine),
    "booking:reserve": personal(of_machine),
    "booking:reservations": personal(nothing),
    "booking:reservation": hidden(of_reservation),
    "booking:reservation_move": hidden(of_reservation, post=True),
    "booking:reservation_prolong": hidden(of_reservation, post=True),
    "booking:reservation_cancel": hidden(of_reservation, post=True),
    "booking:reservation_restore": hidden(of_reservation, post=True),
    "booking:pool": public(of_pool),
    "booking:pool_reserve": personal(of_pool),
    "booking:pool_verdict": public(of_pool),
    "booking:space_pools": staff(of_space, post=True),
    "booking:space_pool": staff(of_pool, post=True),
    "booking:cart": public(nothing),
    "booking:cart_verdict": Door(nothing, NOTHING, NOTHING, NOTHING),
    "booking:cart_add": Door(nothing, HIDDEN, HIDDEN, HIDDEN, post=True),
    # Takes out of nobody's cart but one's own.
    "booking:cart_remove": Door(nothing, 302, 302, 302, post=True),
    "booking:calendars": personal(nothing),
    "booking:calendar_revoke": hidden(lambda w: [w.feed.pk], post=True),
    "booking:series_new": personal(of_machine),
    "booking:series_list": personal(nothing),
    "booking:series": hidden(of_series),
    "booking:series_cancel": hidden(of_series, post=True),
    "booking:series_try": hidden(of_series, post=True),
    "booking:series_move": hidden(of_series, post=True),
    "booking:series_extend": hidden(of_series, post=True),
    "booking:space_series": staff(of_space),
    "booking:exchange_new": hidden(of_reservation, post=True),
    "booking:exchange": hidden(lambda w: [w.exchange.pk]),
    "booking:exchange_accept": hidden(lambda w: [w.exchange.pk], post=True),
    "booking:exchange_decline": hidden(lambda w: [w.exchange.pk], post=True),
    "booking:exchange_withdraw": hidden(lambda w: [w.exchange.pk], post=True),
    "booking:wish_new": personal(of_machine),
    "booking:wishes": personal(nothing),
    "booking:wish_leave": hidden(lambda w: [w.wish.pk], post=True),
    "booking:offer": hidden(lambda w: [w.offer.pk]),
    "booking:offer_accept": hidden(lambda w: [w.offer.pk], post=True),
    "booking:offer_decline": hidden(lambda w: [w.offer.pk], post=True),
    "booking:displacement": hidden(lambda w: [w.displacement.pk]),
    "booking:displacement_accept": hidden(lambda w: [w.displacement.pk], post=True),
    "booking:displacement_decline": hidden(lambda w: [w.displacement.pk], post=True),
    "booking:displacement_choose": hidden(lambda w: [w.displacement.pk], post=True),
    "booking:displaced": staff(of_space, post=True),
    "booking:space_waitlist": staff(of_space),
    "booking:policies": staff(of_space),
    "booking:policy_trial": staff(of_space),
    "booking:category_policy": staff(of_category),
    "booking:machine_policies": staff(of_machine),
    "booking:machine_policy": staff(lambda w: [*of_machine(w), "maker"]),
    "booking:quotas": staff(of_space),
    "booking:quota_new": staff(of_space),
    "booking:quota": staff(lambda w: [w.space.slug, w.quota.pk]),
    "booking:space_reminders": staff(of_space),
    "booking:reminder_new": staff(of_space),
    "booking:reminder": staff(lambda w: [w.space.slug, w.reminder.pk]),
    "billing:prices": staff(of_machine),
    "booking:space_wish": staff(lambda w: [w.space.slug, w.wish.pk], post=True),
    "booking:check_in": hidden(of_reservation, post=True),
    "booking:check_out": hidden(of_reservation, post=True),
    "booking:reservation_ics": hidden(of_reservation),
    "booking:block": staff(of_machine, post=True),
    "booking:board": staff(of_space),
    "booking:requests": staff(of_space),
    "booking:request": staff(lambda w: [w.space.slug, w.reservation.pk], post=True),
    "billing:inventory_import": staff(of_space, post=True),
    "billing:inventory_export": staff(of_space),
    "machines:photo": Door(of_machine, HIDDEN, HIDDEN, HIDDEN),
    "machines:document": public(lambda w: [w.document]),
    "machines:inventory": staff(of_space),
    "machines:hours": staff(of_space, post=True),
    "booking:closures": staff(of_space, post=True),
    "booking:closure_remove": staff(lambda w: [w.space.slug, w.closure], post=True),
    "booking:followed_calendars": staff(of_space, post=True),
    "booking:machine_calendars": staff(of_machine, post=True),
    "booking:followed_calendar": staff(of_calendar, post=True),
    "booking:followed_calendar_change": staff(lambda w: [*of_calendar(w), "remove"], post=True),
    "booking:holidays": staff(of_space, post=True),
    "machines:machine_hours": staff(of_machine, post=True),
    "booking:maintenance": staff(of_machine, post=True),
    "booking:maintenance_remove": staff(lambda w: [*of_machine(w), w.upkeep], post=True),
    "booking:faults": staff(of_machine, post=True),
    "booking:fault_resolve": staff(lambda w: [*of_machine(w), w.fault.pk], post=True),
    "members:messages": staff(of_space),
    "members:message": staff(lambda w: [w.message.pk]),
    "members:message_html": staff(lambda w: [w.message.pk]),
    "members:message_templates": staff(of_space),
    "members:message_template": staff(of_text),
    "members:message_text": staff(of_text),
    "members:message_text_reset": staff(of_text, post=True),
    "notifications:channels": personal(nothing),
    # Adds to nobody's channels but one's own.
    "notifications:channel_add": Door(lambda _world: ["webhook"], LOGIN, 422, 422, post=True),
    "notifications:channel_change": hidden(of_endpoint, post=True),
    "notifications:channel_test": hidden(of_endpoint, post=True),
    "notifications:channel_switch_on": hidden(of_endpoint, post=True),
    "notifications:channel_remove": hidden(of_endpoint, post=True),
    "members:profile": personal(nothing),
    "members:companies": personal(nothing),
    "members:company_people": hidden(of_company, post=True),
    "members:delegate_change": hidden(lambda w: [*of_company(w), w.delegate.pk], post=True),
    "members:delegate_remove": hidden(lambda w: [*of_company(w), w.delegate.pk], post=True),
    "members:invitation_withdraw": hidden(lambda w: [*of_company(w), w.invitation.pk], post=True),
    "members:invitation_accept": hidden(lambda w: [w.invitation.pk], post=True),
    "members:invitation_decline": hidden(lambda w: [w.invitation.pk], post=True),
    "booking:company": hidden(of_company),
    "booking:guarantee_confirm": hidden(lambda w: [*of_company(w), w.reservation.pk], post=True),
    "booking:space_companies": staff(of_space, post=True),
    "booking:space_company": staff(lambda w: of_contract(w)[:2], post=True),
    "booking:contract": staff(of_contract, post=True),
    "booking:guaranteed_window_new": staff(of_contract, post=True),
    "booking:guaranteed_window": staff(lambda w: [*of_contract(w), w.window.pk], post=True),
    # The key in the mail is the permission, and looking turns nothing off.
    "members:unsubscribe": public(
        lambda w: [key_of(Switch(w.reservation.member_id, ("reminders",)))]
    ),
    "booking:click": public(lambda w: [key_of_click(Key(w.message.pk, "cancel"))]),
    "booking:message_choices": personal(nothing),
    "members:token_create": Door(nothing, LOGIN, 422, 422, post=True),
    "members:token_revoke": hidden(lambda w: [w.token.pk], post=True),
    "reports:utilisation": staff(of_space),
    "reports:export": staff(of_space),
    "reports:chart": staff(lambda w: [w.space.slug, "machines", "wide", "light"]),
    "reports:metrics": public(nothing),
}

CALLS = {
    "get spaces": (OPEN, OPEN),
    "get spaces/{slug}": (OPEN, OPEN),
    "get spaces/{slug}/opening": (OPEN, OPEN),
    "get machines": (OPEN, OPEN),
    "get machines/{id}": (OPEN, OPEN),
    "get slots": (422, 422),
    "get machines/{id}/availability": (OPEN, OPEN),
    "get pools": (OPEN, OPEN),
    "get pools/{id}": (OPEN, OPEN),
    "get pools/{id}/availability": (OPEN, OPEN),
    "get waitlist": (TURNED_AWAY, OPEN),
    "post waitlist": (TURNED_AWAY, 422),
    "delete waitlist/{id}": (TURNED_AWAY, HIDDEN),
    "get offers/{id}": (TURNED_AWAY, HIDDEN),
    "post offers/{id}/accept": (TURNED_AWAY, HIDDEN),
    "post offers/{id}/decline": (TURNED_AWAY, HIDDEN),
    "post reservations/check": (TURNED_AWAY, 422),
    "post reservations": (TURNED_AWAY, 422),
    "post series/check": (TURNED_AWAY, 422),
    "post series": (TURNED_AWAY, 422),
    "get series/{id}": (TURNED_AWAY, HIDDEN),
    "post series/{id}/cancel": (TURNED_AWAY, HIDDEN),
    "post carts/check": (TURNED_AWAY, 422),
    "post carts": (TURNED_AWAY, 422),
    "post reservations/{id}/exchange": (TURNED_AWAY, HIDDEN),
    "get exchanges/{id}": (TURNED_AWAY, HIDDEN),
    "post exchanges/{id}/accept": (TURNED_AWAY, HIDDEN),
    "post exchanges/{id}/decline": (TURNED_AWAY, HIDDEN),
    "post exchanges/{id}/withdraw": (TURNED_AWAY, HIDDEN),
    # Whoever has the address reads it, and nobody else: here nobody has it.
    "get calendars/{token}.ics": (HIDDEN, HIDDEN),
    "get reservations": (TURNED_AWAY, OPEN),
    "get reservations/{id}": (TURNED_AWAY, HIDDEN),
    "patch reservations/{id}": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/cancel": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/restore": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/approve": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/deny": (TURNED_AWAY, 422),
    "post reservations/{id}/check-in": (TURNED_AWAY, HIDDEN),
    "post reservations/{id}/check-out": (TURNED_AWAY, HIDDEN),
}
"""What a visitor and what a stranger or the staff of another space are answered."""


def addresses(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[str]:
    """The names of all addresses of our own."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(NOT_OURS):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def calls() -> set[str]:
    """Every operation of the API."""
    paths = api.get_openapi_schema()["paths"]
    return {f"{method} {path.removeprefix('/api/v1/')}" for path in paths for method in paths[path]}


def browser(member: Member | None) -> Client:
    """A browser in which `member` has signed in."""
    client = Client()
    if member is not None:
        client.force_login(member)
    return client


def people() -> dict[str, Member | None]:
    """Those who have nothing to do with the space."""
    return {
        "visitor": None,
        "maker": MemberFactory(),
        "other_staff": RoleFactory().member,
    }


def test_every_address_says_who_may_open_it() -> None:
    assert set(addresses(get_resolver().url_patterns)) == set(DOORS)


def test_every_call_says_who_may_make_it() -> None:
    assert calls() == set(CALLS)


@pytest.mark.parametrize("name", DOORS)
def test_the_wrong_person_is_turned_away(name: str, world: World) -> None:
    door = DOORS[name]
    address = reverse(name, args=door.arguments(world))
    for who, person in people().items():
        expected = getattr(door, who)
        client = browser(person)
        for method in ("get", "post") if door.post else ("get",):
            response = getattr(client, method)(address)
            if expected == LOGIN:
                assert response.status_code == 302, (who, method)
                assert response["Location"].startswith(reverse("account_login")), (who, method)
            else:
                # An address that is only posted to says so before it looks.
                assert response.status_code in {expected, 405 if method == "get" else expected}, (
                    who,
                    method,
                )
    untouched(world)


@pytest.mark.parametrize("name", CALLS)
def test_the_wrong_program_is_turned_away(name: str, world: World) -> None:
    method, path = name.split(" ")
    of_what = {"machines": world.machine, "pools": world.pool, "offers": world.offer}
    of_what |= {"waitlist": world.wish, "exchanges": world.exchange}
    pk = of_what.get(path.split("/")[0], world.reservation).pk
    address = "/api/v1/" + path.format(slug=world.space.slug, id=pk, token=world.feed.hint)
    body = {"content_type": "application/json", "data": "{}"} if method != "get" else {}
    visitor, stranger = CALLS[name]
    for who, person in people().items():
        headers = {} if person is None else {"Authorization": f"Bearer {secret_of(person)}"}
        response = getattr(Client(headers=headers), method)(address, **body)
        assert response.status_code == (visitor if person is None else stranger), who
    untouched(world)


def test_a_forged_header_buys_no_more_calls(settings: Any, world: World) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    with time_machine.travel(datetime(2026, 5, 4, 8, tzinfo=UTC), tick=False):
        answers = [
            Client(headers={"X-Forwarded-For": f"192.0.2.{number}"}).get("/api/v1/spaces")
            for number in range(4)
        ]
    assert [answer.status_code for answer in answers] == [OPEN, OPEN, 429, 429]


@pytest.mark.parametrize("state", ["revoked", "expired", "inactive", "too narrow"])
def test_a_token_that_does_not_hold_opens_nothing(state: str, world: World) -> None:
    member = world.reservation.member
    assert member is not None
    token, secret = create_token(
        member=member,
        scopes=[Scope.READ if state == "too narrow" else Scope.STAFF],
        name="",
        expires_at=now() - timedelta(seconds=1) if state == "expired" else None,
        now=now(),
    )
    if state == "revoked":
        Token.objects.filter(pk=token.pk).update(revoked_at=now())
    if state == "inactive":
        Member.objects.filter(pk=member.pk).update(is_active=False)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    address = f"/api/v1/reservations/{world.reservation.pk}/cancel"
    assert client.post(address).status_code == TURNED_AWAY
    untouched(world)


def test_who_was_signed_in_when_deactivated_is_a_visitor(world: World) -> None:
    person = RoleFactory(space=world.space).member
    client = browser(person)
    address = reverse("booking:board", args=[world.space.slug])
    assert client.get(address).status_code == OPEN
    Member.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(address).status_code == 302


def test_a_session_that_writes_needs_the_token_of_its_pages(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    holder = world.reservation.member
    assert holder is not None
    client.force_login(holder)
    address = f"/api/v1/reservations/{world.reservation.pk}/cancel"
    assert client.post(address).status_code == FORBIDDEN
    untouched(world)


def test_things_of_one_space_are_not_reached_through_another(world: World) -> None:
    elsewhere = RoleFactory()
    machine = MachineFactory(space=elsewhere.space)
    client = browser(elsewhere.member)
    place = elsewhere.space.slug
    for name, arguments in {
        "booking:closure_remove": [place, world.closure],
        "booking:maintenance_remove": [place, machine.slug, world.upkeep],
        "booking:fault_resolve": [place, machine.slug, world.fault.pk],
        "booking:faults": [place, world.machine.slug],
    }.items():
        assert client.post(reverse(name, args=arguments)).status_code == HIDDEN, name
    board = reverse("booking:board", args=[place])
    for chosen in (f"reservation={world.reservation.pk}", f"machine={world.machine.pk}"):
        assert client.get(f"{board}?{chosen}").status_code == HIDDEN
    untouched(world)


def test_the_admin_has_no_door_of_its_own() -> None:
    """Its own form would ask for no second factor and count no tries."""
    boss = MemberFactory(is_staff=True, is_superuser=True)
    EmailAddress.objects.create(user=boss, email=boss.email, verified=True, primary=True)
    address = reverse("admin:login")
    response = Client().post(
        address, {"username": boss.email, "password": "correct horse battery", "next": "/admin/"}
    )
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    assert browser(MemberFactory()).get(address).status_code == FORBIDDEN
    assert browser(boss).get(reverse("admin:index")).status_code == OPEN


def test_every_page_of_the_admin_opens_for_its_own_and_nobody_else(world: World) -> None:
    boss = browser(MemberFactory(is_staff=True, is_superuser=True))
    strangers = [browser(None), browser(RoleFactory(space=world.space).member)]
    for model in admin.site._registry:
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for name in (f"{page}_changelist", f"{page}_add"):
            response = boss.get(reverse(name))
            # What only services write has no page to add it.
            assert response.status_code == OPEN or name.endswith("_add"), name
            assert response.status_code in {OPEN, FORBIDDEN}, name
            assert "unsafe" not in response["Content-Security-Policy"], name
            for stranger in strangers:
                assert stranger.get(reverse(name)).status_code == 302, name


@pytest.mark.parametrize("field", ["next", "Referer"])
def test_nobody_is_sent_elsewhere(field: str, world: World) -> None:
    client = browser(world.reservation.member)
    elsewhere = "https://evil.example/"
    sent = {"next": elsewhere} if field == "next" else {}
    headers = {} if sent else {"referer": elsewhere}
    for address in (
        reverse("booking:reservation_cancel", args=[world.reservation.pk]),
        reverse("set_language"),
    ):
        response = client.post(address, {"language": "fr", **sent}, headers=headers)
        assert response.status_code == 302
        assert "evil" not in response["Location"]


@pytest.mark.parametrize(
    "address",
    [
        "machines?near=inf,0",
        "machines?near=nan,nan",
        "machines?near=1e9,7",
        "machines?free_from=2026-01-01T00:00:00Z",
        "machines?free_from=0001-01-01T00:00:00Z&free_until=9999-12-31T23:59:59Z",
        "machines?q=%00",
        "machines?space=a%00b",
        "machines?cursor=%00",
        "spaces/a%00b",
        "machines/99999999999999999999999",
        "machines/{id}/availability?from=9999-12-31T23:00:00Z",
        "machines/{id}/availability?from=0001-01-01T00:00:00%2B14:00",
        "machines/{id}/availability?from=2026-01-01T00:00:00Z&until=9999-12-31T23:59:59-14:00",
        "reservations?from=0001-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-14:00",
        "reservations?state=%00",
        "reservations/99999999999999999999999",
    ],
)
def test_no_question_is_too_odd_for_an_answer(address: str, world: World) -> None:
    headers = {"Authorization": f"Bearer {secret_of(world.reservation.member)}"}
    response = Client(headers=headers).get("/api/v1/" + address.format(id=world.machine.pk))
    assert response.status_code in {200, 404, 422}


@pytest.mark.parametrize(
    "address",
    [
        "/machines/?date=9999-12-31&start=23:00&end=23:30",
        "/machines/?date=0001-01-01&start=00:00&end=00:30",
        "/machines/?q=%00&space=%00&page=x",
        "{machine}?week=9999-12-31",
        "{machine}?date=9999-12-31&start=23:00&end=01:00&end_date=9999-12-31",
        "{machine}?date=0001-01-01&start=00:00&end=00:30",
        "{machine}verdict/?date=9999-12-31&start=23:00&end=01:00",
        "{machine}verdict/?date=2026-10-25&start=02:30/2&end=02:15/2",
        "{machine}reserve/?date=9999-12-31&start=99:99&end=/2",
        "/spaces/{space}/board/?day=9999-12-31",
        "/spaces/{space}/board/?week=0001-01-01",
        "/spaces/{space}/board/?reservation=99999999999999999999999",
        "/spaces/{space}/utilisation/?month=9999-12",
        "/spaces/{space}/messages/?page=99999999999&state=%00",
        "/spaces/{space}/inventory/?q=%00&page=x",
        "/spaces/{space}/inventory/import/?draft=99999999999999999999999",
        "/spaces/{space}/holidays/?year=%00",
    ],
)
def test_no_address_is_too_odd_for_a_page(address: str, world: World) -> None:
    client = browser(RoleFactory(space=world.space).member)
    machine = reverse("booking:machine", args=of_machine(world))
    response = client.get(address.format(machine=machine, space=world.space.slug))
    assert response.status_code in {200, 404, 422}


@pytest.mark.parametrize(
    "told",
    [
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"starts_at": "9999-12-31T22:00:00-14:00", "ends_at": "9999-12-31T23:00:00-14:00"},
        {"rule": "FREQ=WEEKLY;UNTIL=99991231"},
        {"rule": "FREQ=WEEKLY;UNTIL=00010101"},
        {"excepted": ["0001-01-01"]},
        {"excepted": ["9999-12-31"]},
    ],
)
def test_no_series_is_too_odd_for_an_answer(told: dict[str, Any], world: World) -> None:
    headers = {"Authorization": f"Bearer {secret_of(world.series.member)}"}
    begins = now() + timedelta(days=3)
    body = {
        "machine": world.machine.pk,
        "rule": "FREQ=WEEKLY;COUNT=3",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=1)).isoformat(),
    }
    for call in ("series/check", "series"):
        response = Client(headers=headers).post(
            f"/api/v1/{call}", body | told, content_type="application/json"
        )
        assert response.status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_is_too_odd_to_end_a_series_on(day: str, world: World) -> None:
    holder = world.series.member
    page = browser(holder).post(
        reverse("booking:series_cancel", args=of_series(world)), {"from_day": day}
    )
    assert page.status_code == HIDDEN
    answer = Client(headers={"Authorization": f"Bearer {secret_of(holder)}"}).post(
        f"/api/v1/series/{world.series.pk}/cancel",
        {"from_date": day},
        content_type="application/json",
    )
    assert answer.status_code == 422


def test_a_call_with_a_zero_in_its_text_is_refused(world: World) -> None:
    headers = {"Authorization": f"Bearer {secret_of(MemberFactory())}"}
    begins = now() + timedelta(days=3)
    response = Client(headers=headers).post(
        "/api/v1/reservations",
        {
            "machine": world.machine.pk,
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=1)).isoformat(),
            "purpose": "a\0b",
        },
        content_type="application/json",
    )
    assert response.status_code == 422


def secret_of(member: Member | None) -> str:
    """The secret of a token of `member` that reaches as far as any."""
    assert member is not None
    _token, secret = create_token(
        member=member, scopes=[Scope.STAFF], name="", expires_at=None, now=now()
    )
    return secret


def untouched(world: World) -> None:
    """Nothing in `world` was changed by those who have no business there."""
    world.reservation.refresh_from_db()
    assert world.reservation.state == ReservationState.CONFIRMED
    world.fault.refresh_from_db()
    assert world.fault.ends_at is None
    world.token.refresh_from_db()
    assert world.token.revoked_at is None
    world.feed.refresh_from_db()
    assert world.feed.revoked_at is None
    assert world.machine.calendars.get(kind="maintenance").calendar.events.exists()
    assert world.space.calendars.get(kind="closed").calendar.events.exists()
