"""Staff can be reminded of what is low."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0011_ends_that_meters_know"),
        ("machines", "0011_consumables"),
        ("spaces", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reminderrule",
            name="reminderrule_category_where_it_matters",
        ),
        migrations.AlterField(
            model_name="reminderrule",
            name="event",
            field=models.CharField(
                choices=[
                    ("start", "before the start"),
                    ("end", "before the end"),
                    ("check_in", "after a missed check-in"),
                    ("certification", "before a certification ends"),
                    ("membership", "before a membership ends"),
                    ("contract", "before a contract ends"),
                    ("maintenance", "before planned maintenance"),
                    ("stock", "after stock has become low"),
                ],
                default="start",
                max_length=20,
                verbose_name="when",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("category", None),
                    models.Q(("event__in", ("membership", "contract", "stock")), _negated=True),
                    _connector="OR",
                ),
                name="reminderrule_category_where_it_matters",
            ),
        ),
    ]
