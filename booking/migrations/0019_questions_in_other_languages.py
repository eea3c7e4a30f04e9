"""Spaces ask in each of their languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('booking', '0018_people_are_counted'),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="translations",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="By language: its words, and its answers in order.",
            ),
        ),
    ]
