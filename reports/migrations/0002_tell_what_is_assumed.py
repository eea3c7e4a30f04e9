from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="usagehour",
            name="used_in_booking_assumed",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="usagehour",
            name="used_outside_assumed",
            field=models.IntegerField(default=0),
        ),
    ]
