"""A machine has photos, not one photo."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("machines", "0009_photos_and_measures_of_what_is_there")]

    operations: ClassVar = [
        migrations.RemoveField(model_name="machine", name="photo"),
        migrations.RemoveField(model_name="machine", name="photo_alt"),
    ]
