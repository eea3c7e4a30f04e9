"""Proofs of use can be withdrawn and say their space in the digest; saved reports keep ids."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_ids(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Write ids where saved reports name spaces, machines and categories by their slugs."""
    saved_report = apps.get_model("reports", "SavedReport")
    space = apps.get_model("spaces", "Space")
    machine = apps.get_model("machines", "Machine")
    category = apps.get_model("machines", "Category")
    for saved in saved_report.objects.all():
        kind, _colon, rest = saved.scope.partition(":")
        found, place = None, ""
        if kind == "space":
            found = space.objects.filter(slug=rest).first()
        elif kind == "machine":
            where, _slash, slug = rest.partition("/")
            found = machine.objects.filter(space__slug=where, slug=slug).first()
        elif kind == "category":
            slug, has_place, where = rest.partition("@")
            found = category.objects.filter(slug=slug).first()
            if has_place:
                at = space.objects.filter(slug=where).first()
                found, place = (found, f"@{at.pk}") if at else (None, "")
        if found is not None:
            saved.scope = f"{kind}:{found.pk}{place}"
            saved.save(update_fields=["scope"])


class Migration(migrations.Migration):
    dependencies = [
        ("machines", "0019_files_of_the_past"),
        ("reports", "0005_open_data_and_proofs"),
        ("spaces", "0002_logo"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Digests that are on paper stay as they are: those leave the space out.
        migrations.AddField(
            model_name="statement",
            name="edition",
            field=models.PositiveSmallIntegerField(default=1, editable=False),
        ),
        migrations.AlterField(
            model_name="statement",
            name="edition",
            field=models.PositiveSmallIntegerField(default=2, editable=False),
        ),
        migrations.AddField(
            model_name="statement",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
        ),
        migrations.AddField(
            model_name="statement",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="withdrawn_because",
            field=models.CharField(blank=True, max_length=200, verbose_name="why"),
        ),
        migrations.RunPython(keep_ids, migrations.RunPython.noop),
    ]
