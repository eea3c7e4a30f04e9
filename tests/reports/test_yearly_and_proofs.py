"""The yearly report of a space, and proofs of use: who reads them, and what they say."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from machines.models import Machine
from members.models import Company
from members.services.certifications import grant
from reports.figures import Share
from reports.filters import Period
from reports.hours import UsedBy
from reports.models import Statement
from reports.proof_sheet import sheet_of
from reports.proof_words import LineTold
from reports.queries.proofs import Asked, projects_of, proof_of
from reports.queries.yearly import people_told, year_of, year_shown_first
from reports.services.proving import issue_statement
from reports.services.rollup import rebuild_all
from reports.views.proofs import MOST_ISSUED
from reports.wording import share_of_people_in_words
from reports.year_words import given_rows, newcomers
from spaces.models import Space
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.inductions import PlaceFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import DelegateFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


@pytest.fixture
def space() -> Space:
    return SpaceFactory(slug="werkraum", name="Werkraum")


@pytest.fixture
def machine(space: Space) -> Machine:
    return MachineFactory(space=space, name="Laser")


@pytest.fixture
def company() -> Company:
    return DelegateFactory(company__slug="orbe", company__name="Orbe").company


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def had(machine: Machine, start: datetime, hours: int, **more: object) -> None:
    """A reservation that was used for half of its time."""
    end = start + timedelta(hours=hours)
    row = ReservationFactory(
        machine=machine, starts_at=start, ends_at=end, state="completed", **more
    )
    UsageSessionFactory(
        machine=machine,
        member=row.member,
        reservation=row,
        started_at=start,
        ended_at=start + timedelta(hours=hours) / 2,
    )


def test_a_proof_counts_by_machine_and_month(machine: Machine, company: Company) -> None:
    # Zurich is two hours ahead: half of it lies in April, half in May.
    had(machine, datetime(2026, 4, 30, 20, tzinfo=UTC), 4, company=company, purpose="Lens")
    had(machine, datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company, purpose="Frame")
    had(machine, datetime(2026, 5, 5, 8, tzinfo=UTC), 2)
    period = Period(date(2026, 4, 1), date(2026, 5, 31))
    told = [
        (line.month.month, line.reservations, line.booked, line.sessions, line.used)
        for line in proof_of(Asked(company, period), now=NOW)
    ]
    assert told == [(4, 1, 7200, 1, 7200), (5, 1, 14400, 1, 3600)]
    only = proof_of(Asked(company, period, project="lens"), now=NOW)
    assert [line.booked for line in only] == [7200, 7200]
    assert not proof_of(Asked(company, period, space=SpaceFactory()), now=NOW)


def test_a_proof_is_issued_checked_and_never_changed(
    client: Client, machine: Machine, company: Company
) -> None:
    had(machine, datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company, purpose="Frame")
    client.force_login(company.delegates.get().member)
    address = reverse("reports:proof", args=["orbe"])
    assert "Laser" in client.get(address).content.decode()
    choice = {"first": "2026-05-01", "last": "2026-05-31", "project": "Frame"}
    issued = client.post(address, choice, follow=True)
    digest = Statement.objects.get().digest
    assert digest in issued.content.decode()
    had(machine, datetime(2026, 5, 6, 8, tzinfo=UTC), 2, company=company, purpose="Frame")
    row = Statement.objects.get()
    visitor = Client()
    page = visitor.get(reverse("reports:statement", args=[row.key])).content.decode()
    assert digest in page
    assert page.count("Laser") == 1
    assert "noindex" in visitor.get(reverse("reports:statement", args=[row.key]))["X-Robots-Tag"]
    table = visitor.get(reverse("reports:statement_csv", args=[row.key])).getvalue().decode()
    assert table.splitlines()[1] == "2026-05,Werkraum,Laser,1,2.00,1,1.00,0.00"
    sheet = visitor.get(reverse("reports:statement_pdf", args=[row.key]))
    assert sheet.content.startswith(b"%PDF")


def test_a_name_in_a_proof_is_no_formula(client: Client, machine: Machine, company) -> None:
    Machine.objects.update(name="=1+2")
    Space.objects.update(name="@Werkraum")
    had(machine, datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company)
    asked = Asked(company, Period(date(2026, 5, 1), date(2026, 5, 31)))
    row = issue_statement(asked=asked, by=company.delegates.get().member, now=NOW)
    table = client.get(reverse("reports:statement_csv", args=[row.key])).getvalue().decode()
    assert table.splitlines()[1].startswith("2026-05,'@Werkraum,'=1+2,")


def test_a_sheet_sums_months_and_says_what_is_assumed(company: Company) -> None:
    line = LineTold(
        month="2026-04", space="Werkraum", machine="Laser", reservations=1, booked=7200,
        sessions=1, used=5400, assumed=1800,
    )  # fmt: skip
    row = Statement(
        company=company,
        first_date=date(2026, 4, 1),
        last_date=date(2026, 5, 31),
        content={"company": "Orbe"},
        issued_at=NOW,
    )
    # Enough lines for a second page.
    sheet = PdfReader(BytesIO(sheet_of(row, [line, *[replace(line, month="2026-05")] * 40])))
    first, *_others, last = [page.extract_text() for page in sheet.pages]
    assert len(sheet.pages) == 2
    assert first.index("April 2026") < first.index("By month and machine")
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in last
    # 41 half hours.
    assert "The end of 20.5 hours is assumed from the booking." in last.replace("\n", " ")


def test_a_digest_says_for_which_space_a_proof_is(company: Company, space: Space) -> None:
    asked = Asked(company, Period(date(2026, 5, 1), date(2026, 5, 31)))
    row = issue_statement(asked=asked, by=company.delegates.get().member, now=NOW)
    everywhere = row.digest
    row.space = space
    assert row.digest != everywhere
    # Those that were printed before say what they said.
    row.edition = 1
    before = row.digest
    row.space = None
    assert row.digest == before


def test_an_old_proof_can_still_be_withdrawn(client: Client, machine: Machine, company) -> None:
    staff, hour = RoleFactory(space=machine.space).member, timedelta(hours=1)
    asked = Asked(company, Period(date(2026, 5, 1), date(2026, 5, 31)), space=machine.space)
    rows = [issue_statement(asked=asked, by=staff, now=NOW + n * hour) for n in range(MOST_ISSUED)]
    old = issue_statement(asked=asked, by=staff, now=NOW - hour)
    client.force_login(staff)
    page = client.get(reverse("reports:statement_withdraw", args=[old.key])).text
    assert [f'id="because-{row.pk}"' in page for row in (old, *rows)] == [True] * 13


def test_a_withdrawn_proof_says_so_and_nothing_else(
    client: Client, machine: Machine, company: Company
) -> None:
    had(machine, datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company)
    staff, delegate = RoleFactory(space=machine.space).member, company.delegates.get().member
    asked = Asked(company, Period(date(2026, 5, 1), date(2026, 5, 31)), space=machine.space)
    row = issue_statement(asked=asked, by=staff, now=NOW)
    address = reverse("reports:statement_withdraw", args=[row.key])
    client.force_login(delegate)
    assert client.post(address, {"because": "Mine"}).status_code == 403
    client.force_login(staff)
    refused = client.post(address, {"because": " "})
    assert refused.status_code == 422
    assert f'<ul class="errorlist" id="because-{row.pk}_error">' in refused.text
    here = reverse("reports:proof_by_space", args=["werkraum", "orbe"])
    assert refused.text.count(f'action="{here}"') == 2
    # Where it was refused one may choose another language, which asks for the page again.
    again = client.get(address)
    assert again.status_code == 200
    assert f'id="because-{row.pk}"' in again.text.partition("<details open>")[2]
    shown = client.get(reverse("reports:statement", args=[row.key])).text
    assert "Laser" in shown
    assert address in shown
    for because in ("The wrong laser", "Once more"):
        client.post(address, {"because": because})
    late = client.post(address, {"because": ""}, follow=True)
    assert late.redirect_chain == [(here, 302)]
    assert "The proof was withdrawn already." in late.text
    visitor = Client()
    page = visitor.get(reverse("reports:statement", args=[row.key])).text
    assert address not in page
    assert "The wrong laser" in page
    assert "Laser</th>" not in page
    assert row.digest not in page
    for name in ("statement_pdf", "statement_csv"):
        assert visitor.get(reverse(f"reports:{name}", args=[row.key])).status_code == 404
    assert (
        "withdrawn on"
        in client.get(reverse("reports:proof_by_space", args=["werkraum", "orbe"])).text
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-05-02", "2026-05-01"), ("2010-01-01", "2026-05-01"), ("1815-01-01", ""), ("x", "")],
)
def test_dates_that_are_none_are_told(
    first: str, last: str, client: Client, company: Company
) -> None:
    client.force_login(company.delegates.get().member)
    address = reverse("reports:proof", args=["orbe"])
    answer = client.get(address, {"first": first, "last": last})
    assert answer.status_code == 422
    assert f'value="{first}"' in answer.content.decode()


def test_staff_prove_what_was_used_in_their_space(
    client: Client, machine: Machine, company: Company
) -> None:
    had(machine, datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company)
    had(MachineFactory(name="Elsewhere"), datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company)
    client.force_login(RoleFactory(space=machine.space).member)
    address = reverse("reports:proof_by_space", args=["werkraum", "orbe"])
    page = client.get(address).content.decode()
    assert "Laser" in page
    assert "Elsewhere" not in page
    client.post(address, {"first": "2026-05-01", "last": "2026-05-31"})
    assert [line["machine"] for line in Statement.objects.get().content["lines"]] == ["Laser"]


def test_staff_choose_among_the_projects_of_their_space(
    client: Client, machine: Machine, company: Company
) -> None:
    start = datetime(2026, 5, 4, 8, tzinfo=UTC)
    elsewhere = MachineFactory()
    for day, purpose in enumerate(("Lens", "LENS", "Frame")):
        had(machine, start + timedelta(days=day), 2, company=company, purpose=purpose)
    had(elsewhere, start, 2, company=company, purpose="Secret")
    projects = projects_of(company, space=machine.space)
    assert [each.upper() for each in projects] == ["LENS", "FRAME"]
    assert "Secret" in projects_of(company)
    client.force_login(RoleFactory(space=machine.space).member)
    address = reverse("reports:proof_by_space", args=["werkraum", "orbe"])
    assert "Secret" not in client.get(address).text
    for project, expected in {"lens": 200, "LENS": 200, "Secret": 422, "\0": 422, "": 200}.items():
        assert client.get(address, {"project": project}).status_code == expected, project


def test_without_a_space_today_is_that_of_the_house(
    client: Client, company: Company, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Zurich"
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        client.force_login(company.delegates.get().member)
        page = client.get(reverse("reports:proof", args=["orbe"]))
    assert page.context["form"].cleaned_data["first"] == date(2027, 1, 1)


def test_more_use_costs_a_proof_no_more_queries(machine: Machine, company: Company) -> None:
    asked = Asked(company, Period(date(2026, 5, 1), date(2026, 5, 31)))

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            proof_of(asked, now=NOW)
        return len(queries)

    had(machine, datetime(2026, 5, 4, 8, tzinfo=UTC), 2, company=company)
    one = cost()
    for day in (5, 6, 7):
        had(machine, datetime(2026, 5, day, 8, tzinfo=UTC), 2, company=company)
    assert cost() == one == 3


def test_the_year_hides_months_and_audiences_of_few(client: Client, machine: Machine) -> None:
    for n, member in enumerate(MemberFactory.create_batch(6)):
        had(machine, datetime(2026, 2, 2 + n, 8, tzinfo=UTC), 6, member=member)
        had(machine, datetime(2026, 3, 2 + n, 8, tzinfo=UTC), 6, member=member)
    had(machine, datetime(2026, 4, 1, 8, tzinfo=UTC), 6)
    rebuild_all(now=NOW)
    told = year_of(machine.space, 2026, now=NOW)
    both = {"used", "booked"}
    # April is of one person, and February is hidden with it; March and the sum of the year stay.
    assert [set(each.shown) for each in told.months] == [set(), both, set(), set()]
    assert told.is_running
    assert told.report.filters.before == Period(date(2025, 1, 1), date(2025, 5, 20))
    client.force_login(RoleFactory(space=machine.space).member)
    page = client.get(reverse("reports:yearly", args=["werkraum"]), {"year": "2026"})
    assert page.context["told"].report.reach.people == 7
    assert "hidden" in page.content.decode()
    paper = client.get(reverse("reports:yearly_pdf", args=["werkraum"]), {"year": "2026"})
    assert paper["Content-Disposition"] == 'attachment; filename="year-werkraum-2026.pdf"'
    printed = " ".join(each.extract_text() for each in PdfReader(BytesIO(paper.content)).pages)
    rows = dict(re.findall(r"(February|March|April)((?:\s+(?:[\d.,]+|hidden)){3})", printed))
    # March is what its page tells of it: six times six hours booked, three of each used.
    assert {month: told.split()[1:] for month, told in rows.items()} == {
        "February": ["hidden", "hidden"],
        "March": ["36.0", "18.0"],
        "April": ["hidden", "hidden"],
    }
    old = client.get(reverse("reports:yearly", args=["werkraum"]), {"year": "1999"})
    assert old.context["told"].year == 2026
    nothing = client.get(reverse("reports:yearly", args=["werkraum"]), {"year": "2024"}).text
    assert "No figures of 2024" in nothing
    assert "hidden</span>" not in nothing


def test_in_the_first_months_the_year_before_is_shown() -> None:
    assert year_shown_first(date(2026, 3, 31)) == 2025
    assert year_shown_first(date(2026, 4, 1)) == 2026


def test_the_year_is_hidden_where_it_would_tell_of_a_hidden_month(
    client: Client, machine: Machine
) -> None:
    people = MemberFactory.create_batch(4)
    for n, member in enumerate(people):
        had(machine, datetime(2026, 2, 2 + n, 8, tzinfo=UTC), 6, member=member)
    # Booked by more than used it.
    for n, member in enumerate(MemberFactory.create_batch(4)):
        start = datetime(2026, 2, 10 + n, 8, tzinfo=UTC)
        end = start + timedelta(hours=6)
        ReservationFactory(
            machine=machine, member=member, starts_at=start, ends_at=end, state="no_show"
        )
    rebuild_all(now=NOW)
    told = year_of(machine.space, 2026, now=NOW)
    assert told.shown == {"booked"}
    assert not any(each.shown for each in told.months)
    assert not told.shown_before
    client.force_login(RoleFactory(space=machine.space).member)
    page = client.get(reverse("reports:yearly", args=["werkraum"]), {"year": "2026"})
    rows = {term.id: (now, then) for term, now, then in page.context["hour_rows"]}
    assert rows["used_h"] == (None, None)
    assert rows["booked_h"][0] is not None
    assert rows["booked_h"][1] is None
    assert ">12.0<" not in page.content.decode()


@pytest.mark.parametrize(
    ("back", "people", "is_hidden"),
    [(0, 0, False), (3, 30, True), (28, 30, True), (0, 4, True), (10, 30, False), (0, 9, False)],
)
def test_a_share_of_few_people_is_hidden(back: int, people: int, *, is_hidden: bool) -> None:
    assert (share_of_people_in_words(Share(back, people)) is None) is is_hidden


@pytest.mark.parametrize(
    ("counted", "of", "told"),
    [
        ({"maker": 9, "company": 6}, 15, {"maker": 9, "company": 6}),
        ({"maker": 9, "company": 3}, 12, {}),
        ({"maker": 9, "company": 6}, 17, {"maker": 9}),
        ({"maker": 9, "staff": 0}, 9, {"maker": 9, "staff": 0}),
        ({"maker": 9, "staff": 0}, 11, {"staff": 0}),
    ],
)
def test_people_of_an_audience_are_not_what_others_leave_of_all(
    counted: dict[str, int], of: int, told: dict[str, int]
) -> None:
    by_audience = {UsedBy(name): count for name, count in counted.items()}
    assert people_told(by_audience, of=of) == {UsedBy(name): told[name] for name in told}


def test_the_year_tells_no_small_counts_of_people(client: Client, machine: Machine) -> None:
    people = MemberFactory.create_batch(7)
    for year, those in ((2025, people[:2]), (2026, people)):
        for n, member in enumerate(those):
            had(machine, datetime(year, 2, 2 + n, 8, tzinfo=UTC), 6, member=member)
    place = PlaceFactory(
        induction__space=machine.space,
        induction__state="done",
        induction__starts_at=NOW - timedelta(days=9),
        state="passed",
    )
    grant(
        member=place.member,
        skill=place.induction.skill,
        space=machine.space,
        by=RoleFactory(space=machine.space).member,
        now=NOW,
    )
    rebuild_all(now=NOW)
    told = year_of(machine.space, 2026, now=NOW)
    # Two of seven came before, and five for the first time.
    assert "All but fewer than five people" in newcomers(told)
    rows = {name: now for name, now, _then in given_rows(told)}
    assert rows["People who passed one"] == "fewer than five"
    assert rows["Skills granted"] == "fewer than five"


def test_a_proof_counts_a_second_once(machine: Machine, company: Company) -> None:
    start = datetime(2026, 5, 4, 8, 0, 0, 900_000, tzinfo=UTC)
    row = ReservationFactory(
        machine=machine,
        company=company,
        starts_at=start.replace(microsecond=0),
        ends_at=start.replace(microsecond=0) + timedelta(hours=4),
        state="completed",
    )
    for source, first, minutes in (("staff", 0, 60), ("import", 30, 60), ("assumed", 60, 60)):
        UsageSessionFactory(
            machine=machine,
            member=row.member,
            reservation=row,
            source=source,
            started_at=start + timedelta(minutes=first),
            ended_at=start + timedelta(minutes=first + minutes),
        )
    period = Period(date(2026, 5, 1), date(2026, 5, 31))
    (line,) = proof_of(Asked(company, period), now=NOW)
    assert (line.sessions, line.used, line.assumed) == (3, 7200, 1800)
