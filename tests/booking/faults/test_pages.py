"""The pages of faults: what anybody reports, what staff do, who reads it again."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from booking.models import Displacement
from booking.states import DisplacementState
from machines.models import Dependency, Fault, FaultPhoto
from machines.services import faults
from machines.services.dependencies import add_need
from machines.states import Found, Severity
from spaces.intervals import DAY
from tests.booking.lively import NOW, TUESDAY, Lively, signed_in
from tests.booking.test_displaced_pages import choosing
from tests.factories.machines import MachineFactory
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db

REPORT = "/at/atelier/speedy/fault/"
TOLD = {"found": "broke", "summary": "The lens is cracked"}


@pytest.fixture(autouse=True)
def _on_that_tuesday(settings: object, tmp_path: object) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def maker(lively: Lively) -> Client:
    """Who has reserved something, signed in in a browser of their own."""
    return signed_in(lively.maker)


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile("seen.png", out.getvalue(), "image/png")


def reported(lively: Lively, **told: object) -> Fault:
    told = {
        "machine": lively.laser,
        "found": Found.FOUND,
        "by": lively.maker,
        "summary": "Sparks",
    } | told
    return faults.report_fault(
        stops_machine=False,
        now=NOW,
        **told,  # type: ignore[arg-type]
    )


def care(fault: Fault) -> str:
    return f"/spaces/atelier/faults/{fault.pk}/"


class TestReporting:
    def test_anybody_may_with_a_photo(self, client: Client, lively: Lively) -> None:
        assert "without your name" in client.get(REPORT).text
        answer = client.post(REPORT, TOLD | {"photo": picture()}, follow=True)
        assert answer.redirect_chain == [("/at/atelier/speedy/", 302)]
        assert "The staff is told" in answer.text
        fault = Fault.objects.get(summary=TOLD["summary"])
        assert (fault.found, fault.reported_by, fault.stops_machine) == ("broke", None, False)
        # Drawn anew: neither the name nor the bytes of the upload are kept.
        kept = FaultPhoto.objects.get().file
        assert "seen" not in kept.name
        with Image.open(kept.open()) as image:
            assert (image.format, image.size) == ("JPEG", (40, 30))

    def test_words_of_strangers_are_not_shown_before_the_staff_has_seen_them(
        self, client: Client, lively: Lively
    ) -> None:
        thanks = client.post(REPORT, TOLD | {"is_hazard": "on"}, follow=True).text
        assert "out of service now" in thanks
        assert TOLD["summary"] not in thanks
        page = client.get("/machines/atelier/speedy/").text
        assert "Out of order" in page
        assert "the staff will look at it" in page
        assert TOLD["summary"] not in page

    def test_a_member_is_led_to_how_it_goes_on(self, maker: Client, lively: Lively) -> None:
        answer = maker.post(REPORT, TOLD)
        fault = Fault.objects.get(reported_by=lively.maker)
        assert answer["Location"] == f"/faults/{fault.pk}/"
        page = maker.get(answer["Location"]).text
        assert "It broke while I used it" in page
        assert "has not looked at it yet" in page

    def test_what_is_missing_is_told_and_nothing_is_lost(
        self, maker: Client, lively: Lively
    ) -> None:
        wrong = SimpleUploadedFile("x.png", b"not a picture", "image/png")
        answer = maker.post(REPORT, {"summary": "It smells", "is_hazard": "on", "photo": wrong})
        assert answer.status_code == 422
        assert "It smells" in answer.text
        assert "not a picture" in answer.text
        assert 'name="is_hazard" required' not in answer.text
        assert not FaultPhoto.objects.exists()

    def test_what_is_not_stopped_is_said_to_who_reports_and_to_the_staff(
        self, staff: Client, lively: Lively
    ) -> None:
        for machine in MachineFactory.create_batch(3, space=lively.space):
            reported(lively, machine=machine, by=None, severity=Severity.HAZARD)
        answer = Client().post(REPORT, TOLD | {"is_hazard": "on"}, follow=True)
        assert "The machine is not stopped yet" in answer.text
        fault = Fault.objects.get(machine=lively.laser)
        assert "not stopped: look at once" in staff.get("/spaces/atelier/faults/").text
        assert '<option value="hazard" selected>' in staff.get(care(fault)).text

    def test_floods_are_not_taken_and_it_is_said_so(self, client: Client, lively: Lively) -> None:
        for _ in range(3):
            assert client.post(REPORT, TOLD).status_code == 302
        answer = client.post(REPORT, TOLD)
        assert answer.status_code == 429
        assert "several reports without a name" in answer.text
        assert TOLD["summary"] in answer.text
        for _ in range(3):
            answer = client.post("/at/atelier/trotec/fault/", TOLD)
        assert answer.status_code == 429


class TestCare:
    def test_from_the_judgement_to_the_end(self, staff: Client, lively: Lively) -> None:
        fault = reported(lively)
        typed = {
            "act": "judge",
            "severity": "serious",
            "stops_machine": "on",
            "mended": (TUESDAY + 2 * DAY).isoformat(),
            "known": "A new lens comes on Thursday",
        }
        asked = staff.post(care(fault), typed)
        assert "3 reservations are in the way" in asked.text
        assert not fault.stoppages.exists()
        cancel = choosing(asked.text, "Cancel it")
        saved = staff.post(care(fault), typed | cancel | {"step": "save"})
        assert saved.status_code == 302
        assert fault.stoppages.open().exists()
        public = staff.get("/machines/atelier/speedy/").text
        assert "Sparks" in public
        assert "A new lens comes on Thursday" in public
        assert "likely mended by Thu 22 October" in public
        repair = {"act": "resolve", "text": "Changed the lens", "minutes": "30", "cost": "80.50"}
        done = staff.post(care(fault), repair, follow=True)
        assert "The fault is resolved." in done.text
        assert "CHF" in done.text
        fault.refresh_from_db()
        assert (fault.minutes_spent, str(fault.cost)) == (30, "80.50")
        assert not fault.stoppages.open().exists()
        again = staff.post(care(fault), {"act": "reopen", "text": "Cracked again"}, follow=True)
        assert "Cracked again" in again.text
        assert fault.stoppages.open().exists()

    def test_a_hazard_stops_whatever_is_ticked(self, staff: Client, lively: Lively) -> None:
        fault = reported(lively)
        staff.post(care(fault), {"act": "judge", "severity": "hazard", "mended": ""})
        fault.refresh_from_db()
        assert (fault.severity, fault.stops_machine) == (Severity.HAZARD, True)

    def test_what_is_wrong_is_told_beside_its_form(self, staff: Client, lively: Lively) -> None:
        fault = reported(lively)
        past = {"act": "judge", "severity": "minor", "mended": "2026-10-01"}
        answer = staff.post(care(fault), past)
        assert answer.status_code == 422
        assert "This day is past" in answer.text
        answer = staff.post(care(fault), {"act": "resolve", "text": "Glued", "minutes": "-3"})
        assert answer.status_code == 422
        assert "Glued" in answer.text
        assert Fault.objects.open().filter(pk=fault.pk).exists()

    def test_taking_on_talking_and_the_same_fault(self, staff: Client, lively: Lively) -> None:
        first, second = reported(lively), reported(lively, summary="Sparks again")
        staff.post(care(first), {"act": "assign", "to": lively.staff.pk})
        first.refresh_from_db()
        assert first.assigned_to == lively.staff
        staff.post(care(first), {"act": "comment", "text": "Ordered", "photo": picture()})
        assert FaultPhoto.objects.get().entry.text == "Ordered"
        answer = staff.post(care(second), {"act": "duplicate", "original": first.pk}, follow=True)
        assert "it is the same as “Sparks”" in answer.text
        second.refresh_from_db()
        assert second.duplicate_of == first
        stranger = MemberFactory()
        answer = staff.post(care(first), {"act": "assign", "to": stranger.pk})
        assert answer.status_code == 422

    def test_what_was_resolved_meanwhile_is_shown_as_it_is(
        self, staff: Client, lively: Lively
    ) -> None:
        fault = reported(lively)
        faults.resolve_fault(fault=fault, by=lively.staff, now=NOW)
        for typed in (
            {"act": "judge", "severity": "minor"},
            {"act": "assign", "to": lively.staff.pk},
            {"act": "duplicate", "original": "1"},
        ):
            answer = staff.post(care(fault), typed, follow=True)
            assert "Somebody has resolved this meanwhile" in answer.text


class TestReading:
    def test_who_reported_it_reads_what_is_shared_and_nobody_else_does(
        self, maker: Client, staff: Client, lively: Lively
    ) -> None:
        fault = reported(lively)
        for text, is_shared in (("The part is ordered", True), ("Who did that?", False)):
            faults.comment(
                fault=fault, text=text, is_shared=is_shared, by=lively.staff, now=NOW,
                photos=[picture()],
            )  # fmt: skip
        address = f"/faults/{fault.pk}/"
        page = maker.get(address).text
        assert "The part is ordered" in page
        assert "Who did that?" not in page
        shown, hidden = FaultPhoto.objects.order_by("pk")
        assert maker.get(f"/faults/photos/{shown.pk}/").status_code == 200
        assert maker.get(f"/faults/photos/{hidden.pk}/").status_code == 404
        assert staff.get(f"/faults/photos/{hidden.pk}/").status_code == 200
        assert staff.get(address)["Location"] == care(fault)
        assert signed_in(MemberFactory()).get(address).status_code == 404

    def test_who_reported_the_same_reads_the_original(self, maker: Client, lively: Lively) -> None:
        original, mine = reported(lively, by=None), reported(lively)
        faults.mark_duplicate(fault=mine, original=original, by=lively.staff, now=NOW)
        assert f"/faults/{original.pk}/" in maker.get(f"/faults/{mine.pk}/").text
        assert maker.get(f"/faults/{original.pk}/").status_code == 200

    def test_the_list_is_filtered_by_its_address(self, staff: Client, lively: Lively) -> None:
        reported(lively)
        page = staff.get("/spaces/atelier/faults/all/?state=new&q=spark").text
        assert "Sparks" in page
        assert "No fault is like that." in staff.get("/spaces/atelier/faults/all/?q=zzz").text
        assert "Sparks" in staff.get("/spaces/atelier/faults/all/?state=nonsense").text

    @pytest.mark.parametrize("address", ["", "all/"])
    def test_pages_take_as_many_queries_for_three_as_for_one(
        self, staff: Client, lively: Lively, address: str
    ) -> None:
        counts = []
        for number in (1, 2):
            for _ in range(number):
                fault = reported(lively, by=MemberFactory())
                faults.assign(fault=fault, to=lively.staff, by=lively.staff, now=NOW)
            staff.get(f"/spaces/atelier/faults/{address}")
            with CaptureQueriesContext(connection) as queries:
                staff.get(f"/spaces/atelier/faults/{address}")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_the_bar_counts_what_is_new(self, staff: Client, lively: Lively) -> None:
        reported(lively)
        page = staff.get("/spaces/atelier/displaced/").text
        assert re.search(r'Machines <span class="badge warn">1<', page)


class TestNeeds:
    ADDRESS = "/spaces/atelier/machines/shaper/needs/"

    def test_one_is_added_and_taken_away(self, staff: Client, lively: Lively) -> None:
        answer = staff.post(self.ADDRESS, {"needs": lively.laser.pk}, follow=True)
        assert "It stands still from now on whenever Speedy 400 does." in answer.text
        assert Dependency.objects.get().machine == lively.mill
        page = staff.get("/spaces/atelier/machines/speedy/faults/").text
        assert "With it these stand still: Shaper Origin." in page
        staff.post(self.ADDRESS, {"remove": lively.laser.pk})
        assert not Dependency.objects.exists()
        assert staff.post(self.ADDRESS, {"remove": "x"}).status_code == 404

    def test_a_circle_cannot_be_chosen(self, staff: Client, lively: Lively) -> None:
        add_need(machine=lively.laser, needs=lively.mill, now=NOW)
        answer = staff.post(self.ADDRESS, {"needs": lively.laser.pk})
        assert answer.status_code == 422

    def test_what_is_broken_already_is_told(self, staff: Client, lively: Lively) -> None:
        broken = lively.space.machines.get(slug="stepcraft")
        answer = staff.post(self.ADDRESS, {"needs": broken.pk}, follow=True)
        assert "It stands still already." in answer.text
        assert "because Stepcraft does" in answer.text
        page = staff.get("/machines/atelier/shaper/").text
        assert "it needs Stepcraft." in page
        board = staff.get("/spaces/atelier/board/").text
        assert "Out of order without Stepcraft" in board


def test_who_reported_something_finds_it_again_with_what_was_answered(
    maker: Client, lively: Lively
) -> None:
    assert "You have reported nothing." in maker.get("/faults/").text
    fault, other = reported(lively), reported(lively, summary="Hums", by=MemberFactory.create())
    judgement = faults.Judgement(
        severity=Severity.MINOR, stops_machine=False, known="A new cable is ordered"
    )
    faults.judge(fault=fault, judgement=judgement, by=lively.staff, now=NOW)
    page = maker.get("/faults/")
    assert f'href="/faults/{fault.pk}/"' in page.text
    assert "A new cable is ordered" in page.text
    assert other.summary not in page.text
    faults.resolve_fault(
        fault=fault, by=lively.staff, now=NOW, repair=faults.Repair(text="Cable replaced")
    )
    assert "Cable replaced" in maker.get("/faults/").text
    assert 'href="/faults/"' in maker.get("/reservations/").text


def test_the_queue_names_what_the_fault_displaced(staff: Client, lively: Lively) -> None:
    fault = reported(lively)
    typed = {
        "act": "judge",
        "severity": "serious",
        "stops_machine": "on",
        "mended": TUESDAY.isoformat(),
    }
    asked = staff.post(care(fault), typed | {"all": "ask"}).text
    chosen = dict(
        re.findall(
            r'<select name="(to-\d+)".*?<option value="([^"]*)"\s+selected', asked, re.DOTALL
        )
    )
    staff.post(care(fault), typed | chosen | {"step": "save"})
    waiting = Displacement.objects.filter(state=DisplacementState.OPEN)
    assert {each.reason for each in waiting} == {"Sparks"}
    staff.post(care(fault), {"act": "resolve"})
    assert not waiting.all().exists()
