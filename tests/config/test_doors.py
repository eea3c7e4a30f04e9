"""Every address and every call of the API, and who is turned away from it.

The tables of `tests.config.doors` must name each one: an address that is added without saying who
may open it fails here.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from booking.states import ReservationState
from config.api import api
from members.models import Member, Token
from members.services.tokens import create_token
from members.states import Scope
from tests.config.doors import ASKED, CALLS, DOORS, IDS
from tests.config.doors.door import (
    FORBIDDEN,
    HIDDEN,
    LOGIN,
    OPEN,
    TURNED_AWAY,
    World,
    of_machine,
    of_series,
)
from tests.factories.machines import (
    MachineFactory,
)
from tests.factories.members import (
    MemberFactory,
    RoleFactory,
)
from tests.journeys.rooms import ROOMS

pytestmark = pytest.mark.django_db

NOT_OURS = ("account/", "admin/", "i18n/", "api/v1/")
"""Addresses of libraries; those of the API have a table of their own."""


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
                # An address that is only posted to says so before it looks, or leads to its form.
                unsent = {302} if door.leads_to_form else {expected, 405}
                allowed = unsent if method == "get" else {expected}
                assert response.status_code in allowed, (who, method)
    untouched(world)


@pytest.mark.parametrize("name", CALLS)
def test_the_wrong_program_is_turned_away(name: str, world: World) -> None:
    method, path = name.split(" ")
    pk = IDS[path.split("/")[0]](world) if "{id}" in path else 0
    address = "/api/v1/" + (path + ASKED.get(path, "")).format(
        slug=world.space.slug, id=pk, token=world.feed.hint, name="machines", form="json"
    )
    body = {"content_type": "application/json", "data": "{}"} if method != "get" else {}
    visitor, stranger = CALLS[name]
    for who, person in people().items():
        headers = {} if person is None else {"Authorization": f"Bearer {secret_of(person)}"}
        response = getattr(Client(headers=headers), method)(address, **body)
        assert response.status_code == (visitor if person is None else stranger), who
    untouched(world)


def test_no_page_stands_at_an_address_that_is_only_sent_to(world: World) -> None:
    """Whoever chooses another language on a page, or comes back to it, asks for its address."""
    holder = world.reservation.member
    assert holder is not None
    Member.objects.filter(pk=holder.pk).update(is_superuser=True)
    client = browser(holder)
    actions = {
        name
        for room in ROOMS
        for name, why in room.no_pages.items()
        if why.startswith("an act") and name in DOORS
    }
    for name in sorted(actions):
        address = reverse(name, args=DOORS[name].arguments(world))
        with transaction.atomic():
            response = client.post(address)
            is_page = response.get("Content-Type", "").startswith("text/html")
            if is_page and response.status_code in {200, 409, 422}:
                assert client.get(address).status_code in {200, 302}, name
            transaction.set_rollback(True)


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
        "/reports/utilisation/?scope=space:{space}&from=9999-12-31&until=0001-01-01",
        "/reports/utilisation/?scope=pool:%00&from=%00&compare=x&assumed=x&sort=%00",
        "/reports/utilisation/sessions/?scope=space:{space}&page=99999999999",
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
        member=member, scopes=[Scope.STAFF, Scope.REPORTS], name="", expires_at=None, now=now()
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
