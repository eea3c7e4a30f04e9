from django.db import migrations, models

# What came in before they were told apart is of the first one, under whose numbers it is found.
NAMED = """
    UPDATE booking_historyimport SET instance = 'fab-manager' WHERE filename ILIKE '%.json';
    UPDATE machines_columnmapping SET headers = '["fab-manager:"]'
    WHERE purpose = 'history' AND headers = '[]';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0023_clocks_of_tablets'),
        ('machines', '0021_imports_that_wait'),
    ]

    operations = [
        migrations.AddField(
            model_name='historyimport',
            name='instance',
            field=models.CharField(blank=True, editable=False, max_length=100, verbose_name='fab-manager'),
        ),
        migrations.RunSQL(NAMED, migrations.RunSQL.noop),
    ]
