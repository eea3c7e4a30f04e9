import datetime
import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_contracts"),
        ("booking", "0001_initial"),
        ("machines", "0002_only_rules_that_are_understood"),
        ("members", "0002_invoice_contact"),
        ("schedule", "0015_rename_indexes"),
        ("spaces", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AllowedHours",
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
            ],
            options={
                "verbose_name": "allowed hours",
                "verbose_name_plural": "allowed hours",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Displacement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="start that was lost")),
                ("ends_at", models.DateTimeField(verbose_name="end that was lost")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be decided"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("expired", "not answered"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="displaced")),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answer until"),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "displacement",
                "verbose_name_plural": "displacements",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Exchange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="message")),
                ("created_at", models.DateTimeField(verbose_name="proposed")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "expired"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange",
                "verbose_name_plural": "exchanges",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("expired", "expired"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "offer",
                "verbose_name_plural": "offers",
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Quota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[("member", "each member"), ("company", "each company")],
                        max_length=10,
                        verbose_name="whose use",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("machine", "machine"),
                            ("pool", "pool"),
                            ("category", "category"),
                            ("space", "space"),
                        ],
                        max_length=10,
                        verbose_name="on what",
                    ),
                ),
                ("duration", models.DurationField(blank=True, null=True, verbose_name="time")),
                (
                    "count",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="number of reservations"
                    ),
                ),
                (
                    "window",
                    models.CharField(
                        choices=[
                            ("day", "day"),
                            ("week", "week"),
                            ("month", "month"),
                            ("rolling", "any days in a row"),
                            ("at_once", "at once"),
                        ],
                        max_length=10,
                        verbose_name="in",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="days in a row",
                    ),
                ),
                (
                    "hours_counted",
                    models.CharField(
                        choices=[
                            ("all", "all hours"),
                            ("inside", "inside these hours"),
                            ("outside", "outside these hours"),
                        ],
                        default="all",
                        max_length=10,
                        verbose_name="hours that count",
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
                ("start_time", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("end_time", models.TimeField(blank=True, null=True, verbose_name="until")),
                (
                    "last_minute",
                    models.DurationField(
                        blank=True,
                        help_text="What is reserved this shortly before its start counts nothing.",
                        null=True,
                        verbose_name="last minute",
                    ),
                ),
            ],
            options={
                "verbose_name": "quota",
                "verbose_name_plural": "quotas",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
                (
                    "is_confidential",
                    models.BooleanField(default=False, verbose_name="confidential"),
                ),
                ("materialised_until", models.DateTimeField(editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SeriesGap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("original_start_at", models.DateTimeField(verbose_name="start")),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("IN_THE_PAST", "In The Past"),
                                ("LEAD_TIME", "Lead Time"),
                                ("HORIZON", "Horizon"),
                                ("TOO_SHORT", "Too Short"),
                                ("TOO_LONG", "Too Long"),
                                ("OFF_GRID", "Off Grid"),
                                ("CLOSED", "Closed"),
                                ("MACHINE_OUT_OF_SERVICE", "Machine Out Of Service"),
                                ("NOT_CERTIFIED", "Not Certified"),
                                ("CERTIFICATION_EXPIRED", "Certification Expired"),
                                ("MEMBERSHIP_INACTIVE", "Membership Inactive"),
                                ("CONTRACT_NOT_IN_FORCE", "Contract Not In Force"),
                                ("CONTRACT_EXHAUSTED", "Contract Exhausted"),
                                ("QUOTA", "Quota"),
                                ("TOO_MANY_OPEN_RESERVATIONS", "Too Many Open Reservations"),
                                ("TAKEN", "Taken"),
                                ("NOT_ALLOWED", "Not Allowed"),
                                ("CANCELLATION_TOO_LATE", "Cancellation Too Late"),
                                ("SERIES_CONFLICT", "Series Conflict"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
            ],
            options={
                "verbose_name": "date left out",
                "verbose_name_plural": "dates left out",
                "ordering": ["original_start_at"],
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("earliest_at", models.DateTimeField(verbose_name="not before")),
                ("latest_at", models.DateTimeField(verbose_name="not after")),
                ("duration", models.DurationField(verbose_name="duration")),
                (
                    "notice",
                    models.DurationField(
                        default=datetime.timedelta(0), verbose_name="least notice"
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
                ("rank", models.IntegerField(default=0, verbose_name="rank")),
                (
                    "joined_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="joined"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("offered", "time offered"),
                            ("fulfilled", "reserved"),
                            ("left", "given up"),
                            ("expired", "past"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "waitlist entry",
                "verbose_name_plural": "waitlist entries",
                "ordering": ["rank", "joined_at", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="policy",
            name="policy_once_per_category",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservation_booking_has_a_member",
        ),
        migrations.AddField(
            model_name="policy",
            name="approval_hold",
            field=models.DurationField(blank=True, null=True, verbose_name="a request is kept for"),
        ),
        migrations.AddField(
            model_name="policy",
            name="approval_needed",
            field=models.BooleanField(blank=True, null=True, verbose_name="staff approves"),
        ),
        migrations.AddField(
            model_name="policy",
            name="audience",
            field=models.CharField(
                blank=True,
                choices=[("maker", "makers"), ("company", "companies"), ("staff", "staff")],
                max_length=10,
                verbose_name="for",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="offer_hold",
            field=models.DurationField(blank=True, null=True, verbose_name="an offer is kept for"),
        ),
        migrations.AddField(
            model_name="policy",
            name="unattended_allowed",
            field=models.BooleanField(
                blank=True, null=True, verbose_name="may run on while the space is closed"
            ),
        ),
        migrations.AddField(
            model_name="refusedtry",
            name="pool",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="machines.pool",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="decided"),
        ),
        migrations.AddField(
            model_name="reservation",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="decision",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="reason of the decision"
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="expires_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a request or an offer that nobody decided gives its time back.",
                null=True,
                verbose_name="kept until",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="guarantee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reservations",
                to="billing.guaranteedwindow",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="pool",
            field=models.ForeignKey(
                blank=True,
                help_text="Where any unit would do: until the start it may be another one.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reservations",
                to="machines.pool",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="machine",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="policies",
                to="machines.machine",
            ),
        ),
        migrations.AlterField(
            model_name="refusedtry",
            name="codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("IN_THE_PAST", "In The Past"),
                        ("LEAD_TIME", "Lead Time"),
                        ("HORIZON", "Horizon"),
                        ("TOO_SHORT", "Too Short"),
                        ("TOO_LONG", "Too Long"),
                        ("OFF_GRID", "Off Grid"),
                        ("CLOSED", "Closed"),
                        ("MACHINE_OUT_OF_SERVICE", "Machine Out Of Service"),
                        ("NOT_CERTIFIED", "Not Certified"),
                        ("CERTIFICATION_EXPIRED", "Certification Expired"),
                        ("MEMBERSHIP_INACTIVE", "Membership Inactive"),
                        ("CONTRACT_NOT_IN_FORCE", "Contract Not In Force"),
                        ("CONTRACT_EXHAUSTED", "Contract Exhausted"),
                        ("QUOTA", "Quota"),
                        ("TOO_MANY_OPEN_RESERVATIONS", "Too Many Open Reservations"),
                        ("TAKEN", "Taken"),
                        ("NOT_ALLOWED", "Not Allowed"),
                        ("CANCELLATION_TOO_LATE", "Cancellation Too Late"),
                        ("SERIES_CONFLICT", "Series Conflict"),
                    ],
                    max_length=30,
                ),
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="refusedtry",
            name="machine",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="refused_tries",
                to="machines.machine",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("machine", None)),
                fields=("space", "category", "audience"),
                name="policy_once_per_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("machine__isnull", False)),
                fields=("machine", "audience"),
                name="policy_once_per_machine",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusedtry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("machine__isnull", False), ("pool", None)),
                    models.Q(("machine", None), ("pool__isnull", False)),
                    _connector="OR",
                ),
                name="refusedtry_of_a_machine_or_a_pool",
            ),
        ),
        migrations.AddField(
            model_name="allowedhours",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="allowed_hours",
                to="booking.policy",
            ),
        ),
        migrations.AddField(
            model_name="displacement",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="displacement",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="displacement",
            name="machine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="machines.machine"
            ),
        ),
        migrations.AddField(
            model_name="displacement",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="displacements",
                to="booking.reservation",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="in_return",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exchanges_asked",
                to="booking.reservation",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="proposed_to",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exchanges",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="reservation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exchanges_offered",
                to="booking.reservation",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="reservation",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offer",
                to="booking.reservation",
            ),
        ),
        migrations.AddField(
            model_name="quota",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="machines.category",
            ),
        ),
        migrations.AddField(
            model_name="quota",
            name="company",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="quotas",
                to="members.company",
            ),
        ),
        migrations.AddField(
            model_name="quota",
            name="machine",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="machines.machine",
            ),
        ),
        migrations.AddField(
            model_name="quota",
            name="pool",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="machines.pool",
            ),
        ),
        migrations.AddField(
            model_name="quota",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="quotas",
                to="spaces.space",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="company",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="members.company",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="event",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="schedule.event",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="machine",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="machines.machine",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="pool",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="machines.pool",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="series",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reservations",
                to="booking.series",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("state__in", ("held", "pending"))),
                fields=["expires_at"],
                name="reservation_undecided",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                fields=["company", "starts_at"], name="reservation_company_starts_at"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("member__isnull", False),
                    models.Q(("kind", "booking"), _negated=True),
                    ("guarantee__isnull", False),
                    _connector="OR",
                ),
                name="reservation_booking_has_a_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                fields=("series", "original_start_at"), name="reservation_once_per_series_date"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                fields=("guarantee", "original_start_at"),
                name="reservation_once_per_guaranteed_date",
            ),
        ),
        migrations.AddField(
            model_name="seriesgap",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="gaps",
                to="booking.series",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="machines.category",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="company",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="members.company",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="machine",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="machines.machine",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="pool",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="machines.pool",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="reservation",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wish",
                to="booking.reservation",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentry",
            name="space",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wishes",
                to="spaces.space",
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="booking.waitlistentry",
            ),
        ),
        migrations.AddConstraint(
            model_name="displacement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("reservation",),
                name="displacement_one_open_per_reservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("reservation",),
                name="exchange_one_open_per_reservation",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_return", None),
                    models.Q(("in_return", models.F("reservation")), _negated=True),
                    _connector="OR",
                ),
                name="exchange_of_two_reservations",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("count__isnull", False), ("duration", None)),
                    models.Q(("count", None), ("duration__isnull", False)),
                    _connector="OR",
                ),
                name="quota_of_duration_or_count",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days__gte", 1), ("window", "rolling")),
                    models.Q(models.Q(("window", "rolling"), _negated=True), ("days", None)),
                    _connector="OR",
                ),
                name="quota_days_where_rolling",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hours_counted", "all"),
                    models.Q(("end_time__isnull", False), ("start_time__isnull", False)),
                    _connector="OR",
                ),
                name="quota_hours_where_counted",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("machine", None), ("scope", "machine"), _connector="OR"),
                    models.Q(("pool", None), ("scope", "pool"), _connector="OR"),
                    models.Q(("category", None), ("scope", "category"), _connector="OR"),
                ),
                name="quota_target_fits_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="quota",
            constraint=models.CheckConstraint(
                condition=models.Q(("company", None), ("account", "company"), _connector="OR"),
                name="quota_company_where_companies",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("machine", None), ("pool__isnull", False)),
                    models.Q(("machine__isnull", False), ("pool", None)),
                    _connector="OR",
                ),
                name="series_of_a_machine_or_a_pool",
            ),
        ),
        migrations.AddConstraint(
            model_name="seriesgap",
            constraint=models.UniqueConstraint(
                fields=("series", "original_start_at"), name="seriesgap_once_per_date"
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["space", "rank", "joined_at"],
                name="waitlistentry_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", None), ("machine__isnull", False), ("pool", None)),
                    models.Q(("category", None), ("machine", None), ("pool__isnull", False)),
                    models.Q(("category__isnull", False), ("machine", None), ("pool", None)),
                    _connector="OR",
                ),
                name="waitlistentry_has_one_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("duration__gt", datetime.timedelta(0)),
                    (
                        "latest_at__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("earliest_at"), "+", models.F("duration")
                        ),
                    ),
                ),
                name="waitlistentry_fits_its_window",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("entry",),
                name="offer_one_open_per_entry",
            ),
        ),
    ]
