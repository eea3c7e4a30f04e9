"""A report that the staff of the demo mails every month, and the logo that stands on it."""

from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from members.models import Member
from reports.filters import Scope
from reports.lasting import lasting_key
from reports.models import SavedReport
from reports.services.logos import keep_logo
from reports.services.saved import keep_saved_report
from reports.states import Moving
from spaces.models import Space

TEAL, CLAY, LARGE = (13, 95, 107, 255), (196, 92, 44, 255), 4


def mail_every_month(*, at: str, by: Member, now: datetime) -> None:
    """Save a report of the space `at` for `by`, and draw the space a logo."""
    space = Space.objects.get(slug=at)
    keep_logo(space, _logo())
    # As if it had been saved a while ago: the next one comes on the first.
    long_ago = now - timedelta(days=20)
    saved = SavedReport(
        name="Comité",
        scope=lasting_key(Scope.of_space(space)),
        moving=Moving.MONTH,
        made_by=by,
        created_at=long_ago,
    )
    keep_saved_report(saved, recipients=[by], now=long_ago)


def _logo() -> "ContentFile[bytes]":
    """A bench with a cog on it, in the colours of the house."""
    picture = Image.new("RGBA", (110 * LARGE, 80 * LARGE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)

    def box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        return left * LARGE, top * LARGE, right * LARGE, bottom * LARGE

    draw.rounded_rectangle(box(5, 42, 105, 52), 4 * LARGE, fill=TEAL)
    for left in (15, 87):
        draw.rectangle(box(left, 50, left + 8, 76), fill=TEAL)
    draw.ellipse(box(36, 4, 74, 42), fill=CLAY)
    draw.ellipse(box(48, 16, 62, 30), fill=(255, 255, 255, 255))
    content = BytesIO()
    picture.resize((330, 240)).save(content, "PNG")
    return ContentFile(content.getvalue(), "logo.png")
