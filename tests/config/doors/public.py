"""Who may open which page of open data, yearly reports and proofs of use."""

from typing import Any

from django.utils.timezone import now

from reports.models import OpenData, Statement
from tests.config.doors.door import (
    World,
    hidden,
    nothing,
    of_company,
    of_space,
    public,
    staff,
)


def of_statement(world: World) -> list[Any]:
    day = now().date()
    row = Statement.objects.create(
        company=world.window.contract.company,
        first_date=day,
        last_date=day,
        content={"company": "Theirs", "lines": []},
        issued_at=now(),
    )
    return [row.key]


def of_open_space(world: World) -> list[Any]:
    OpenData.objects.get_or_create(space=world.space, defaults={"is_on": True, "changed_at": now()})
    return of_space(world)


DOORS = {
    "reports:open_data": public(nothing),
    "reports:open_data_of_space": public(of_open_space),
    "reports:open_data_setting": staff(of_space, post=True),
    "reports:yearly": staff(of_space),
    "reports:yearly_pdf": staff(of_space),
    "reports:proof": hidden(of_company, post=True),
    "reports:proof_by_space": staff(lambda w: [w.space.slug, *of_company(w)], post=True),
    # Nobody can guess the address: whoever has it was told it.
    "reports:statement": public(of_statement),
    "reports:statement_withdraw": staff(of_statement, post=True),
    "reports:statement_pdf": public(of_statement),
    "reports:statement_csv": public(of_statement),
}
