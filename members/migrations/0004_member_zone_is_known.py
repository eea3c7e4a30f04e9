from django.db import migrations, models

import spaces.models


class Migration(migrations.Migration):
    dependencies = [("members", "0003_member_reminder_offset")]

    operations = [
        migrations.AlterField(
            model_name="member",
            name="timezone",
            field=models.CharField(
                blank=True,
                help_text="Empty: the one of each space.",
                max_length=64,
                validators=[spaces.models.validate_zone],
                verbose_name="time zone",
            ),
        ),
    ]
