"""Daily and weekly rules may take steps of up to 99, monthly ones of up to 11."""

from typing import ClassVar

from django.db import migrations

DAYS = "(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*"
COUNT = "(;count:[1-9])?"
OLD_STEPS = "(;interval:[1-9])?"
DATE_OF_MONTH = (
    "(bymonth:(1|3|5|7|8|10|12);bymonthday:(-1|[1-9]|[12][0-9]|3[01])"
    "|bymonth:(4|6|9|11);bymonthday:(-1|[1-9]|[12][0-9]|30)"
    "|bymonth:2;bymonthday:(-1|[1-9]|1[0-9]|2[0-8]))"
)


def understood(steps: str, months: str) -> str:
    """The check of a rule, with the steps that it may take."""
    monthly = ";bymonthday:(-1|[1-9]|[12][0-9]|3[01])"
    grammar = {
        "DAILY": f"{steps}{COUNT}",
        "WEEKLY": f"{steps}{COUNT}(;byweekday:{DAYS})?",
        "MONTHLY": f"{months}{COUNT}({monthly}|;byweekday:{DAYS};bysetpos:(-1|[1-5]))?",
        "YEARLY": (
            f"{OLD_STEPS}{COUNT}(;{DATE_OF_MONTH}"
            f"|;bymonth:([1-9]|1[0-2]);byweekday:{DAYS};bysetpos:(-1|[1-4]))?"
        ),
    }
    return " OR ".join(
        f"(frequency = '{frequency}' AND "
        f"(CASE WHEN params = '' THEN '' ELSE ';' || params END) ~ '^({parts})$')"
        for frequency, parts in grammar.items()
    )


def swapped(steps: str, months: str) -> str:
    """The statement that puts the check in place of the one there is."""
    return (
        "ALTER TABLE schedule_rule DROP CONSTRAINT rule_is_understood,"
        f" ADD CONSTRAINT rule_is_understood CHECK ({understood(steps, months)})"
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("machines", "0005_months_that_have_a_fifth")]

    operations: ClassVar = [
        migrations.RunSQL(
            swapped("(;interval:[1-9][0-9]?)?", "(;interval:([1-9]|1[01]))?"),
            swapped(OLD_STEPS, OLD_STEPS),
        )
    ]
