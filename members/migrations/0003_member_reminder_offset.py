from datetime import timedelta

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0002_invoice_contact")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="reminder_offset",
            field=models.DurationField(
                blank=True,
                help_text="Empty: as each space says.",
                null=True,
                verbose_name="reminder before the start",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reminder_offset", None),
                    ("reminder_offset__gt", timedelta(0)),
                    _connector="OR",
                ),
                name="member_reminder_offset_positive",
            ),
        ),
    ]
