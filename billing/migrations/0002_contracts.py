import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_initial"),
        ("machines", "0002_only_rules_that_are_understood"),
        ("members", "0002_invoice_contact"),
        ("spaces", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_date", models.DateField(verbose_name="from")),
                ("end_date", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "included_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="minutes included"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[("month", "each month"), ("total", "the whole contract")],
                        default="month",
                        max_length=10,
                        verbose_name="included in",
                    ),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="most days ahead",
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=80, verbose_name="reference"),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="members.company",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="spaces.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
                "ordering": ["-start_date"],
            },
        ),
        migrations.CreateModel(
            name="ContractEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("minutes", models.IntegerField(verbose_name="minutes")),
                ("subject_key", models.CharField(max_length=80)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="entered"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.contract",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a contract",
                "verbose_name_plural": "entries of contracts",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="GuaranteedWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            validators=[django.core.validators.MaxValueValidator(6)]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="weekdays",
                    ),
                ),
                ("start_time", models.TimeField(verbose_name="from")),
                ("end_time", models.TimeField(verbose_name="until")),
                (
                    "release_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="released days before",
                    ),
                ),
                ("end_date", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guaranteed_windows",
                        to="billing.contract",
                    ),
                ),
                (
                    "machine",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="machines.machine",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="machines.pool",
                    ),
                ),
            ],
            options={
                "verbose_name": "guaranteed window",
                "verbose_name_plural": "guaranteed windows",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("company"),
                            models.F("company"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("space"),
                            models.F("space"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.F("start_date"),
                            models.F("end_date"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_upper=True
                            ),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="contract_one_at_a_time",
                violation_error_message="The company has another contract in this time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_date", None), ("end_date__gte", models.F("start_date")), _connector="OR"
                ),
                name="contract_ends_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="contractentry",
            index=models.Index(
                fields=["contract", "month"], include=("minutes",), name="contractentry_month"
            ),
        ),
        migrations.AddIndex(
            model_name="contractentry",
            index=models.Index(fields=["subject_key"], name="contractentry_subject"),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes", 0), _negated=True), name="contractentry_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="contractentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="contractentry_of_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="guaranteedwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("machine", None), ("pool__isnull", False)),
                    models.Q(("machine__isnull", False), ("pool", None)),
                    _connector="OR",
                ),
                name="guaranteedwindow_of_a_machine_or_a_pool",
            ),
        ),
    ]
