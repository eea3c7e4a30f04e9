"""Monthly rules may name the fifth of a weekday, which some months have."""

from typing import ClassVar

from django.db import migrations

OLD_POSITION, POSITION = "(-1|[1-4])", "(-1|[1-5])"
DAYS = "(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*"
OFTEN = "(;interval:[1-9])?(;count:[1-9])?"
DATE_OF_MONTH = (
    "(bymonth:(1|3|5|7|8|10|12);bymonthday:(-1|[1-9]|[12][0-9]|3[01])"
    "|bymonth:(4|6|9|11);bymonthday:(-1|[1-9]|[12][0-9]|30)"
    "|bymonth:2;bymonthday:(-1|[1-9]|1[0-9]|2[0-8]))"
)


def understood(monthly: str) -> str:
    """The check of a rule, with the positions that a month may name."""
    grammar = {
        "DAILY": OFTEN,
        "WEEKLY": f"{OFTEN}(;byweekday:{DAYS})?",
        "MONTHLY": (
            f"{OFTEN}(;bymonthday:(-1|[1-9]|[12][0-9]|3[01])|;byweekday:{DAYS};bysetpos:{monthly})?"
        ),
        "YEARLY": (
            f"{OFTEN}(;{DATE_OF_MONTH}"
            f"|;bymonth:([1-9]|1[0-2]);byweekday:{DAYS};bysetpos:{OLD_POSITION})?"
        ),
    }
    return " OR ".join(
        f"(frequency = '{frequency}' AND "
        f"(CASE WHEN params = '' THEN '' ELSE ';' || params END) ~ '^({parts})$')"
        for frequency, parts in grammar.items()
    )


def swapped(monthly: str) -> str:
    """The statement that puts the check in place of the one there is."""
    return (
        "ALTER TABLE schedule_rule DROP CONSTRAINT rule_is_understood,"
        f" ADD CONSTRAINT rule_is_understood CHECK ({understood(monthly)})"
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("machines", "0004_calendars_from_elsewhere")]

    operations: ClassVar = [migrations.RunSQL(swapped(POSITION), swapped(OLD_POSITION))]
