"""Files that take long: made once by one worker, whatever ends it, for who may still read them."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from members.models import Member
from notifications.models import Message
from notifications.states import MessageState
from reports.exports import writing
from reports.models import Export
from reports.models.export import KEPT
from reports.services.making import MOST_WAITING, forget_exports, make_export, make_exports
from reports.services.rollup import rebuild_all
from reports.states import ExportState
from tests.factories.booking import UsageSessionFactory
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
QUERY = "?scope=space:werkraum&from=2026-10-01&until=2026-10-31"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "MOST_AT_ONCE", 2)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff() -> Member:
    machine = MachineFactory(space=SpaceFactory(slug="werkraum"), slug="laser")
    for day in range(1, 4):
        start = datetime(2026, 10, day, 9, tzinfo=UTC)
        UsageSessionFactory(machine=machine, started_at=start, ended_at=start + timedelta(hours=1))
    return RoleFactory(space=machine.space, member__language="fr").member


def signed_in(member: Member) -> Client:
    client = Client(headers={"Accept-Language": member.language})
    client.force_login(member)
    return client


def address() -> str:
    return reverse("reports:sessions_export", args=["xlsx"]) + QUERY


def asked_for(member: Member) -> Export:
    response = signed_in(member).post(address())
    assert response.status_code == 302
    export = Export.objects.get(member=member)
    assert response["Location"] == reverse("reports:file", args=[export.pk])
    return export


def make() -> int:
    return make_exports(clock=lambda: NOW)


def test_what_takes_long_is_offered_and_not_made_at_once(staff: Member) -> None:
    response = signed_in(staff).get(address())
    assert "text/html" in response["Content-Type"]
    assert not Export.objects.exists()
    csv = reverse("reports:sessions_export", args=["csv"]) + QUERY
    assert "text/csv" in signed_in(staff).get(csv)["Content-Type"]


def test_it_is_made_told_and_fetched_in_the_language_of_its_reader(staff: Member) -> None:
    export = asked_for(staff)
    page = signed_in(staff).get(reverse("reports:file", args=[export.pk]))
    assert "<noscript>" in page.text
    assert "<progress" in page.text
    assert make() == 1
    assert make() == 0
    export.refresh_from_db()
    assert (export.state, export.attempts) == (ExportState.READY, 1)
    message = Message.objects.get(kind="export_ready", recipient=staff)
    assert reverse("reports:file", args=[export.pk]) in message.context["url"]
    part = signed_in(staff).get(
        reverse("reports:file", args=[export.pk]), headers={"HX-Request": "true"}
    )
    assert "<html" not in part.text
    assert "hx-get" not in part.text
    file = signed_in(staff).get(reverse("reports:file_get", args=[export.pk]))
    content = b"".join(file.streaming_content)
    assert len(content) == export.size
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.max_row == 4
    assert sheet["C1"].value == "Machine"
    assert sheet["J1"].value == "Début"


def test_who_asks_twice_gets_one_file(staff: Member) -> None:
    assert asked_for(staff) == asked_for(staff)


def test_a_worker_that_was_killed_leaves_nothing_but_a_row_that_waits(staff: Member) -> None:
    export = asked_for(staff)
    # It had begun, written a file, and told nobody.
    Export.objects.update(attempts=1, done=1, total=3)
    default_storage.save(export.path, io.BytesIO(b"half"))
    assert make() == 1
    export.refresh_from_db()
    assert export.is_ready
    assert default_storage.size(export.path) == export.size
    assert Message.objects.filter(kind="export_ready").count() == 1


def test_what_fails_again_and_again_is_given_up(
    staff: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked_for(staff)

    def broken(*_args: object, **_options: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("reports.services.making.write", broken)
    assert make() == 3
    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    page = signed_in(staff).get(reverse("reports:file", args=[export.pk]))
    assert "notice error" in page.text
    assert not Message.objects.exists()


def test_who_works_there_no_more_gets_nothing(staff: Member) -> None:
    export = asked_for(staff)
    make()
    staff.roles.all().delete()
    fetched = reverse("reports:file_get", args=[export.pk])
    assert signed_in(staff).get(fetched).status_code == 403
    Export.objects.update(state=ExportState.WAITING, attempts=0)
    make()
    assert Export.objects.get().state == ExportState.FAILED


def test_who_lost_one_space_of_many_fetches_nothing_of_it(staff: Member) -> None:
    other = RoleFactory(member=staff)
    start = datetime(2026, 10, 1, 9, tzinfo=UTC)
    UsageSessionFactory(
        machine=MachineFactory(space=other.space),
        started_at=start,
        ended_at=start + timedelta(hours=1),
    )
    rebuild_all(now=NOW)
    query = QUERY.replace("space:werkraum", "network")
    signed_in(staff).post(reverse("reports:export", args=["xlsx"]) + query)
    make()
    export = Export.objects.get()
    assert export.is_ready
    assert f"part=space:{other.space.slug}" in export.query
    fetched = reverse("reports:file_get", args=[export.pk])
    assert signed_in(staff).get(fetched).status_code == 200
    other.delete()
    assert signed_in(staff).get(fetched).status_code == 403


def test_a_member_waits_for_some_files_only(staff: Member) -> None:
    for day in range(1, MOST_WAITING + 2):
        response = signed_in(staff).post(address().replace("10-31", f"10-{day:02}"))
    assert response["Location"] == reverse("reports:files")
    assert Export.objects.count() == MOST_WAITING


def test_a_row_that_is_gone_does_not_hold_up_the_others(staff: Member) -> None:
    export = asked_for(staff)
    Export.objects.all().delete()
    make_export(export, now=NOW)
    assert not Message.objects.exists()


def test_files_without_a_row_are_thrown_away(staff: Member) -> None:
    export = asked_for(staff)
    make()
    written_at = default_storage.get_modified_time(export.path)
    Export.objects.all().delete()
    forget_exports(now=written_at + KEPT - timedelta(minutes=5))
    assert default_storage.exists(export.path)
    forget_exports(now=written_at + KEPT)
    assert not default_storage.exists(export.path)


def test_it_is_for_nobody_else(staff: Member) -> None:
    export = asked_for(staff)
    make()
    colleague = RoleFactory(space=staff.roles.get().space).member
    for name in ("file", "file_get"):
        page = reverse(f"reports:{name}", args=[export.pk])
        assert signed_in(colleague).get(page).status_code == 404
    assert export.filename not in signed_in(MemberFactory()).get(reverse("reports:files")).text
    assert export.title in signed_in(staff).get(reverse("reports:files")).text


def test_it_is_thrown_away_in_the_end(staff: Member) -> None:
    export = asked_for(staff)
    make()
    assert forget_exports(now=NOW + KEPT - timedelta(seconds=1)) == 0
    assert forget_exports(now=NOW + KEPT) == 1
    assert not default_storage.exists(export.path)
    assert Message.objects.get().state == MessageState.WITHDRAWN
