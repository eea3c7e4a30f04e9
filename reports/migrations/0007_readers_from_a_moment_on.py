"""Who a saved report is sent to is known with the moment up to which they were told."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# The last mail that somebody was sent of a report told them of all that was due until then.
KEEP_READERS = """
    INSERT INTO reports_savedreader (saved_id, member_id, after)
    SELECT saved.id, reader.member_id, greatest(saved.created_at, max(message.created_at))
    FROM reports_savedreport_recipients reader
    JOIN reports_savedreport saved ON saved.id = reader.savedreport_id
    LEFT JOIN notifications_message message
        ON message.recipient_id = reader.member_id
        AND message.subject_key = 'saved_report:' || saved.id
    GROUP BY saved.id, reader.member_id
"""
KEEP_RECIPIENTS = """
    INSERT INTO reports_savedreport_recipients (savedreport_id, member_id)
    SELECT saved_id, member_id FROM reports_savedreader
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_told_within_another"),
        ("reports", "0006_proofs_withdrawn_and_scopes_that_last"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedReader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "after",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readers",
                        to="reports.savedreport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("saved", "member"), name="savedreader_once")
                ],
            },
        ),
        migrations.RunSQL(KEEP_READERS, KEEP_RECIPIENTS),
        migrations.RemoveField(model_name="savedreport", name="recipients"),
        migrations.AddField(
            model_name="savedreport",
            name="recipients",
            field=models.ManyToManyField(
                related_name="+",
                through="reports.SavedReader",
                to=settings.AUTH_USER_MODEL,
                verbose_name="sent to",
            ),
        ),
    ]
