"""Reports that are mailed: once for each period and reader, and to nobody who may not read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from machines.models import Pool
from members.models import Member
from notifications.delivery import deliver_due
from notifications.models import Message
from notifications.states import MessageState
from reports.filters import Scope, UnknownScope
from reports.lasting import lasting_key, scope_kept
from reports.mailing import is_wanted
from reports.models import SavedReport
from reports.moving import due_months, mailed_at, month_begin, months_before
from reports.queries.readers import choosable_by
from reports.services.saved import forget_mailed_files, keep_saved_report, send_saved_reports
from reports.states import Moving
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.members import CompanyFactory, DelegateFactory, MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory

NOVEMBER = datetime(2026, 11, 20, 10, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
"""Half past six on the clock of the space."""
JANUARY = datetime(2027, 1, 1, 5, 30, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")
database = pytest.mark.django_db


@pytest.fixture
def reader() -> Member:
    machine = MachineFactory(space=SpaceFactory(slug="werkraum", name="Werkraum"))
    return RoleFactory(space=machine.space, member__language="de", member__name="Réa").member


@pytest.fixture
def saved(reader: Member) -> SavedReport:
    space = reader.roles.get().space
    row = SavedReport.objects.create(
        name="Vorstand", scope=f"space:{space.pk}", created_at=NOVEMBER, made_by=reader
    )
    join(row, reader, at=NOVEMBER)
    return row


def join(saved: SavedReport, *members: Member, at: datetime) -> None:
    saved.recipients.add(*members, through_defaults={"after": at})


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("dedupe_key", flat=True))


class TestMonths:
    def test_the_period_before_is_whole_months(self) -> None:
        assert months_before(date(2026, 3, 31), 1) == (date(2026, 2, 1), date(2026, 2, 28))
        assert months_before(date(2026, 1, 1), 3) == (date(2025, 10, 1), date(2025, 12, 31))
        assert months_before(date(2026, 5, 9), 12) == (date(2025, 5, 1), date(2026, 4, 30))

    @given(
        st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        st.lists(st.integers(1, 100 * 24 * 60), max_size=6),
    )
    def test_every_month_is_due_once_however_often_one_looks(self, after, minutes) -> None:
        due, looked = [], after
        for each in minutes:
            now = looked + timedelta(minutes=each)
            some = list(due_months(looked, now, ZURICH))
            assert len(some) <= 3
            assert all(looked < mailed_at(month, ZURICH) <= now for month in some)
            due += some
            looked = now
        assert due == sorted({month_begin(month) for month in due})
        last = month_begin(looked.astimezone(ZURICH).date())
        assert (last in due) is (after < mailed_at(last, ZURICH) <= looked)


@database
class TestMailing:
    def test_it_comes_once_on_the_first_of_the_month(self, saved: SavedReport, reader) -> None:
        assert send_saved_reports(now=NOVEMBER) == 0
        assert send_saved_reports(now=DECEMBER - timedelta(hours=1)) == 0
        assert send_saved_reports(now=DECEMBER) == 1
        assert send_saved_reports(now=DECEMBER + timedelta(days=3)) == 0
        assert told() == [f"saved_report:{saved.pk}:2026-12-01:{reader.pk}"]

    def test_it_is_in_the_language_of_its_reader_with_both_files(self, saved, reader) -> None:
        send_saved_reports(now=DECEMBER)
        deliver_due(clock=lambda: DECEMBER, lasting=timedelta(seconds=20))
        (letter,) = mail.outbox
        assert letter.subject == "Vorstand: November 2026"
        assert "Auslastung" in letter.body
        files = {part.get_filename(): part for part in letter.attachments}
        name = "utilisation-space-werkraum-2026-11-01-2026-11-30"
        assert set(files) == {f"{name}.pdf", f"{name}.xlsx"}
        assert files[f"{name}.pdf"].get_content_type() == "application/pdf"
        assert files[f"{name}.pdf"].get_payload(decode=True).startswith(b"%PDF-")
        assert files[f"{name}.xlsx"].get_payload(decode=True).startswith(b"PK")

    def test_months_that_nobody_was_there_for_are_caught_up_with(self, saved, reader) -> None:
        assert send_saved_reports(now=datetime(2027, 2, 14, tzinfo=UTC)) == 3
        months = [key.split(":")[2] for key in told()]
        assert months == ["2026-12-01", "2027-01-01", "2027-02-01"]
        # Nobody wants those of a year at once.
        assert send_saved_reports(now=datetime(2028, 2, 14, tzinfo=UTC)) == 3
        assert told()[-1] == f"saved_report:{saved.pk}:2028-02-01:{reader.pk}"

    def test_who_joins_begins_with_the_next_month(self, saved: SavedReport, reader) -> None:
        send_saved_reports(now=DECEMBER)
        colleague = RoleFactory(space=reader.roles.get().space).member
        # The other one works elsewhere: a reader who may not read is none.
        join(saved, colleague, RoleFactory(space__slug="werkraum2").member, at=DECEMBER)
        assert send_saved_reports(now=DECEMBER + timedelta(days=30)) == 0
        assert send_saved_reports(now=JANUARY) == 2
        (key,) = Message.objects.filter(recipient=colleague).values_list("dedupe_key", flat=True)
        assert key == f"saved_report:{saved.pk}:2027-01-01:{colleague.pk}"

    def test_who_was_taken_off_and_put_back_gets_no_old_month(self, saved, reader) -> None:
        colleague = RoleFactory(space=reader.roles.get().space).member
        join(saved, colleague, at=NOVEMBER)
        assert send_saved_reports(now=DECEMBER) == 2
        saved.recipients.remove(colleague)
        assert send_saved_reports(now=JANUARY) == 1
        keep_saved_report(saved, recipients=[reader, colleague], now=JANUARY)
        assert send_saved_reports(now=JANUARY) == 0

    def test_who_gets_the_right_to_read_late_gets_no_old_month(self, saved, reader) -> None:
        role = reader.roles.get()
        role.delete()
        assert [send_saved_reports(now=now) for now in (DECEMBER, JANUARY)] == [0, 0]
        role.save()
        assert send_saved_reports(now=JANUARY + timedelta(days=1)) == 0
        assert send_saved_reports(now=JANUARY + timedelta(days=31)) == 1

    def test_of_another_period_it_tells_from_the_next_month_on(self, saved, reader) -> None:
        assert [send_saved_reports(now=now) for now in (DECEMBER, JANUARY)] == [1, 1]
        saved.moving = Moving.QUARTER
        keep_saved_report(saved, recipients=[reader], now=JANUARY)
        assert send_saved_reports(now=JANUARY + timedelta(days=30)) == 0
        assert send_saved_reports(now=JANUARY + timedelta(days=31)) == 1
        assert (
            Message.objects.latest("pk").context["period"] == "1. November 2026 bis 31. Januar 2027"
        )

    def test_who_lost_the_right_gets_nothing(self, saved: SavedReport, reader: Member) -> None:
        send_saved_reports(now=DECEMBER)
        reader.roles.all().delete()
        deliver_due(clock=lambda: DECEMBER, lasting=timedelta(seconds=20))
        assert mail.outbox == []
        assert Message.objects.get().state == MessageState.WITHDRAWN
        assert send_saved_reports(now=DECEMBER + timedelta(days=40)) == 0

    def test_a_worker_that_was_killed_is_followed_by_one_that_tells(self, saved, reader) -> None:
        colleague = RoleFactory(space=reader.roles.get().space, member__language="fr").member
        join(saved, colleague, at=NOVEMBER)
        send_saved_reports(now=DECEMBER)
        # One was told, the other not yet, and nobody noted it.
        Message.objects.filter(recipient=colleague).delete()
        saved.readers.update(after=NOVEMBER)
        assert send_saved_reports(now=DECEMBER + timedelta(minutes=1)) == 1
        assert Message.objects.count() == 2

    def test_its_files_are_thrown_away_in_the_end(self, saved: SavedReport) -> None:
        forget_mailed_files(now=datetime.now(UTC) + timedelta(days=36))
        send_saved_reports(now=DECEMBER)
        later = datetime.now(UTC)
        assert forget_mailed_files(now=later + timedelta(days=30)) == 0
        assert forget_mailed_files(now=later + timedelta(days=36)) == 2

    def test_what_is_due_and_asked_for_comes_once(self, saved: SavedReport) -> None:
        SavedReport.objects.update(asked_at=DECEMBER)
        assert send_saved_reports(now=DECEMBER) == 1
        assert not SavedReport.objects.filter(asked_at__isnull=False).exists()
        # Told, and killed before that was noted.
        saved.readers.update(after=NOVEMBER)
        SavedReport.objects.update(asked_at=DECEMBER)
        assert send_saved_reports(now=DECEMBER) == 0

    def test_the_file_of_a_mail_that_waits_is_never_replaced(self, saved: SavedReport) -> None:
        SavedReport.objects.update(asked_at=NOVEMBER)
        send_saved_reports(now=NOVEMBER)
        SavedReport.objects.update(asked_at=NOVEMBER + timedelta(hours=1), options="assumed=0")
        send_saved_reports(now=NOVEMBER)
        SavedReport.objects.update(asked_at=NOVEMBER + timedelta(hours=2))
        send_saved_reports(now=NOVEMBER)
        paths = [file["path"] for row in Message.objects.all() for file in row.context["files"]]
        assert len(set(paths)) == len(paths) == 6

    def test_who_lost_one_space_of_many_gets_no_old_file(self, saved, reader) -> None:
        other = RoleFactory(member=reader)
        SavedReport.objects.update(scope="network", asked_at=NOVEMBER)
        send_saved_reports(now=NOVEMBER)
        message = Message.objects.get()
        message.context["parts"] = ["space:werkraum", f"space:{other.space.slug}"]
        assert is_wanted(message)
        other.delete()
        assert not is_wanted(message)

    def test_without_its_scope_it_waits(self, saved: SavedReport) -> None:
        SavedReport.objects.update(scope="space:0")
        assert send_saved_reports(now=DECEMBER) == 0

    def test_a_place_that_is_renamed_keeps_its_reports(self, saved: SavedReport) -> None:
        Space.objects.filter(slug="werkraum").update(slug="haus")
        assert send_saved_reports(now=DECEMBER) == 1


@database
def test_every_scope_is_kept_by_ids_and_found_again() -> None:
    machine = MachineFactory()
    pool = Pool.objects.create(space=machine.space, slug="lasers", name="Lasers")
    scopes = [
        Scope.of_machine(machine),
        Scope.of_pool(pool),
        Scope.of_category(machine.category),
        Scope.of_category(machine.category, machine.space),
        Scope.of_space(machine.space),
        Scope.of_company(CompanyFactory()),
        Scope.of_network(),
    ]
    assert [scope_kept(lasting_key(each)) for each in scopes] == scopes
    for gone in ("space:0", "space:werkraum", "category:1@0", "network:1", "x:1", "", "pool:²"):
        with pytest.raises(UnknownScope):
            scope_kept(gone)


@database
class TestPages:
    @pytest.fixture(autouse=True)
    def _clock(self):
        with time_machine.travel(NOVEMBER, tick=False):
            yield

    def new(self, **more: object) -> dict[str, object]:
        return {"name": "Board", "moving": 3, "compare": "year_ago", "assumed": "0", **more}

    def test_staff_save_change_send_and_delete_one(self, client: Client, reader: Member) -> None:
        client.force_login(reader)
        query = "?scope=space:werkraum&compare=year_ago"
        page = client.get(reverse("reports:saved_new") + query)
        assert page.context["form"].initial["compare"] == "year_ago"
        client.post(reverse("reports:saved_new") + query, self.new(recipients=[reader.pk]))
        saved = SavedReport.objects.get()
        assert (saved.moving, saved.options) == (3, "compare=year_ago&assumed=0")
        assert list(saved.recipients.all()) == [reader]
        assert saved.name in client.get(reverse("reports:saved") + query).text
        edit = reverse("reports:saved_edit", args=[saved.pk])
        assert 'value="year_ago" selected' in client.get(edit).text
        client.post(edit, self.new(name="All", compare="before", recipients=[reader.pk]))
        saved.refresh_from_db()
        assert (saved.name, saved.options) == ("All", "assumed=0")
        for _press in range(2):
            client.post(reverse("reports:saved_send", args=[saved.pk]))
        assert send_saved_reports(now=NOVEMBER) == 1
        assert send_saved_reports(now=NOVEMBER) == 0
        assert ":2026-11-01:" in told()[0]
        assert "from=2026-08-01&until=2026-10-31" in Message.objects.get().context["url"]
        client.post(reverse("reports:saved_delete", args=[saved.pk]))
        assert not SavedReport.objects.exists()
        assert Message.objects.get().state == MessageState.WITHDRAWN

    def test_only_who_may_read_it_can_be_chosen(self, client: Client, reader: Member) -> None:
        client.force_login(reader)
        stranger = MemberFactory()
        page = client.post(
            reverse("reports:saved_new") + "?scope=space:werkraum",
            self.new(recipients=[stranger.pk]),
        )
        assert page.status_code == 422
        assert 'value="Board"' in page.text
        assert not SavedReport.objects.exists()

    def test_only_colleagues_can_be_chosen(self, reader: Member) -> None:
        chief = MemberFactory(is_superuser=True)
        stranger = RoleFactory().member
        space = reader.roles.get().space
        colleague = RoleFactory(space=space).member
        for scope in (Scope.of_network(), Scope.of_space(space)):
            assert set(choosable_by(reader, scope)) == {reader, colleague}
            assert chief in choosable_by(reader, scope, chosen=[chief.pk])
        assert set(choosable_by(chief, Scope.of_network())) >= {chief, reader, stranger}
        delegate = DelegateFactory()
        assert list(choosable_by(delegate.member, Scope.of_company(delegate.company))) == [
            delegate.member
        ]

    def test_of_many_spaces_it_is_for_its_maker(self, client: Client, saved, reader) -> None:
        SavedReport.objects.update(scope="network")
        people = {reader: 200, RoleFactory().member: 403, MemberFactory(is_superuser=True): 200}
        for person, expected in people.items():
            client.force_login(person)
            edit = reverse("reports:saved_edit", args=[saved.pk])
            assert client.get(edit).status_code == expected
            page = client.get(reverse("reports:saved") + "?scope=network")
            assert (saved.name in page.text) is (expected == 200)
        client.force_login(RoleFactory().member)
        for name in ("saved_edit", "saved_send", "saved_delete"):
            assert client.post(reverse(f"reports:{name}", args=[saved.pk])).status_code == 403

    def test_others_neither_see_nor_touch_it(self, client: Client, saved: SavedReport) -> None:
        client.force_login(RoleFactory().member)
        for name in ("saved_edit", "saved_send", "saved_delete"):
            assert client.post(reverse(f"reports:{name}", args=[saved.pk])).status_code == 403
        assert client.get(reverse("reports:saved") + "?scope=space:werkraum").status_code == 403
