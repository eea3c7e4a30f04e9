"""What people gave to each other around machines: skills, words of faults, upkeep."""

from django.db import connection

from reports.filters import Period
from reports.queries.clocks import DURING, days_of
from reports.queries.scopes import Chosen
from reports.report import Contributions

OF_A_MACHINE = """
    SELECT count(*) FROM {table} AS given
    JOIN machines_machine AS machine ON machine.id = given.machine_id
    JOIN spaces_space AS space ON space.id = machine.space_id
    WHERE {during} AND {here} AND {counts}
"""

OF_A_SPACE = """
    SELECT count(*) FROM members_certification AS given
    LEFT JOIN spaces_space AS space ON space.id = given.space_id
    WHERE {during} AND {here}
"""


def contributions_of(chosen: Chosen, period: Period) -> Contributions:
    """By the local days of each space, in one query; of a company, nothing.

    A skill that no space granted is told by the clock of the house. Of one machine, pool or
    category no skills are known.
    """
    if chosen.company is not None:
        return Contributions()
    scope = chosen.scope
    here = "TRUE" if chosen.is_everything else "given.machine_id = ANY(%(machines)s::bigint[])"
    skills = OF_A_SPACE.format(
        during=DURING.format(moment="given.created_at", zone="coalesce(space.timezone, %(house)s)"),
        here="TRUE" if scope.space is None else "given.space_id = %(space)s",
    )
    faults = OF_A_MACHINE.format(
        table="machines_fault",
        during=DURING.format(moment="given.starts_at", zone="space.timezone"),
        here=here,
        counts="given.reported_by_id IS NOT NULL",
    )
    jobs = OF_A_MACHINE.format(
        table="machines_maintenancejob",
        during=DURING.format(moment="given.done_at", zone="space.timezone"),
        here=here,
        counts="TRUE",
    )
    if scope.machine or scope.pool or scope.category:
        skills = "SELECT 0"
    values = {
        **days_of(period),
        "machines": [] if chosen.is_everything else chosen.pks,
        "space": scope.space.pk if scope.space else None,
        "house": scope.zone.key,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({skills}), ({faults}), ({jobs})", values)
        skills_granted, faults_reported, upkeep_done = cursor.fetchone()
    return Contributions(
        skills_granted=skills_granted, faults_reported=faults_reported, upkeep_done=upkeep_done
    )
