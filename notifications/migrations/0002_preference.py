import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preference",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "muted",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "digest_time",
                    models.TimeField(
                        blank=True,
                        help_text="Empty: each message by itself.",
                        null=True,
                        verbose_name="mail of the day",
                    ),
                ),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="quiet from")),
                (
                    "quiet_until",
                    models.TimeField(blank=True, null=True, verbose_name="quiet until"),
                ),
                (
                    "wants_calendar",
                    models.BooleanField(default=True, verbose_name="calendar files"),
                ),
            ],
            options={
                "verbose_name": "choice of messages",
                "verbose_name_plural": "choices of messages",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("quiet_from", None), ("quiet_until", None)
                        )
                        | Q(
                            ("quiet_from__isnull", False),
                            ("quiet_until__isnull", False),
                        )
                        & ~Q(("quiet_from", F("quiet_until"))),
                        name="preference_quiet_hours_whole",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="message",
            name="digest",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                help_text="The mail of the day in which it is told.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="notifications.message",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=Q(("digest__isnull", False)), fields=["digest"], name="message_digest"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "waiting"),
                    ("gathered", "waiting for the mail of the day"),
                    ("sent", "sent"),
                    ("digested", "sent in the mail of the day"),
                    ("muted", "turned off by the reader"),
                    ("withdrawn", "withdrawn"),
                    ("expired", "too late to be useful"),
                    ("failed", "given up"),
                ],
                default="pending",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
