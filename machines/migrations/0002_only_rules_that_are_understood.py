"""The database itself refuses calendar rules that would be misread.

django-scheduler reads a rule it does not understand as "every day" and checks nothing when it
saves, so the grammar of `machines/recurrence.py` also stands here: no form, admin page, shell
or script can get round it.
"""

from typing import ClassVar

from django.db import migrations

DAYS = "(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*"
POSITION = "(-1|[1-4])"
OFTEN = "(;interval:[1-9])?(;count:[1-9])?"
DATE_OF_MONTH = (
    "(bymonth:(1|3|5|7|8|10|12);bymonthday:(-1|[1-9]|[12][0-9]|3[01])"
    "|bymonth:(4|6|9|11);bymonthday:(-1|[1-9]|[12][0-9]|30)"
    "|bymonth:2;bymonthday:(-1|[1-9]|1[0-9]|2[0-8]))"
)
GRAMMAR = {
    "DAILY": OFTEN,
    "WEEKLY": f"{OFTEN}(;byweekday:{DAYS})?",
    "MONTHLY": (
        f"{OFTEN}(;bymonthday:(-1|[1-9]|[12][0-9]|3[01])|;byweekday:{DAYS};bysetpos:{POSITION})?"
    ),
    "YEARLY": (
        f"{OFTEN}(;{DATE_OF_MONTH}|;bymonth:([1-9]|1[0-2]);byweekday:{DAYS};bysetpos:{POSITION})?"
    ),
}
UNDERSTOOD = " OR ".join(
    f"(frequency = '{frequency}' AND "
    f"(CASE WHEN params = '' THEN '' ELSE ';' || params END) ~ '^({grammar})$')"
    for frequency, grammar in GRAMMAR.items()
)


def constraint(table: str, name: str, check: str) -> migrations.RunSQL:
    """One named CHECK on a table of the library."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check})",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("machines", "0001_initial"),
        ("schedule", "0015_rename_indexes"),
    ]

    operations: ClassVar = [
        constraint("schedule_rule", "rule_is_understood", UNDERSTOOD),
        constraint("schedule_event", "event_ends_after_start", '"end" > "start"'),
        constraint(
            "schedule_event",
            "event_that_recurs_lasts_a_year_at_most",
            'rule_id IS NULL OR "end" - "start" <= interval \'366 days\'',
        ),
        constraint("schedule_occurrence", "occurrence_ends_after_start", '"end" > "start"'),
    ]
