from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delegate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("admin", "administrator"),
                    ("booker", "may book"),
                    ("invoice", "invoice contact"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
