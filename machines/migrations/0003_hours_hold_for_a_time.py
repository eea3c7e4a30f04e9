"""A machine can go back to the hours of its space, and what held before is still known."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("machines", "0002_only_rules_that_are_understood")]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="availabilitycalendar", name="availabilitycalendar_once_per_kind"
        ),
        migrations.AddField(
            model_name="availabilitycalendar",
            name="holds_from",
            field=models.DateTimeField(
                "holds from", null=True, blank=True, help_text="Empty: since ever."
            ),
        ),
        migrations.AddField(
            model_name="availabilitycalendar",
            name="holds_until",
            field=models.DateTimeField(
                "holds until", null=True, blank=True, help_text="Empty: until further notice."
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilitycalendar",
            constraint=models.UniqueConstraint(
                fields=["space", "machine", "kind"],
                condition=Q(holds_until=None),
                nulls_distinct=False,
                name="availabilitycalendar_once_per_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="availabilitycalendar",
            constraint=models.CheckConstraint(
                condition=Q(holds_from=None)
                | Q(holds_until=None)
                | Q(holds_until__gt=F("holds_from")),
                name="availabilitycalendar_holds_for_a_time",
            ),
        ),
    ]
