"""The pages on which staff set hours: who may open them, what they show, what they save."""

import re
from collections.abc import Mapping
from datetime import date, time

import pytest
import time_machine
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse
from schedule.models import Event, Rule

from machines.models import AvailabilityCalendar, DirtyDay, Fault, Machine
from machines.queries.opening import maintenance_dates, opening_of_space, openings_of
from machines.queries.weeks import weekly_hours
from machines.services.calendars import WeeklySpan, add_closure, plan_maintenance, set_weekly_hours
from machines.states import CalendarKind, Repeat
from members.models import Member
from tests.factories.machines import FaultFactory, MachineFactory
from tests.factories.members import MemberFactory, RoleFactory
from tests.factories.spaces import SpaceFactory
from tests.machines.calendars import at, span

pytestmark = pytest.mark.django_db

NOW = at("2026-05-06T08:00")


@pytest.fixture(autouse=True)
def _at_a_wednesday_in_may() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def machine() -> Machine:
    """A machine of a space in Zürich."""
    return MachineFactory.create(space=SpaceFactory.create(slug="zurich"), slug="laser")


@pytest.fixture
def staff(machine: Machine, client: Client) -> Client:
    """Someone who works there, signed in."""
    client.force_login(RoleFactory.create(space=machine.space).member)
    return client


PAGES = [
    *("hours", "closures", "holidays"),
    *("machine_hours", "maintenance", "faults"),
]


def address(name: str) -> str:
    """A page of the space, or of the machine in it."""
    in_space = name in {"hours", "closures", "holidays"}
    # What takes time from reservations has its page with them.
    return reverse(f"booking:{name}", args=["zurich"] if in_space else ["zurich", "laser"])


def fingerprint(content: bytes) -> str:
    """What the preview hands on to the saving."""
    found = re.search(rb'name="previewed" value="(\w+)"', content)
    assert found is not None
    return found[1].decode()


def save(client: Client, url: str, typed: Mapping[str, object]) -> bytes:
    """Preview, then save; returns the page of the preview."""
    shown = client.post(url, {**typed, "step": "preview"})
    assert shown.status_code == 200
    saved = client.post(url, {**typed, "step": "save", "previewed": fingerprint(shown.content)})
    assert saved.status_code == 302
    return shown.content


@pytest.mark.parametrize("name", PAGES)
class TestWhoMayOpen:
    """Staff of this space, and nobody else."""

    def test_visitors_are_sent_to_the_login(
        self, name: str, machine: Machine, client: Client
    ) -> None:
        for answer in (client.get(address(name)), client.post(address(name))):
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_login"))

    def test_members_and_staff_of_another_space_are_refused(
        self, name: str, machine: Machine, client: Client
    ) -> None:
        for person in (MemberFactory.create(), RoleFactory.create().member):
            client.force_login(person)
            assert client.get(address(name)).status_code == 403
            assert client.post(address(name)).status_code == 403

    def test_staff_see_the_page(self, name: str, staff: Client) -> None:
        answer = staff.get(address(name))
        assert answer.status_code == 200
        assert "style=" not in answer.content.decode()

    def test_an_unknown_space_is_not_found(self, name: str, staff: Client) -> None:
        assert staff.get(address(name).replace("zurich", "nowhere")).status_code == 404


def test_removing_and_resolving_is_for_staff_only(machine: Machine, client: Client) -> None:
    day = span("2026-06-01T00:00", "2026-06-02T00:00")
    closure = add_closure(owner=machine.space, title="x", interval=day, now=NOW)
    job = plan_maintenance(machine=machine, title="x", interval=day, now=NOW)
    fault = FaultFactory.create(machine=machine, starts_at=NOW)
    client.force_login(MemberFactory.create())
    for url in (
        reverse("booking:closure_remove", args=["zurich", closure.pk]),
        reverse("booking:maintenance_remove", args=["zurich", "laser", job.pk]),
        reverse("booking:fault_resolve", args=["zurich", "laser", fault.pk]),
    ):
        assert client.post(url).status_code == 403
    assert Event.objects.count() == 2
    assert Fault.objects.open().exists()


def test_staff_cannot_remove_what_belongs_to_another_space(staff: Client) -> None:
    day = span("2026-06-01T00:00", "2026-06-02T00:00")
    other = add_closure(owner=SpaceFactory.create(), title="x", interval=day, now=NOW)
    assert (
        staff.post(reverse("booking:closure_remove", args=["zurich", other.pk])).status_code == 404
    )


def test_a_closure_that_is_over_stays(machine: Machine, staff: Client) -> None:
    day = span("2026-02-02T00:00", "2026-02-03T00:00")
    over = add_closure(owner=machine.space, title="x", interval=day, now=NOW)
    url = reverse("booking:closure_remove", args=["zurich", over.pk])
    assert "This time is over already." in staff.post(url, follow=True).text
    assert Event.objects.filter(pk=over.pk).exists()


class TestHours:
    """The weekly grid."""

    typed = {"from_date": "2026-05-11", "from_0_0": "09:00", "until_0_0": "12:30"}

    def test_the_weeks_are_shown_before_anything_is_saved(
        self, machine: Machine, staff: Client
    ) -> None:
        shown = staff.post(address("hours"), {**self.typed, "step": "preview"})
        text = shown.content.decode()
        assert text.count("09:00–12:30") == 3
        assert not Event.objects.exists()

    def test_what_was_shown_is_saved(self, machine: Machine, staff: Client) -> None:
        typed = self.typed | {"from_0_1": "18:00", "until_0_1": "02:00"}
        save(staff, address("hours"), typed)
        assert weekly_hours(machine.space, CalendarKind.OPEN) == [
            (0, time(9), time(12, 30)),
            (0, time(18), time(2)),
        ]
        assert b"<option selected>09:00" in staff.get(address("hours")).content

    def test_what_was_changed_after_the_preview_is_shown_again(
        self, machine: Machine, staff: Client
    ) -> None:
        shown = staff.post(address("hours"), {**self.typed, "step": "preview"})
        changed = self.typed | {"until_0_0": "13:00", "step": "save"}
        answer = staff.post(address("hours"), {**changed, "previewed": fingerprint(shown.content)})
        assert answer.status_code == 200
        assert "09:00–13:00" in answer.content.decode()
        assert not Event.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"until_0_0": ""}, "A span needs both its times."),
            ({"until_0_0": "09:00"}, "For a whole day, choose 00:00 to 24:00."),
            ({"from_0_1": "10:00", "until_0_1": "11:00"}, "This overlaps another span of the day."),
            ({"from_0_0": "9 o’clock"}, "Choose a time from the list."),
            ({"from_0_0": "", "until_0_0": ""}, "Enter at least one span."),
            ({"from_date": "2026-05-05"}, "Choose today or a later day"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
        self, wrong: dict[str, str], message: str, staff: Client
    ) -> None:
        typed = self.typed | {"from_3_2": "20:15", "until_3_2": "21:00"}
        if message.startswith("Enter"):
            typed = self.typed
        answer = staff.post(address("hours"), {**typed, **wrong, "step": "preview"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert message in text
        assert message.startswith("Enter") or "<option selected>20:15" in text
        assert not Event.objects.exists()

    def test_round_the_clock_is_open_round_the_clock(self, machine: Machine, staff: Client) -> None:
        typed: dict[str, object] = {"from_date": "2026-05-06"}
        for day in range(7):
            typed |= {f"from_{day}_0": "00:00", f"until_{day}_0": "24:00"}
        save(staff, address("hours"), typed)
        week = span("2026-05-11T00:00", "2026-05-18T00:00")
        assert opening_of_space(machine.space, week).open == (week,)
        assert b"<option selected>24:00" in staff.get(address("hours")).content

    def test_staffed_hours_have_their_own_page_and_may_be_empty(
        self, machine: Machine, staff: Client
    ) -> None:
        url = address("hours") + "?kind=staffed"
        save(staff, url, self.typed)
        assert weekly_hours(machine.space, CalendarKind.STAFFED) == [(0, time(9), time(12, 30))]
        assert weekly_hours(machine.space, CalendarKind.OPEN) == []
        save(staff, url, {"from_date": "2026-05-11"})
        assert weekly_hours(machine.space, CalendarKind.STAFFED) == []

    def test_a_machine_can_have_hours_of_its_own(self, machine: Machine, staff: Client) -> None:
        save(staff, address("machine_hours"), self.typed)
        week = span("2026-05-11T00:00", "2026-05-18T00:00")
        assert openings_of([machine], week)[machine.pk].open == (
            span("2026-05-11T09:00", "2026-05-11T12:30"),
        )
        assert opening_of_space(machine.space, week).open == (week,)

    def test_a_machine_can_go_back_to_the_hours_of_its_space(
        self, machine: Machine, staff: Client
    ) -> None:
        url = address("machine_hours")
        assert 'name="as_space"' not in staff.get(url).text
        save(staff, url, self.typed)
        page = staff.get(url).text
        assert "This machine has hours of its own" in page
        assert 'name="as_space"' in page
        save(staff, url, self.typed | {"as_space": "on", "from_date": "2026-05-18"})
        weeks = span("2026-05-11T00:00", "2026-05-25T00:00")
        assert openings_of([machine], weeks)[machine.pk].open == (
            span("2026-05-11T09:00", "2026-05-11T12:30"),
            span("2026-05-18T00:00", "2026-05-25T00:00"),
        )
        save(staff, url, {"as_space": "on", "from_date": "2026-05-06"})
        assert "This machine is open like the space." in staff.get(url).text


class TestClosures:
    """Adding and removing."""

    def test_several_days_are_previewed_saved_and_removed(
        self, machine: Machine, staff: Client
    ) -> None:
        typed = {"title": "Stocktaking", "first": "2026-05-13", "last": "2026-05-14"}
        typed |= {"start": "00:00", "end": "24:00", "repeat": "once", "until": ""}
        shown = save(staff, address("closures"), typed)
        assert shown.decode().count("Stocktaking") >= 2
        event = Event.objects.get()
        assert (event.start, event.end) == (at("2026-05-13T00:00"), at("2026-05-15T00:00"))
        assert "Stocktaking" in staff.get(address("closures")).content.decode()
        staff.post(reverse("booking:closure_remove", args=["zurich", event.pk]))
        assert not Event.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"last": "2026-05-12"}, "The end must come after the start."),
            ({"title": ""}, "This field is required."),
            ({"first": "2027-03-28", "start": "02:30"}, "The clock skips this time"),
            ({"repeat": "weekly", "until": "2026-05-01"}, "This lies before the first date."),
            ({"repeat": "yearly", "last": "2028-05-14"}, "What recurs may last a year at most."),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(
        self, wrong: dict[str, str], message: str, staff: Client
    ) -> None:
        typed = {"title": "Moving", "first": "2026-05-13", "last": "", "start": "00:00"}
        typed |= {"end": "24:00", "repeat": "once", "until": ""}
        answer = staff.post(address("closures"), {**typed, **wrong, "step": "preview"})
        assert answer.status_code == 422
        assert message in answer.content.decode()


class TestHolidays:
    """A year of holidays."""

    def test_the_ticked_ones_are_loaded_once(self, machine: Machine, staff: Client) -> None:
        set_weekly_hours(
            owner=machine.space,
            kind=CalendarKind.OPEN,
            week=[WeeklySpan((4,), time(9), time(18))],
            from_date=date(2026, 1, 1),
            now=NOW,
        )
        url = address("holidays") + "?year=2026"
        text = staff.get(url).content.decode()
        assert "Tag der Arbeit" in text
        shown = save(staff, url, {"dates": ["2026-05-01", "2026-08-01"]}).decode()
        assert "09:00–18:00" in shown
        assert "closed anyway" in shown
        closed = Event.objects.filter(rule=None)
        assert sorted(each.start for each in closed) == [
            at("2026-05-01T00:00"),
            at("2026-08-01T00:00"),
        ]
        assert staff.post(url, {"dates": ["2026-05-01"], "step": "preview"}).status_code == 422

    def test_nothing_ticked_is_said(self, staff: Client) -> None:
        answer = staff.post(address("holidays"), {"step": "preview"})
        assert answer.status_code == 422
        assert "Tick at least one holiday." in answer.content.decode()

    def test_a_year_that_is_not_offered_is_this_year(self, staff: Client) -> None:
        assert "2026" in staff.get(address("holidays") + "?year=1").content.decode()

    def test_a_place_without_known_holidays_says_so(self, machine: Machine, staff: Client) -> None:
        machine.space.country = "XX"
        machine.space.save()
        assert "No holidays are known" in staff.get(address("holidays")).content.decode()


class TestMaintenance:
    """Jobs of a machine."""

    def test_the_dates_are_shown_then_planned_then_dropped(
        self, machine: Machine, staff: Client
    ) -> None:
        typed = {"title": "Lens", "first": "2026-05-12", "start": "22:00", "end": "01:00"}
        typed |= {"repeat": "weekly", "until": "2026-06-30"}
        shown = save(staff, address("maintenance"), typed).decode()
        preview = shown[shown.index('id="preview"') : shown.index("</ol>")]
        assert preview.count("<li>") == 8
        weeks = shown[shown.index("</ol>") : shown.index("</section>", shown.index("</ol>"))]
        for span_of_day in ("22:00–24:00", "00:00–01:00"):
            assert weeks.count(f"maintenance {span_of_day}") == 3
        window = span("2026-05-01T00:00", "2026-08-01T00:00")
        dates = maintenance_dates(machine, window)
        assert dates[0][2] == span("2026-05-12T22:00", "2026-05-13T01:00")
        url = reverse("booking:maintenance_remove", args=["zurich", "laser", dates[0][0].pk])
        staff.post(url, {"date": dates[1][1].isoformat()})
        assert len(maintenance_dates(machine, window)) == 7
        staff.post(url, {"date": "2026-05-12"})
        staff.post(url, {"date": "nonsense"})
        assert len(maintenance_dates(machine, window)) == 7
        staff.post(url)
        assert maintenance_dates(machine, window) == []


class TestFaults:
    """Reported and resolved."""

    def test_a_fault_is_reported_and_resolved(self, machine: Machine, staff: Client) -> None:
        assert staff.post(address("faults"), {"summary": ""}).status_code == 422
        staff.post(address("faults"), {"summary": "Belt torn", "stops_machine": "on"})
        fault = Fault.objects.get()
        assert (fault.machine, fault.stops_machine, fault.starts_at) == (machine, True, NOW)
        assert "Belt torn" in staff.get(address("faults")).content.decode()
        staff.post(reverse("booking:fault_resolve", args=["zurich", "laser", fault.pk]))
        assert not Fault.objects.open().exists()
        assert "Belt torn" in staff.get(address("faults")).content.decode()


class TestPlainAdmin:
    """Superusers cannot write a rule either that would be misread."""

    @pytest.fixture
    def admin(self, client: Client) -> Client:
        """A superuser, signed in."""
        client.force_login(Member.objects.create_superuser("root@example.org", "x"))
        return client

    def test_every_list_and_every_empty_form_opens(self, admin: Client, machine: Machine) -> None:
        for model, pages in site._registry.items():
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            assert admin.get(reverse(f"{name}_changelist")).status_code == 200, name
            answer = admin.get(reverse(f"{name}_add"))
            allowed = pages.has_add_permission(answer.wsgi_request)
            assert answer.status_code == (200 if allowed else 403), name

    def test_a_rule_is_checked(self, admin: Client) -> None:
        url = reverse("admin:schedule_rule_add")
        typed = {"name": "typo", "frequency": "WEEKLY", "params": "byweekday:0,1,2"}
        answer = admin.post(url, typed)
        assert answer.status_code == 200
        assert "is not a rule that is understood here" in answer.content.decode()
        admin.post(url, typed | {"params": "byweekday:MO,TU,WE"})
        rule = Rule.objects.get()
        assert (
            admin.post(reverse("admin:schedule_rule_change", args=[rule.pk]), typed).status_code
            == 403
        )

    def test_an_event_is_checked(self, machine: Machine, admin: Client) -> None:
        day = span("2026-06-01T00:00", "2026-06-02T00:00")
        event = add_closure(
            owner=machine.space, title="x", interval=day, repeat=Repeat.YEARLY, now=NOW
        )
        typed = {"calendar": event.calendar_id, "title": "x", "rule": event.rule_id or ""}
        typed |= {"start_0": "2026-06-01", "start_1": "10:00", "end_0": "2026-06-01"}
        url = reverse("admin:schedule_event_change", args=[event.pk])
        answer = admin.post(url, typed | {"end_1": "09:00"})
        assert "The end must come after the start." in answer.content.decode()
        DirtyDay.objects.all().delete()
        assert admin.post(url, typed | {"end_1": "11:00"}).status_code == 302
        assert DirtyDay.objects.filter(machine=machine).exists()

    def test_a_machine_that_is_retired_is_counted_again(
        self, machine: Machine, admin: Client
    ) -> None:
        url = reverse("admin:machines_machine_change", args=[machine.pk])
        form = admin.get(url).context["adminform"].form
        typed = {name: form[name].value() for name in form.fields if form[name].value()}
        typed |= {
            f"{each}-{part}_FORMS": 0
            for each in ("specs", "documents")
            for part in ("TOTAL", "INITIAL")
        }
        DirtyDay.objects.all().delete()
        answer = admin.post(url, typed | {"retired_at_0": "2026-05-20", "retired_at_1": "10:00"})
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        assert DirtyDay.objects.filter(machine=machine).exists()

    def test_a_machine_stays_in_its_space_and_on_its_clock(
        self, machine: Machine, admin: Client
    ) -> None:
        url = reverse("admin:machines_machine_change", args=[machine.pk])
        assert "space" not in admin.get(url).context["adminform"].form.fields
        new = admin.get(reverse("admin:machines_machine_add"))
        assert "space" in new.context["adminform"].form.fields
        url = reverse("admin:spaces_space_change", args=[machine.space.pk])
        assert "timezone" not in admin.get(url).context["adminform"].form.fields
        url = reverse("admin:spaces_space_change", args=[SpaceFactory.create().pk])
        assert "timezone" in admin.get(url).context["adminform"].form.fields

    def test_what_services_write_is_only_looked_at(self, machine: Machine, admin: Client) -> None:
        for name in ("machines_fault", "machines_availabilitycalendar", "booking_reservation"):
            assert admin.get(reverse(f"admin:{name}_add")).status_code == 403
        assert admin.get(reverse("admin:booking_usagesession_add")).status_code == 403
        day = span("2026-06-01T00:00", "2026-06-02T00:00")
        event = add_closure(owner=machine.space, title="x", interval=day, now=NOW)
        kept = AvailabilityCalendar.objects.get(calendar=event.calendar)
        for what in ("change", "delete"):
            url = reverse(f"admin:machines_availabilitycalendar_{what}", args=[kept.pk])
            assert admin.post(url, {"post": "yes", "kind": "open"}).status_code == 403
        gone = reverse("admin:machines_machine_delete", args=[machine.pk])
        assert admin.post(gone, {"post": "yes"}).status_code == 403
