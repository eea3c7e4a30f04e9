"""From when on a machine is counted is written down, instead of read from rows that may be wrong."""

import django.db.models.deletion
from django.db import migrations, models

# Machines made by an act of staff since that act, others since what they have rows of.
COUNTED_SO_FAR = """
    INSERT INTO reports_counted (machine_id, since, seen_on)
    SELECT id, since, current_date
    FROM (
        SELECT machine.id, coalesce(
            (
                SELECT min(made_at)::date FROM machines_changedmachine AS line
                JOIN machines_change AS change ON change.id = line.change_id
                WHERE line.machine_id = machine.id AND line.is_new
            ),
            (SELECT min(date) FROM reports_usageday WHERE machine_id = machine.id)
        ) AS since
        FROM machines_machine AS machine
    ) AS found
    WHERE since IS NOT NULL
"""

# A rebuild takes away what stands there of days after service on which nothing happened.
OUT_OF_SERVICE = """
    INSERT INTO machines_dirtyday (machine_id, date, marked_at)
    SELECT machine.id, kept.date, now()
    FROM machines_machine AS machine
    JOIN reports_usageday AS kept ON kept.machine_id = machine.id
    WHERE kept.date > machine.retired_at::date
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0021_imports_that_wait"),
        ("reports", "0007_readers_from_a_moment_on"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                (
                    "machine",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="machines.machine",
                    ),
                ),
                ("since", models.DateField()),
                ("seen_on", models.DateField()),
            ],
        ),
        migrations.RunSQL(COUNTED_SO_FAR, migrations.RunSQL.noop),
        migrations.RunSQL(OUT_OF_SERVICE, migrations.RunSQL.noop),
    ]
