"""The pages of open data, yearly reports and proofs of use, and what is none."""

from datetime import date

from members.models import Company
from reports.models import OpenData, PublishedMonth, Statement
from tests.booking.lively import NOW, Lively
from tests.journeys.rooms.room import Names, Room

ROW = {
    "opening_h": 300, "available_h": 280, "used_h": 120, "booked_h": None, "use_rate": "0.4286",
    "booked_rate": None, "people_at_least": 15,
}  # fmt: skip
NONE = dict.fromkeys(ROW)


def furnish(lively: Lively) -> Names:
    """A space that publishes, a month of it, and proofs that its company was given: one holds."""
    company = Company.objects.get(slug="precision")
    OpenData.objects.create(space=lively.space, is_on=True, changed_at=NOW)
    rows = [
        {"level": "space", "key": lively.space.slug, "name": lively.space.name, **ROW},
        {"level": "machine", "key": "mill", "name": "Mill", **ROW, "used_h": None},
        {"level": "audience", "key": "maker", "name": "makers", **NONE, "used_h": 90},
    ]
    PublishedMonth.objects.create(
        space=lively.space,
        month=date(2026, 9, 1),
        content={"month": "2026-09", "rows": rows},
        frozen_at=NOW,
    )
    line = {
        "month": "2026-09", "space": "Atelier", "machine": "Mill", "reservations": 2,
        "booked": 7200, "sessions": 2, "used": 6000, "assumed": 600,
    }  # fmt: skip
    told = {
        "company": company,
        "first_date": date(2026, 9, 1),
        "last_date": date(2026, 9, 30),
        "project": "Prototype",
        "content": {"company": company.name, "lines": [line]},
        "issued_at": NOW,
    }
    proof = Statement.objects.create(**told)
    withdrawn = Statement.objects.create(
        **told, withdrawn_at=NOW, withdrawn_because="The second use was another company's."
    )
    return {"statement": str(proof.key), "withdrawn": str(withdrawn.key)}


ROOM = Room(
    visitor={
        "open-data": "/open-data/",
        "open-data-space": "/open-data/atelier/",
        "statement": "/statements/{statement}/",
        "statement-withdrawn": "/statements/{withdrawn}/",
    },
    maker={"proof": "/companies/{company}/proof/"},
    staff={
        "open-data-setting": "/spaces/atelier/open-data/",
        "yearly": "/spaces/atelier/year/?year=2026",
        "proof-by-space": "/spaces/atelier/companies/{company}/proof/",
    },
    no_pages={
        "reports:statement_csv": "a file",
        "reports:statement_pdf": "a file",
        "reports:statement_withdraw": "an action on the page of proofs",
        "reports:yearly_pdf": "a file",
    },
    furnish=furnish,
)
