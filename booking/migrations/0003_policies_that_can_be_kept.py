import booking.models.policy
import datetime
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0002_reservation_engine"),
        ("machines", "0002_only_rules_that_are_understood"),
        ("spaces", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="policy",
            name="approval_hold",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="a request is kept for",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="auto_close_after",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="forgotten check-out after",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="cancellation_window",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="free cancellation until",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="early_check_in",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="early check-in",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="grace_period",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="grace period",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="grid",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[booking.models.policy.divides_the_day],
                verbose_name="grid",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="lead_time",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="least time ahead",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="longest",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="longest reservation",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="offer_hold",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="an offer is kept for",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="setup",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    ),
                    django.core.validators.MaxValueValidator(
                        datetime.timedelta(days=3), "Setup and turnaround last three days at most."
                    ),
                ],
                verbose_name="setup before",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="shortest",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    )
                ],
                verbose_name="shortest reservation",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="turnaround",
            field=models.DurationField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(
                        datetime.timedelta(0), "This must not be negative."
                    ),
                    django.core.validators.MaxValueValidator(
                        datetime.timedelta(days=3), "Setup and turnaround last three days at most."
                    ),
                ],
                verbose_name="turnaround after",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("grid__gt", datetime.timedelta(0))),
                name="policy_grid_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approval_hold__gte", datetime.timedelta(0)),
                    ("auto_close_after__gte", datetime.timedelta(0)),
                    ("cancellation_window__gte", datetime.timedelta(0)),
                    ("early_check_in__gte", datetime.timedelta(0)),
                    ("grace_period__gte", datetime.timedelta(0)),
                    ("lead_time__gte", datetime.timedelta(0)),
                    ("longest__gte", datetime.timedelta(0)),
                    ("offer_hold__gte", datetime.timedelta(0)),
                    ("setup__gte", datetime.timedelta(0)),
                    ("shortest__gte", datetime.timedelta(0)),
                    ("turnaround__gte", datetime.timedelta(0)),
                ),
                name="policy_durations_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("setup__lte", datetime.timedelta(days=3)),
                    ("turnaround__lte", datetime.timedelta(days=3)),
                ),
                name="policy_buffers_leave_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("shortest__lte", models.F("longest"))),
                name="policy_shortest_within_longest",
                violation_error_message="The shortest must not be longer than the longest.",
            ),
        ),
    ]
