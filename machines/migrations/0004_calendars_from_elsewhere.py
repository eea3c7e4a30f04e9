"""A space or a machine can follow calendars from elsewhere."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0003_hours_hold_for_a_time"),
        ("schedule", "0015_rename_indexes"),
        ("spaces", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowedCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("url", models.CharField(blank=True, max_length=2000, verbose_name="address")),
                ("filename", models.CharField(blank=True, max_length=200, verbose_name="file")),
                (
                    "meaning",
                    models.CharField(
                        choices=[
                            ("closure", "Closures: everyone sees what the events are called"),
                            ("busy", "Busy time: everyone sees only “Busy”"),
                        ],
                        default="closure",
                        max_length=8,
                        verbose_name="its events are",
                    ),
                ),
                (
                    "takes_free",
                    models.BooleanField(
                        default=False, verbose_name="also events that are marked as free"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "not saved yet"),
                            ("active", "followed"),
                            ("paused", "paused"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("content", models.BinaryField()),
                ("etag", models.CharField(blank=True, max_length=300)),
                ("last_modified", models.CharField(blank=True, max_length=300)),
                (
                    "read_on",
                    models.DateField(
                        help_text="The local date from which its dates were counted last.",
                        null=True,
                    ),
                ),
                ("next_try_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField()),
                ("succeeded_at", models.DateTimeField()),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "address",
                                "We do not call this address: it is none of the open internet.",
                            ),
                            ("unreachable", "Nobody answers at this address."),
                            ("slow", "The answer took too long."),
                            ("status", "The server did not give the calendar out."),
                            ("redirects", "The address leads from one to another without an end."),
                            ("too_large", "The calendar is larger than 5 MB."),
                            ("not_a_calendar", "This is not a calendar (.ics)."),
                            ("too_much", "The calendar takes too long to read."),
                        ],
                        max_length=16,
                    ),
                ),
                ("trouble_detail", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "created_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed_calendars",
                        to="machines.machine",
                    ),
                ),
                (
                    "space",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed_calendars",
                        to="spaces.space",
                    ),
                ),
            ],
            options={
                "verbose_name": "followed calendar",
                "verbose_name_plural": "followed calendars",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FollowedDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="What the calendar calls it; only staff see it.",
                        max_length=120,
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed_date",
                        to="schedule.event",
                    ),
                ),
                (
                    "followed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dates",
                        to="machines.followedcalendar",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FollowedRemark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120)),
                (
                    "flaw",
                    models.CharField(
                        choices=[
                            ("broken", "A line of it cannot be understood."),
                            ("no_start", "It has no start."),
                            ("no_length", "It has no length."),
                            ("ends_first", "It ends before it starts."),
                            ("too_often", "It repeats too often to be read."),
                            (
                                "too_many",
                                "There are too many dates; those that come first were taken.",
                            ),
                            (
                                "unknown_zone",
                                "Its time zone is unknown: it was read on the clock here.",
                            ),
                        ],
                        max_length=16,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=120)),
                (
                    "followed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="machines.followedcalendar",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="followedcalendar",
            index=models.Index(
                condition=models.Q(("state", "active")),
                fields=["next_try_at"],
                name="followedcalendar_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="followedcalendar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("url", ""), _negated=True), ("filename", "")),
                    models.Q(("url", ""), models.Q(("filename", ""), _negated=True)),
                    _connector="OR",
                ),
                name="followedcalendar_has_one_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="followeddate",
            constraint=models.UniqueConstraint(
                fields=("followed", "key"), name="followeddate_taken_once"
            ),
        ),
    ]
