"""Who stood still for the faults there are, and that somebody has looked at them."""

from typing import Any

from django.db import migrations
from django.db.models import F


def write_down(apps: Any, _editor: Any) -> None:
    """Until now a fault stopped its own machine, for as long as it was open."""
    fault, stoppage, entry = (
        apps.get_model("machines", name) for name in ("Fault", "Stoppage", "FaultEntry")
    )
    fault.objects.update(judged_at=F("starts_at"))
    fault.objects.filter(stops_machine=False).update(severity="hampers")
    stoppage.objects.bulk_create(
        stoppage(fault=row, machine_id=row.machine_id, starts_at=row.starts_at, ends_at=row.ends_at)
        for row in fault.objects.filter(stops_machine=True).iterator()
    )
    entry.objects.bulk_create(
        entry(
            fault=row,
            event="reported",
            severity=row.severity,
            stops_machine=row.stops_machine,
            created_at=row.starts_at,
            created_by_id=row.reported_by_id,
        )
        for row in fault.objects.iterator()
    )
    entry.objects.bulk_create(
        entry(
            fault=row, event="resolved", created_at=row.ends_at, created_by_id=row.resolved_by_id
        )
        for row in fault.objects.exclude(ends_at=None).iterator()
    )


class Migration(migrations.Migration):
    """Data only: it goes back by forgetting."""

    dependencies = [("machines", "0014_faults_to_work_through")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop, elidable=True)]
