"""Photos, versions of documents, specs in numbers, and stocktakes."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0007_devices_and_what_they_told"),
        ("spaces", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=200, verbose_name="code")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("found", "found"),
                            ("elsewhere", "belongs elsewhere"),
                            ("double", "counted already"),
                            ("unknown", "unknown"),
                            ("missing", "missing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("counted_at", models.DateTimeField(verbose_name="counted")),
            ],
            options={
                "verbose_name": "count",
                "verbose_name_plural": "counts",
                "ordering": ["-counted_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("length", "work area, longer side"),
                            ("width", "work area, shorter side"),
                            ("height", "work height"),
                            ("cuts", "cuts"),
                            ("laser_power", "laser power"),
                            ("power", "power"),
                            ("nozzle", "nozzle"),
                            ("layer", "layer height"),
                            ("filament", "filament"),
                            ("bed_temperature", "temperature of the bed"),
                            ("temperature", "temperature"),
                            ("turns", "turning speed"),
                            ("speed", "speed"),
                            ("voltage", "voltage"),
                            ("weight", "weight"),
                            ("resolution", "resolution"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "material",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("acrylic", "acrylic"),
                            ("plywood", "plywood"),
                            ("mdf", "MDF"),
                            ("wood", "wood"),
                            ("cardboard", "cardboard"),
                            ("paper", "paper"),
                            ("leather", "leather"),
                            ("felt", "felt"),
                            ("textile", "textile"),
                            ("stainless", "stainless steel"),
                            ("steel", "steel"),
                            ("aluminium", "aluminium"),
                            ("brass", "brass"),
                            ("copper", "copper"),
                            ("foam", "foam"),
                            ("polycarbonate", "polycarbonate"),
                            ("rubber", "rubber"),
                            ("glass", "glass"),
                            ("cork", "cork"),
                        ],
                        max_length=20,
                    ),
                ),
                ("low", models.DecimalField(decimal_places=4, max_digits=13)),
                ("high", models.DecimalField(decimal_places=4, max_digits=13)),
            ],
            options={
                "ordering": ["key", "material", "low"],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("file", models.FileField(upload_to="machines", verbose_name="photo")),
                ("small", models.FileField(upload_to="machines", verbose_name="small photo")),
                (
                    "alt",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="what the photo shows"
                    ),
                ),
                (
                    "alt_en",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="what the photo shows"
                    ),
                ),
                (
                    "alt_fr",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="what the photo shows"
                    ),
                ),
                (
                    "alt_de",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="what the photo shows"
                    ),
                ),
                (
                    "alt_it",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="what the photo shows"
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Stocktake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "stocktake",
                "verbose_name_plural": "stocktakes",
                "ordering": ["-started_at"],
            },
        ),
        migrations.AlterModelOptions(
            name="document",
            options={
                "ordering": ["title", "pk"],
                "verbose_name": "document",
                "verbose_name_plural": "documents",
            },
        ),
        migrations.AddField(
            model_name="document",
            name="added_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="added"),
        ),
        migrations.AddField(
            model_name="document",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="ended_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="replaced or taken away"
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="is_restricted",
            field=models.BooleanField(
                default=False,
                help_text="Only members with all skills of the machine, and staff, see and open it.",
                verbose_name="for certified members only",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="machines.document",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaces", None),
                    models.Q(("replaces", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="document_replaces_another",
            ),
        ),
        migrations.AddField(
            model_name="count",
            name="counted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="count",
            name="machine",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counts",
                to="machines.machine",
            ),
        ),
        migrations.AddField(
            model_name="count",
            name="room",
            field=models.ForeignKey(
                blank=True,
                help_text="Where it was read.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="spaces.room",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="machine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="measures",
                to="machines.machine",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="machine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="machines.machine",
            ),
        ),
        migrations.AddField(
            model_name="stocktake",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="stocktake",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stocktakes",
                to="spaces.space",
            ),
        ),
        migrations.AddField(
            model_name="stocktake",
            name="started_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="count",
            name="stocktake",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="counts",
                to="machines.stocktake",
            ),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["key", "high", "machine"], name="measure_by_value"),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("high__gte", models.F("low"))), name="measure_low_to_high"
            ),
        ),
        migrations.AddConstraint(
            model_name="stocktake",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("space",),
                name="stocktake_one_open_per_space",
            ),
        ),
        migrations.AddConstraint(
            model_name="count",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "double"), _negated=True),
                fields=("stocktake", "machine"),
                name="count_machine_once_per_stocktake",
            ),
        ),
        migrations.AddConstraint(
            model_name="count",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("machine", None), ("outcome", "unknown")),
                    models.Q(
                        models.Q(("outcome", "unknown"), _negated=True),
                        models.Q(("machine", None), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="count_unknown_without_machine",
            ),
        ),
    ]
