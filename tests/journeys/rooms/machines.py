"""The pages of machines, and what is none."""

from django.core.files.base import ContentFile

from machines.models import Machine
from machines.services.documents import Content, Paper, add_document, replace_document
from machines.services.photos import add_photo
from machines.services.specs import Line, save_specs
from machines.services.stocktaking import close_stocktake, count_code, start_stocktake
from tests.booking.lively import NOW, Lively
from tests.journeys.rooms.room import Names, Room
from tests.pictures import picture


def furnish(lively: Lively) -> Names:
    """Photos, a document in its second version, specs, a stocktake that runs and one that is over.

    The laser is counted twice, by its number, and a code is read that nobody knows.
    """
    laser = lively.laser
    photo = add_photo(machine=laser, picture=picture(), alts={"en": "The laser from the front"})
    add_photo(machine=laser, picture=picture("gold"), alts={"fr": "La chaise"})
    paper = Paper(title="Safety sheet", licence="CC BY 4.0", is_restricted=True)
    content = Content(file=ContentFile(b"Wear goggles.", "safety.txt"))
    first = add_document(machine=laser, paper=paper, content=content, by=lively.staff, now=NOW)
    second = replace_document(
        document=first, paper=paper, content=content, by=lively.staff, now=NOW
    )
    lines = [Line("Laser power", "80", "W"), Line("Cuts", "acrylic 10 mm, plywood 6 mm")]
    save_specs(
        machine=laser, work_area="600 × 400 mm", materials="", lines=lines, by=lively.staff, now=NOW
    )
    return {
        "photo": photo.pk,
        "document": second.pk,
        "document_old": first.pk,
        **_stocktakes(lively),
    }


def _stocktakes(lively: Lively) -> Names:
    Machine.objects.filter(pk=lively.laser.pk).update(inventory_number="AT-001")
    counting = {"by": lively.staff, "now": NOW}
    over = start_stocktake(space=lively.space, **counting)
    count_code(stocktake=over, code="AT-001", room=None, **counting)
    close_stocktake(stocktake=over, **counting)
    running = start_stocktake(space=lively.space, **counting)
    for code in ("AT-001", "AT-001", "AT-999"):
        count_code(stocktake=running, code=code, room=None, **counting)
    return {"stocktake": running.pk, "stocktake_over": over.pk}


ROOM = Room(
    visitor={"catalogue-in-numbers": "/machines/?q=Speedy+600+x+400+mm+80+W"},
    staff={
        "inventory": "/spaces/atelier/inventory/",
        "labels": "/spaces/atelier/labels/",
        "labels-ticked": "/spaces/atelier/labels/ticked/",
        "stocktakes": "/spaces/atelier/stocktakes/",
        "stocktake": "/spaces/atelier/stocktakes/{stocktake}/",
        "stocktake-over": "/spaces/atelier/stocktakes/{stocktake_over}/",
        "machine-sheet": "/spaces/atelier/machines/speedy/sheet/",
        "machine-photo": "/spaces/atelier/machines/speedy/photos/{photo}/",
        "machine-document": "/spaces/atelier/machines/speedy/documents/{document}/",
        "machine-document-old": "/spaces/atelier/machines/speedy/documents/{document_old}/",
        "hours": "/spaces/atelier/hours/",
        "hours-staffed": "/spaces/atelier/hours/?kind=staffed",
        "machine-hours": "/spaces/atelier/machines/speedy/hours/",
    },
    no_pages={
        "machines:document": "a file",
        "machines:photo": "a picture",
        "machines:photo_small": "a picture",
        "machines:stocktake_csv": "a file",
    },
    furnish=furnish,
)
