"""Who had a machine on days that are over: its staff knows, and who had it; nobody else can ask.

From the calendars of a past month anybody could add up the hours that public figures hide.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from booking.models import Reservation
from booking.states import FeedKind
from machines.models import Machine
from members.models import Member
from members.services.tokens import create_token
from members.states import Scope
from tests.booking.following import followed, read
from tests.factories.booking import ReservationFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 6, 8, tzinfo=UTC)
"""A Wednesday: of its week two days are over, and of the day ten hours in the space."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def machine() -> Machine:
    return MachineFactory()


@pytest.fixture
def over(machine: Machine) -> Reservation:
    """What a delegate had on Monday; others had or have the machine every day around it."""
    delegate = DelegateFactory()
    row = ReservationFactory(
        machine=machine,
        member=delegate.member,
        company=delegate.company,
        starts_at=NOW - 2 * DAY,
        state="completed",
    )
    for days, hours in ((-2, 3), (-1, 0), (0, -3), (0, 3), (1, 0)):
        start = NOW + days * DAY + hours * HOUR
        state = "completed" if start < NOW else "confirmed"
        ReservationFactory(machine=machine, starts_at=start, state=state)
    return row


def around(row: Reservation) -> dict[str, tuple[Member | None, int]]:
    """Everybody who looks, and how many of the six reservations are theirs to see."""
    return {
        "visitor": (None, 3),
        "member": (MemberFactory(), 3),
        "staff of another space": (RoleFactory().member, 3),
        "holder": (row.member, 4),
        "colleague": (DelegateFactory(company=row.company).member, 4),
        "staff": (RoleFactory(space=row.machine.space).member, 6),
    }


def browser(person: Member | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_programs_are_told_the_past_of_their_callers_only(over: Reservation) -> None:
    address = f"/api/v1/machines/{over.machine.pk}/availability"
    window = {"from": "2026-05-01T00:00:00Z", "until": "2026-05-31T00:00:00Z"}
    for who, (person, seen) in around(over).items():
        headers = {}
        if person:
            _token, secret = create_token(
                member=person, name="x", scopes=[Scope.READ], expires_at=None, now=NOW
            )
            headers = {"Authorization": f"Bearer {secret}"}
        told = Client(headers=headers).get(address, window).json()
        assert len(told["busy"]) == seen, who


def test_the_week_of_a_machine_shows_the_past_of_its_reader_only(over: Reservation) -> None:
    address = reverse("booking:machine", args=[over.machine.space.slug, over.machine.slug])
    for who, (person, seen) in around(over).items():
        page = browser(person).get(address, {"week": "2026-05-06"})
        kinds = [item.kind for lane in page.context["row"].lanes for item in lane.items]
        assert sum(kind in {"reserved", "own", "company"} for kind in kinds) == seen, who
        assert ("only your own reservations" in page.text) == (who != "staff"), who
    # A week that is over is a page like any other, and one to come says nothing of the past.
    for week, is_told in (("2026-04-01", True), ("2026-05-13", False)):
        page = browser(None).get(address, {"week": week})
        assert ("only your own reservations" in page.text) is is_told


def test_calendar_programs_are_told_the_past_of_their_readers_only(over: Reservation) -> None:
    machine = over.machine
    for who, (person, seen) in around(over).items():
        if person is None:
            continue
        of_machine = followed(person, FeedKind.MACHINE, machine=machine)
        of_space = followed(person, FeedKind.SPACE, space=machine.space)
        assert [len(read(each)) for each in (of_machine, of_space)] == [seen, seen], who


def test_what_reaches_into_today_is_still_shown(machine: Machine) -> None:
    for start, end in ((NOW - DAY, NOW), (NOW - 3 * DAY, NOW - 2 * DAY)):
        ReservationFactory(machine=machine, starts_at=start, ends_at=end, state="completed")
    told = Client().get(
        f"/api/v1/machines/{machine.pk}/availability", {"from": "2026-05-01T00:00:00Z"}
    )
    assert [each["starts_at"][:10] for each in told.json()["busy"]] == ["2026-05-05"]


def test_nobody_finds_out_by_asking_for_the_time(over: Reservation) -> None:
    start, end = over.starts_at, over.ends_at
    body = {"machine": over.machine.pk, "starts_at": start, "ends_at": end}
    codes = {}
    for who in ("member", "staff"):
        person, _seen = around(over)[who]
        answer = browser(person).post(
            "/api/v1/reservations/check", body, content_type="application/json"
        )
        codes[who] = [each["code"] for each in answer.json()["refusals"]]
    assert codes == {"member": ["IN_THE_PAST"], "staff": ["IN_THE_PAST", "TAKEN"]}
