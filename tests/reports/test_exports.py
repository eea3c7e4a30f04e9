"""The files of a report: they say what the page says, and hold nothing that runs."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from PIL import Image
from pypdf import PdfReader

from booking.states import SessionSource
from machines.models import Machine
from reports.definitions import BY_ID
from reports.exports.workbook import Column, Table, write_workbook
from reports.filters import Filters, Period, Scope
from reports.queries.drilling import sessions_behind
from reports.queries.sessions import COLUMNS, count_of_sessions, sessions_csv
from reports.services.rollup import rebuild_all
from spaces.models import Space
from spaces.tables import FORMULA, guarded, guarded_sql
from tests.factories.booking import ReservationFactory, UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
OCTOBER = "from=2026-10-01&until=2026-10-31"
database = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def machine() -> Machine:
    space = SpaceFactory(slug="werkraum", name="Werkraum")
    return MachineFactory(space=space, slug="laser", name='=HYPERLINK("x")')


@pytest.fixture
def used(machine: Machine) -> Machine:
    """The machine, used over the night of the 25-hour day, for a company, and until now."""
    start = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    member = MemberFactory(name="-1 Łukasz")
    company = CompanyFactory(name="+Firma")
    reserved = ReservationFactory(machine=machine, member=member, company=company, starts_at=start)
    UsageSessionFactory(
        machine=machine,
        member=member,
        reservation=reserved,
        started_at=start,
        ended_at=start + timedelta(hours=4),
    )
    UsageSessionFactory(
        machine=machine,
        source=SessionSource.ASSUMED,
        started_at=datetime(2026, 9, 30, 21, tzinfo=UTC),
        ended_at=datetime(2026, 9, 30, 23, tzinfo=UTC),
    )
    UsageSessionFactory(machine=machine, member=None, started_at=NOW - timedelta(hours=1))
    rebuild_all(now=NOW)
    return machine


@pytest.fixture
def staff(client: Client, machine: Machine) -> Client:
    client.force_login(RoleFactory(space=machine.space).member)
    return client


def october(space: Space, **changes: object) -> Filters:
    period = Period(datetime(2026, 10, 1).date(), datetime(2026, 10, 31).date())
    return Filters(scope=Scope.of_space(space), period=period, **changes)


def asked(name: str, *form: str, scope: str = "space:werkraum", more: str = "") -> str:
    return f"{reverse(f'reports:{name}', args=form)}?scope={scope}&{OCTOBER}{more}"


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@database
class TestSessions:
    def test_every_line_tells_a_session_on_the_clock_of_the_space(self, used: Machine) -> None:
        lines = read_csv(b"".join(sessions_csv(october(used.space), now=NOW)))
        assert tuple(lines[0]) == COLUMNS
        assumed, night = lines
        assert night["started_at"] == "2026-10-25T00:30:00+02:00"
        assert night["ended_at"] == "2026-10-25T03:30:00+01:00"
        assert (night["hours"], night["seconds"]) == ("4.00", "14400")
        assert (night["kind"], night["assumed_use"]) == ("reserved", "no")
        # Of the two hours over midnight one lies in October.
        assert (assumed["seconds"], assumed["seconds_in_period"]) == ("7200", "3600")
        assert (assumed["kind"], assumed["assumed_use"]) == ("walk-in", "yes")

    def test_nothing_in_it_is_a_formula(self, used: Machine) -> None:
        _assumed, night = read_csv(b"".join(sessions_csv(october(used.space), now=NOW)))
        assert night["machine"] == '\'=HYPERLINK("x")'
        assert (night["member"], night["company"]) == ("'-1 Łukasz", "'+Firma")

    def test_they_are_those_of_the_page(self, used: Machine) -> None:
        company = Scope.of_company(used.reservations.get().company)
        scopes = [
            Scope.of_space(used.space),
            Scope.of_machine(used),
            Scope.of_category(used.category),
            Scope.of_category(used.category, used.space),
            Scope.of_network(),
            company,
        ]
        for scope in scopes:
            for with_assumed in (True, False):
                filters = october(used.space).but(scope=scope, with_assumed=with_assumed)
                lines = read_csv(b"".join(sessions_csv(filters, now=NOW)))
                behind = {str(each.pk) for each in sessions_behind(filters)}
                assert {line["session"] for line in lines} == behind
                assert count_of_sessions(filters, now=NOW) == len(behind)

    def test_what_still_runs_lasts_until_now(self, used: Machine) -> None:
        filters = october(used.space).but(period=Period.month_of(NOW.date()))
        (line,) = read_csv(b"".join(sessions_csv(filters, now=NOW)))
        assert (line["ended_at"], line["seconds"]) == ("", "3600")

    def test_a_workbook_says_the_same(self, staff: Client, used: Machine) -> None:
        response = staff.get(asked("sessions_export", "xlsx"))
        book = load_workbook(io.BytesIO(content_of(response)))
        sheet = book.worksheets[0]
        assert sheet.freeze_panes == "B2"
        night = [cell.value for cell in sheet[3]]
        assert night[2] == '=HYPERLINK("x")'
        assert sheet["C3"].data_type == "s"
        assert night[9] == datetime(2026, 10, 25, 0, 30)
        assert sheet["M3"].number_format == "#,##0.00"
        assert night[12] == 4

    def test_the_staff_of_another_space_and_makers_get_none(self, client: Client, used) -> None:
        for person in (RoleFactory().member, MemberFactory()):
            client.force_login(person)
            assert client.get(asked("sessions_export", "csv")).status_code == 403
        client.force_login(RoleFactory(space=used.space).member)
        # The figures of all spaces they read, the sessions of others they do not.
        assert client.get(asked("export", "json", scope="network")).status_code == 200
        assert client.get(asked("sessions_export", "csv", scope="network")).status_code == 403

    def test_delegates_get_those_of_their_company(self, client: Client, used: Machine) -> None:
        company = used.reservations.get().company
        client.force_login(DelegateFactory(company=company).member)
        response = client.get(asked("sessions_export", "csv", scope=f"company:{company.pk}"))
        assert [line["kind"] for line in read_csv(content_of(response))] == ["reserved"]


@database
class TestFigures:
    def test_a_part_is_told_on_its_own_clock(self, client: Client, machine: Machine) -> None:
        far = MachineFactory(space=SpaceFactory(slug="far", timezone="Asia/Singapore"))
        start = datetime(2026, 10, 5, 9, tzinfo=UTC)
        for each in (machine, far):
            end = start + timedelta(hours=1)
            UsageSessionFactory(machine=each, started_at=start, ended_at=end)
        rebuild_all(now=NOW)
        client.force_login(MemberFactory(is_superuser=True))
        content = content_of(client.get(asked("export", "csv", scope="network")))
        assert content.startswith(codecs.BOM_UTF8)
        zones = {(line["name"], line["zone"]) for line in read_csv(content)}
        assert (far.space.name, "Asia/Singapore") in zones
        assert ("Werkraum", "Europe/Zurich") in zones

    def test_all_files_say_what_the_csv_says(self, staff: Client, used: Machine) -> None:
        lines = read_csv(content_of(staff.get(asked("export", "csv"))))
        told = {line["metric"]: line["value"] for line in lines if line["scope"] == "space"}
        data = json.loads(content_of(staff.get(asked("export", "json"))))
        figures = {each["metric"]: each for each in data["figures"]}
        assert figures["used_h"]["numerator"] > 0
        for metric, value in told.items():
            assert (figures[metric]["value"] is None) == (value == "")
            if value:
                assert figures[metric]["value"] == float(value)
        book = load_workbook(io.BytesIO(content_of(staff.get(asked("export", "xlsx")))))
        sheet = book["Figures"]
        rows = {row[1].removesuffix(" v1"): row for row in sheet.iter_rows(values_only=True)}
        for metric, value in ((each, told[each]) for each in told if each in rows):
            shown = next((cell for cell in rows[metric][2:5] if cell is not None), None)
            assert shown == (float(value) if value else None)
        definitions = [row[0] for row in book["Definitions"].iter_rows(values_only=True)]
        assert {f"{each} v1" for each in BY_ID} <= set(definitions)

    @pytest.mark.parametrize("language", ["en", "fr", "de", "it"])
    def test_a_pdf_has_all_of_it_in_words(self, staff: Client, used, language: str) -> None:
        response = staff.get(asked("export", "pdf"), headers={"Accept-Language": language})
        pages = PdfReader(io.BytesIO(content_of(response))).pages
        text = "\n".join(page.extract_text() for page in pages)
        assert "Werkraum" in text
        assert f"{len(pages)}" in pages[0].extract_text().splitlines()[-1]
        fonts = {font["/BaseFont"] for page in pages for font in fonts_of(page)}
        assert all("SourceSansPro" in font for font in fonts)

    def test_a_pdf_of_a_company_says_nothing_of_opening_hours(self, staff: Client, used) -> None:
        """It has none: what is divided by them is n/a throughout, and their charts are empty."""
        company = used.reservations.get().company
        delegate = Client()
        delegate.force_login(DelegateFactory(company=company).member)
        scope = f"company:{company.pk}"
        of_company, of_space = (
            text_of(client.get(asked("export", "pdf", scope=each)))
            for client, each in ((delegate, scope), (staff, "space:werkraum"))
        )
        for words in ("Hours of all machines", "By weekday and hour", "What was wanted in vain"):
            assert words not in of_company
            assert words in of_space
        figures = of_company.partition("Key figures")[2].partition("What every figure means")[0]
        assert "Booking efficiency" in figures
        assert "Available hours" not in figures

    def test_a_chart_is_saved_as_pixels(self, staff: Client, used: Machine) -> None:
        response = staff.get(asked("chart", "machines", "wide", "dark", "png"))
        picture = Image.open(io.BytesIO(response.content))
        assert picture.format == "PNG"
        assert picture.width > 1000
        assert picture.convert("RGB").getpixel((0, 0)) == (0x1B, 0x20, 0x23)

    def test_other_forms_are_not_there(self, staff: Client, used: Machine) -> None:
        assert staff.get(asked("export", "exe")).status_code == 404
        assert staff.get(asked("sessions_export", "pdf")).status_code == 404
        assert staff.get(asked("chart", "machines", "wide", "dark", "gif")).status_code == 404


@database
class TestSpreadsheets:
    """What a program finds that knows nothing but the file."""

    FEWER = "&assumed=0&compare=year_ago"

    @pytest.mark.parametrize("name", ["export", "sessions_export"])
    def test_it_reads_the_lines_numbers_moments_and_words(
        self, name: str, staff: Client, used: Machine
    ) -> None:
        text = content_of(staff.get(asked(name, "csv"))).decode("utf-8-sig")
        dialect = csv.Sniffer().sniff(text)
        head, *rows = csv.reader(io.StringIO(text, newline=""), dialect)
        assert dialect.delimiter == ","
        assert {len(row) for row in rows} == {len(head)}
        # One end of lines throughout.
        assert text.count("\r\n") in {0, text.count("\n")}
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        lines = [dict(zip(head, row, strict=True)) for row in rows]
        if name == "export":
            places = {("rate", 4), ("h", 2), ("count", 0)}
            told = [line for line in lines if line["value"]]
            assert {(each["unit"], decimals(each["value"])) for each in told} == places
        else:
            assert "'-1 Łukasz" in cells
            assert {decimals(line["hours"]) for line in lines} == {2}
            assert all(datetime.fromisoformat(line["started_at"]).utcoffset() for line in lines)

    def test_the_page_and_the_workbook_say_what_the_csv_says(
        self, staff: Client, used: Machine
    ) -> None:
        lines = read_csv(content_of(staff.get(asked("export", "csv", more=self.FEWER))))
        told = {each["metric"]: each for each in lines if each["scope"] == "space"}
        assert {each["assumed_use"] for each in lines} == {"left out"}
        page = staff.get(asked("utilisation", more=self.FEWER)).context["page"]
        shown = [*page.large, *page.small]
        for figure in shown:
            line = told[figure.definition.id]
            if figure.share is None:
                assert line["numerator_s"] == str(figure.seconds)
            elif figure.definition.id != "no_show_rate_count":
                parts = (figure.share.numerator, figure.share.denominator)
                assert (line["numerator_s"], line["denominator_s"]) == tuple(map(str, parts))
        assert len({figure.definition.id for figure in shown}) > 5
        file = content_of(staff.get(asked("export", "xlsx", more=self.FEWER)))
        book = load_workbook(io.BytesIO(file))
        assert not [cell for cell in cells_of(book) if cell.data_type == "f"]
        assert book["By machine"]["A2"].value == '=HYPERLINK("x")'
        rows = {row[1].value.removesuffix(" v1"): row for row in book["Figures"].iter_rows(2)}
        used_h, rate, noted = (rows[each] for each in ("used_h", "use_rate", "no_show_rate_count"))
        assert (used_h[2].data_type, used_h[2].number_format) == ("n", "#,##0.00")
        assert (rate[3].value, rate[3].number_format) == (float(told["use_rate"]["value"]), "0.00%")
        # Hours are divided by hours, reservations by reservations.
        assert (rate[6].number_format, noted[6].number_format) == ("#,##0.00", "#,##0")
        assert book["Over time"]["A2"].value == datetime(2026, 10, 1)
        names = ("use_rate", "used_h")
        assert [cell.value for cell in book["By hour of the week"][1]][2:4] == [
            str(BY_ID[name].name) for name in names
        ]


def text_of(response) -> str:
    pages = PdfReader(io.BytesIO(content_of(response))).pages
    return "\n".join(page.extract_text() for page in pages)


def decimals(number: str) -> int:
    return len(number.partition(".")[2])


def cells_of(book: Workbook) -> Iterator[Any]:
    return (cell for sheet in book for row in sheet.iter_rows() for cell in row)


def fonts_of(page) -> list[dict[str, str]]:
    return [font.get_object() for font in page["/Resources"].get("/Font", {}).values()]


@database
@given(st.lists(st.text(alphabet="=+-@\t\r\n 'aé,\"", max_size=6), min_size=1, max_size=40))
def test_the_database_and_the_house_know_the_same_formulas(texts: list[str]) -> None:
    from django.db import connection

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {guarded_sql('t').format(formula='%s')} FROM unnest(%s::text[]) AS x(t)",
            [FORMULA, texts],
        )
        assert [row[0] for row in cursor.fetchall()] == [guarded(text) for text in texts]


def test_a_workbook_goes_on_in_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.exports.workbook.MOST_ROWS", 4)
    out = io.BytesIO()
    rows = [[f"a\x00{number}"] for number in range(7)]
    table = Table(title="a/b" * 20, columns=[Column("h")], rows=rows)
    write_workbook(out, [table], title="t")
    sheets = load_workbook(out).worksheets
    assert [sheet.max_row for sheet in sheets] == [4, 4, 2]
    assert sheets[2]["A2"].value == "a6"
    assert all(len(sheet.title) <= 31 for sheet in sheets)
