"""The photo of each machine becomes the first of several; its words are read into numbers."""

from typing import Any, ClassVar

from django.db import migrations

from machines.measuring.reading import measurements_of

LANGUAGES = ("en", "fr", "de", "it")


def move_photos(apps: Any, _schema: Any) -> None:
    """What the photo shows was said in one language: that of the space."""
    photo = apps.get_model("machines", "Photo")
    for machine in apps.get_model("machines", "Machine").objects.exclude(photo=""):
        spoken = [code for code in machine.space.languages if code in LANGUAGES] or ["en"]
        photo.objects.create(
            machine=machine,
            file=machine.photo.name,
            small=machine.photo.name,
            alt=machine.photo_alt,
            **{f"alt_{spoken[0]}": machine.photo_alt},
        )


def put_photos_back(apps: Any, _schema: Any) -> None:
    """The first photo of each machine."""
    for photo in apps.get_model("machines", "Photo").objects.order_by("-position", "-pk"):
        said = (getattr(photo, f"alt_{code}") for code in LANGUAGES)
        photo.machine.photo = photo.file.name
        photo.machine.photo_alt = next(filter(None, said), "")
        photo.machine.save(update_fields=["photo", "photo_alt"])


def measure_machines(apps: Any, _schema: Any) -> None:
    """As `services/measures.py` does for each machine whose sheet is written."""
    measure = apps.get_model("machines", "Measure")
    machines = apps.get_model("machines", "Machine").objects.prefetch_related("specs")
    measure.objects.bulk_create(
        measure(
            machine=machine,
            key=found.key,
            material=found.material,
            low=found.low,
            high=found.high,
        )
        for machine in machines
        for found in measurements_of(
            work_area=machine.work_area,
            materials=machine.materials,
            lines=[(line.name, f"{line.value} {line.unit}") for line in machine.specs.all()],
        )
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("machines", "0008_photos_versions_measures_stocktakes")]

    operations: ClassVar = [
        migrations.RunPython(move_photos, put_photos_back),
        migrations.RunPython(measure_machines, migrations.RunPython.noop),
    ]
