"""An index of what is booked for companies by machine, and none that others answer as well.

Those on machine, member and company alone begin like the ones on them and a time.
"""

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT

MACHINE: dict[str, Any] = {"to": "machines.machine"}
MEMBER: dict[str, Any] = {"to": settings.AUTH_USER_MODEL, "blank": True, "null": True}
COMPANY: dict[str, Any] = {"to": "members.company", "blank": True, "null": True}


def _without_index(model: str, name: str, related_name: str, **options: Any) -> migrations.AlterField:
    field = models.ForeignKey(
        db_index=False, on_delete=PROTECT, related_name=related_name, **options
    )
    return migrations.AlterField(model, name, field)


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0026_companies_of_the_past"),
        ("machines", "0021_imports_that_wait"),
        ("members", "0009_accounts_that_sleep"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex("reservation", "reservation_of_a_company"),
        _without_index("reservation", "machine", "reservations", **MACHINE),
        _without_index("reservation", "member", "reservations", **MEMBER),
        _without_index("reservation", "company", "reservations", **COMPANY),
        _without_index("usagesession", "machine", "sessions", **MACHINE),
        _without_index("usagesession", "member", "sessions", **MEMBER),
        migrations.AddIndex(
            "reservation",
            models.Index(
                fields=["machine", "starts_at"],
                condition=models.Q(company__isnull=False),
                include=["company", "member", "kind", "state"],
                name="reservation_of_a_company",
            ),
        ),
    ]
