"""Upkeep that comes again: plans, jobs that were done, counters."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0011_consumables"),
        ("schedule", "0015_rename_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                (
                    "machine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counters",
                        to="machines.machine",
                    ),
                ),
            ],
            options={
                "verbose_name": "counter",
                "verbose_name_plural": "counters",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CounterReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="reading",
                    ),
                ),
                (
                    "is_restart",
                    models.BooleanField(default=False, verbose_name="it began anew at zero"),
                ),
                ("read_at", models.DateTimeField(verbose_name="read on")),
                (
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="machines.counter",
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reading",
                "verbose_name_plural": "readings",
                "ordering": ["-read_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MaintenancePlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="What is done")),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("days", "days"),
                            ("hours", "hours of use"),
                            ("cycles", "uses"),
                            ("counter", "a counter"),
                        ],
                        max_length=8,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "every",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="every",
                    ),
                ),
                ("duration", models.DurationField(verbose_name="how long it takes")),
                ("checklist", models.TextField(blank=True, verbose_name="checklist")),
                ("parts", models.TextField(blank=True, verbose_name="spare parts")),
                ("counted_from", models.DateTimeField(verbose_name="counted from")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "counter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="machines.counter",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="maintenance_plan",
                        to="schedule.event",
                    ),
                ),
                (
                    "machine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans",
                        to="machines.machine",
                    ),
                ),
            ],
            options={
                "verbose_name": "maintenance plan",
                "verbose_name_plural": "maintenance plans",
                "ordering": ["machine__name", "title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MaintenanceJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="What was done")),
                ("done_at", models.DateTimeField(verbose_name="done")),
                ("steps", models.JSONField(blank=True, default=list)),
                ("parts", models.TextField(blank=True, verbose_name="parts used")),
                (
                    "cost",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=10,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="cost",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="remarks")),
                ("photo", models.ImageField(blank=True, upload_to="upkeep", verbose_name="photo")),
                (
                    "used",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "machine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="machines.machine",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="jobs",
                        to="machines.maintenanceplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "maintenance job",
                "verbose_name_plural": "maintenance jobs",
                "ordering": ["-done_at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="counter",
            constraint=models.UniqueConstraint(
                fields=("machine", "name"), name="counter_once_per_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="counterreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 0)), name="counterreading_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="counterreading",
            constraint=models.UniqueConstraint(
                fields=("counter", "read_at"), name="counterreading_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenanceplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("every__gt", 0)), name="maintenanceplan_comes_again"
            ),
        ),
        migrations.AddConstraint(
            model_name="maintenanceplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "counter"), ("counter__isnull", False)),
                    models.Q(models.Q(("basis", "counter"), _negated=True), ("counter", None)),
                    _connector="OR",
                ),
                name="maintenanceplan_counts_something",
            ),
        ),
        migrations.AddIndex(
            model_name="maintenancejob",
            index=models.Index(fields=["machine", "done_at"], name="maintenancejob_machine_done"),
        ),
        migrations.AddConstraint(
            model_name="maintenancejob",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost", None), ("cost__gte", 0), _connector="OR"),
                name="maintenancejob_costs_nothing_or_more",
            ),
        ),
    ]
