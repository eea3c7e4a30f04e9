"""Indexes that count people and companies without reading the rows."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0017_inductions_are_called_to_mind"),
        ("machines", "0015_what_stood_still"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex("usagesession", "usagesession_machine_started"),
        migrations.RemoveIndex("usagesession", "usagesession_member_started"),
        migrations.AddIndex(
            "usagesession",
            models.Index(
                fields=["machine", "started_at"],
                include=["member"],
                name="usagesession_machine_started",
            ),
        ),
        migrations.AddIndex(
            "usagesession",
            models.Index(
                fields=["member", "started_at"],
                include=["machine"],
                name="usagesession_member_started",
            ),
        ),
        migrations.AddIndex(
            "refusedtry", models.Index(fields=["starts_at"], name="refusedtry_starts_at")
        ),
        migrations.AddIndex(
            "reservation",
            models.Index(
                fields=["starts_at"],
                condition=models.Q(company__isnull=False),
                include=["company", "member", "machine", "kind", "state"],
                name="reservation_of_a_company",
            ),
        ),
    ]
