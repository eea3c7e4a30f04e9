import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_preference"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("space_key", models.CharField(max_length=80, verbose_name="space")),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                (
                    "subject",
                    models.CharField(blank=True, max_length=200, verbose_name="subject"),
                ),
                ("text", models.TextField(blank=True, max_length=8000, verbose_name="text")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a message",
                "verbose_name_plural": "texts of messages",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["space_key", "kind", "language", "-id"],
                        name="messagetext_latest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", ""), ("text", "")),
                            models.Q(
                                models.Q(("subject", ""), _negated=True),
                                models.Q(("text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="messagetext_whole_or_none",
                    )
                ],
            },
        ),
    ]
