"""What the page of a machine says about it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from billing.models import HourlyPrice
from booking.drawings import drawing_of
from booking.plain_words import rules_in_words
from booking.queries.availability import MachineNow
from booking.queries.sheet import asks_of, hours_of_week
from booking.queries.terms import terms_of
from booking.queries.viewer import Viewer
from booking.states import MachineState
from booking.templatetags.wording import state_in_words
from machines.models import Document, Spec
from machines.services.calendars import WeeklySpan, set_weekly_hours
from machines.states import CalendarKind
from members.states import Audience
from spaces.money import money_in_words
from tests.factories.booking import PolicyFactory
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, SkillFactory

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_the_rules_are_told_in_sentences() -> None:
    machine = MachineFactory.create()
    PolicyFactory.create(
        machine=machine,
        lead_time=timedelta(hours=2),
        horizon_days=30,
        shortest=timedelta(minutes=30),
        longest=timedelta(hours=4),
        grid=timedelta(minutes=15),
        setup=timedelta(minutes=10),
        turnaround=timedelta(minutes=15),
        cancellation_window=timedelta(hours=2),
        grace_period=timedelta(minutes=20),
        staff_needed=True,
        membership_needed=True,
    )

    assert rules_in_words(terms_of(machine, audience=Audience.MAKER)) == [
        "Book from 2 hours to 30 days ahead.",
        "From 30 minutes to 4 hours at a time, starting and ending on a quarter of an hour.",
        "Cancel free of charge until 2 hours before it starts.",
        "Check in within 20 minutes of the start; after that the time is given back.",
        "The machine is kept 10 minutes before for setup and 15 minutes after for cleaning.",
        "Only while staff is there.",
        "For members of the space.",
    ]


@pytest.mark.parametrize(
    ("setup", "turnaround", "sentence"),
    [
        (10, 0, "The machine is kept 10 minutes before for setup."),
        (0, 10, "The machine is kept 10 minutes after for cleaning."),
    ],
)
def test_terms_that_are_nothing_are_not_told(setup: int, turnaround: int, sentence: str) -> None:
    machine = MachineFactory.create()
    PolicyFactory.create(
        machine=machine,
        lead_time=timedelta(0),
        cancellation_window=timedelta(0),
        grid=timedelta(minutes=20),
        setup=timedelta(minutes=setup),
        turnaround=timedelta(minutes=turnaround),
    )

    rules = rules_in_words(terms_of(machine, audience=Audience.MAKER))

    assert "until the last minute" in rules[0]
    assert "in steps of 20 minutes" in rules[1]
    assert rules[2] == "Cancel free of charge until it starts."
    assert rules[4:] == [sentence]


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "CHF", "CHF 1’234.50"),
        ("de", "CHF", "CHF 1’234.50"),
        ("de", "EUR", "EUR 1’234.50"),
        ("fr", "CHF", "CHF 1\u202f234.50"),
        ("fr", "EUR", "EUR 1\u202f234,50"),
        ("it", "EUR", "EUR 1.234,50"),
        ("en", "NZD", "NZD 1,234.50"),
    ],
)
def test_money_follows_the_language(language: str, currency: str, text: str) -> None:
    with translation.override(language):
        assert money_in_words(Decimal("1234.5"), currency) == text.replace(" ", "\u00a0", 1)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (None, "Free"),
        (datetime(2026, 5, 4, 12, tzinfo=UTC), "Free until 14:00"),
        (datetime(2026, 5, 4, 22, tzinfo=UTC), "Free until midnight"),
        (datetime(2026, 5, 5, 8, tzinfo=UTC), "Free until Tue 10:00"),
        (datetime(2026, 5, 20, 8, tzinfo=UTC), "Free until 20 May"),
    ],
)
def test_a_state_says_until_when_on_the_clock_of_the_space(
    until: datetime | None, words: str
) -> None:
    zone = MachineFactory.create().space.zone

    assert state_in_words(MachineNow(MachineState.FREE, until), zone, NOW) == words


@pytest.mark.parametrize("state", MachineState)
def test_every_state_has_words(state: MachineState) -> None:
    zone = MachineFactory.create().space.zone

    assert state_in_words(MachineNow(state, None), zone, NOW)
    assert "14:00" in state_in_words(MachineNow(state, NOW + timedelta(hours=4)), zone, NOW)


@pytest.mark.parametrize(
    ("slug", "drawing"),
    [
        ("lasercutter", "laser"),
        ("3d-drucker", "printer"),
        ("imprimante-3d", "printer"),
        ("cnc-stickmaschine", "embroidery"),
        ("cnc-drehmaschine", "lathe"),
        ("schneideplotter", "vinyl"),
        ("doors", "bench"),
    ],
)
def test_every_category_has_a_drawing(slug: str, drawing: str) -> None:
    assert drawing_of(slug) == f"img/placeholders/{drawing}.svg"


def test_hours_are_those_of_the_wall_clock_also_when_it_changes() -> None:
    machine = MachineFactory.create()
    week = [WeeklySpan((0, 1, 2, 3, 4, 5, 6), time(9), time(0))]
    set_weekly_hours(
        owner=machine.space, kind=CalendarKind.OPEN, week=week, from_date=date(2026, 1, 1), now=NOW
    )

    days = hours_of_week(machine, date(2026, 10, 25))

    assert [day.hours for day in days] == [(("09:00", "24:00"),)] * 7


def test_a_space_without_hours_is_open_day_and_night() -> None:
    assert all(day.all_day for day in hours_of_week(MachineFactory.create(), date(2026, 5, 4)))


def test_the_price_list_marks_the_price_of_the_viewer() -> None:
    machine = MachineFactory.create()
    for audience, amount in ((Audience.MAKER, 10), (Audience.COMPANY, 30)):
        HourlyPrice.objects.create(machine=machine, audience=audience, amount=amount)

    asks = asks_of(machine, Viewer(acts_for_company=True), week=date(2026, 5, 4), now=NOW)

    assert [(each.audience, each.is_yours) for each in asks.prices] == [
        (Audience.MAKER, False),
        (Audience.COMPANY, True),
    ]
    assert asks.your_price == Decimal(30)


def test_the_page_says_all_of_it(client: Client) -> None:
    machine = MachineFactory.create(name="Speedy", materials="Wood")
    machine.skills.add(SkillFactory.create(name="Laser safety"))
    Spec.objects.create(machine=machine, name="Laser power", value="80", unit="W")
    Document.objects.create(
        machine=machine, title="Manual", url="https://example.org/m.pdf", licence="CC BY-SA 4.0"
    )
    FaultFactory.create(machine=machine, summary="Lens is scratched", starts_at=NOW)
    client.force_login(MemberFactory.create())

    with time_machine.travel(NOW, tick=False):
        page = client.get(f"/machines/{machine.space.slug}/{machine.slug}/?week=2026-05-11").text

    for text in (
        "Speedy",
        "Wood",
        "80 W",
        "CC BY-SA 4.0",
        "Lens is scratched",
        "Out of order",
        "You need: Laser safety",
        "day and night",
        "11 May 2026",
    ):
        assert text in page


def test_an_unlisted_machine_has_no_page(client: Client) -> None:
    machine = MachineFactory.create(is_listed=False)

    assert client.get(f"/machines/{machine.space.slug}/{machine.slug}/").status_code == 404


def test_the_number_of_queries_of_a_page_is_bounded(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    machine = MachineFactory.create()

    with django_assert_max_num_queries(32):
        client.get(f"/machines/{machine.space.slug}/{machine.slug}/")
