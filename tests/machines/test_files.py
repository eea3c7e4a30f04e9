"""Photos and documents are given out for machines of the catalogue only."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from machines.models import Document, Machine
from tests.factories.machines import MachineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine() -> Machine:
    """A machine with a photo and a sheet."""
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    machine = MachineFactory(photo=ContentFile(picture.getvalue(), "laser.png"))
    Document.objects.create(
        machine=machine,
        title="Sheet",
        licence="CC0-1.0",
        file=ContentFile(b"<script>alert(1)</script>", "sheet.html"),
    )
    return machine


def test_the_photo_is_shown_and_the_document_is_saved_not_run(
    client: Client, machine: Machine
) -> None:
    photo = client.get(reverse("machines:photo", args=[machine.space.slug, machine.slug]))
    assert photo["Content-Type"] == "image/png"
    document = client.get(reverse("machines:document", args=[machine.documents.get().pk]))
    assert document["Content-Disposition"].startswith("attachment")
    assert document["X-Content-Type-Options"] == "nosniff"
    page = client.get(reverse("booking:machine", args=[machine.space.slug, machine.slug]))
    assert f"/documents/{machine.documents.get().pk}/" in page.content.decode()
    sheet = client.get(f"/api/v1/machines/{machine.pk}").json()
    assert sheet["documents"][0]["url"].endswith(f"/documents/{machine.documents.get().pk}/")
    assert sheet["photo"].endswith("/photo/")


def test_an_unlisted_machine_gives_nothing_out(client: Client, machine: Machine) -> None:
    Machine.objects.update(is_listed=False)
    document = reverse("machines:document", args=[machine.documents.get().pk])
    assert client.get(document).status_code == 404
    photo = reverse("machines:photo", args=[machine.space.slug, machine.slug])
    assert client.get(photo).status_code == 404


def test_a_document_that_is_only_linked_is_not_kept_here(client: Client) -> None:
    linked = Document.objects.create(
        machine=MachineFactory(), title="Manual", licence="CC0-1.0", url="https://example.org/m"
    )
    assert client.get(reverse("machines:document", args=[linked.pk])).status_code == 404
