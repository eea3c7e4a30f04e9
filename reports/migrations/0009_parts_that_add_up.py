"""What was used of no-shows, and what of the metered use is only assumed."""

from django.db import migrations, models

# Of all other days the new columns hold nothing.
DAYS_TO_BE_REBUILT = """
    INSERT INTO machines_dirtyday (machine_id, date, marked_at)
    SELECT machine_id, date, now() FROM reports_usageday
    WHERE (no_show > 0 AND used_in_booking > 0) OR (used_metered > 0 AND used_assumed > 0)
    ON CONFLICT (machine_id, date) DO UPDATE SET marked_at = excluded.marked_at
"""
TABLES = ("usagehour", "usageday", "usagemonth", "companyhour")
COLUMNS = ("used_in_no_show", "working_assumed", "used_metered_assumed")


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0015_what_stood_still"),
        ("reports", "0008_days_that_are_counted"),
    ]

    operations = [
        *(
            migrations.AddField(table, column, models.IntegerField(default=0))
            for table in TABLES
            for column in COLUMNS
        ),
        migrations.RunSQL(DAYS_TO_BE_REBUILT, migrations.RunSQL.noop),
    ]
