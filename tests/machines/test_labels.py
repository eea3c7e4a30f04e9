"""Labels: where they lie on the sheet, what stands on them, and who may have them."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from machines.labels.drawing import Label, sheets_of
from machines.labels.formats import FORMATS, NAMES
from machines.models import Machine
from machines.queries.codes import machine_of_code
from machines.queries.labels import labels_of
from spaces.models import Space
from tests.factories.machines import MachineFactory
from tests.factories.members import RoleFactory
from tests.factories.spaces import SpaceFactory

PAGE = "/spaces/atelier/labels/"


def label(name: str = "Speedy 400", number: str = "FL-0042") -> Label:
    return Label(name=name, number=number, place="Atelier", address="https://e.example/at/a/b/")


def pages_of(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page ")


def test_every_format_has_a_name() -> None:
    assert list(NAMES) == list(FORMATS)


@given(st.sampled_from(sorted(FORMATS)), st.integers(1, 200), st.integers(0, 3))
def test_labels_lie_on_their_sheet_and_not_on_each_other(key: str, count: int, used: int) -> None:
    form = FORMATS[key]
    places = list(form.places(count, used=used))
    assert len(set(places)) == count
    assert places[0].sheet == used // form.per_sheet
    assert places[-1].sheet == (used + count - 1) // form.per_sheet
    for place in places:
        assert 0 <= place.left <= form.sheet[0] - form.width + 0.1
        assert -0.1 <= place.bottom <= form.sheet[1] - form.height + 0.1
    lefts = sorted({place.left for place in places})
    assert all(b - a >= form.width - 0.01 for a, b in pairwise(lefts))


@pytest.mark.parametrize("key", FORMATS)
def test_every_format_can_be_drawn(key: str) -> None:
    form = FORMATS[key]
    odd = [
        label(),
        label(number=""),
        label(number="N° é"),
        label(number="X" * 80),
        label(name="Łódź 木 " + "very long " * 12),
        label(name=""),
    ]
    pdf = sheets_of([*odd, *[label()] * form.per_sheet], form, title="Labels")
    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) == -(-(len(odd) + form.per_sheet) // form.per_sheet)


@pytest.fixture
def space() -> Space:
    made: Space = SpaceFactory(slug="atelier", name="Atelier")
    return made


@pytest.fixture
def staff(client: Client, space: Space) -> Client:
    client.force_login(RoleFactory(space=space).member)
    return client


@pytest.mark.django_db
def test_the_codes_on_a_label_find_its_machine(space: Space) -> None:
    machine = MachineFactory(space=space, inventory_number="FL-0042")
    (told,) = labels_of(space, [machine.pk])
    assert machine_of_code(told.number, space) == machine
    assert machine_of_code(told.address, space) == machine


@pytest.mark.django_db
def test_ticked_machines_become_a_pdf(staff: Client, space: Space) -> None:
    assert "No machines yet" in staff.get(PAGE).text
    machines = MachineFactory.create_batch(3, space=space)
    other = MachineFactory(name="Elsewhere")
    page = staff.get(PAGE).text
    assert page.count("checked") == 3
    assert "Elsewhere" not in page
    ticked = {"format": "70x36", "used": "2", "machine": [each.pk for each in machines[:2]]}
    answer = staff.post(PAGE, ticked)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="labels-atelier.pdf"'
    assert pages_of(answer.content) == 1
    assert staff.post(PAGE, {**ticked, "machine": [other.pk]}).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"machine": []}, "Tick one machine at least."),
        ({"used": "24"}, "A sheet has 24 labels."),
        ({"format": "cardboard"}, "valid choice"),
        ({"machine": ["x\0"]}, "Null characters"),
    ],
)
def test_what_is_wrong_is_told_and_the_ticks_stay(
    staff: Client, space: Space, changes: dict[str, object], told: str
) -> None:
    machines = MachineFactory.create_batch(2, space=space)
    typed = {"format": "70x36", "used": "0", "machine": [machines[0].pk], **changes}
    answer = staff.post(PAGE, typed)
    assert answer.status_code == 422
    assert told in answer.text
    assert answer.text.count("checked") == (0 if "machine" in changes else 1)


@pytest.mark.django_db
def test_filters_choose_what_is_printed(staff: Client, space: Space) -> None:
    MachineFactory(space=space, name="Speedy")
    MachineFactory(space=space, name="Retired", retired_at=datetime(2026, 1, 1, tzinfo=UTC))
    page = staff.get(PAGE, {"text": "speedy"}).text
    assert "Speedy" in page
    assert "Retired" not in page
    assert "No machine matches" in staff.get(PAGE, {"text": "nothing"}).text


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_labels_take_one_query(space: Space, count: int, django_assert_num_queries) -> None:
    machines: list[Machine] = MachineFactory.create_batch(count, space=space)
    with django_assert_num_queries(1):
        assert len(labels_of(space, [each.pk for each in machines])) == count
