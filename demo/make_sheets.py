"""What stands on the sheets of machines: photos, specs in numbers, recipes, and a stocktake."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import vl_convert
from django.conf import settings
from django.core.files.base import ContentFile

from demo.words import language_of, words_of
from machines.models import Machine
from machines.services.documents import Content, Paper, add_document, replace_document
from machines.services.photos import add_photo
from machines.services.specs import Line, save_specs
from machines.services.stocktaking import close_stocktake, count_code, start_stocktake
from members.models import Member
from spaces.models import Space
from spaces.uploads import reencoded_picture

DRAWINGS = Path(settings.BASE_DIR) / "static" / "img" / "placeholders"
YEAR = timedelta(days=365)
LASER = "laser"


def write_sheets(space: Space, *, by: Member, now: datetime) -> None:
    """Specs and recipes for the lasers of `space`, and pictures of the first one."""
    lasers = [each for each in space.machines.order_by("pk") if LASER in each.category.slug]
    for number, machine in enumerate(lasers):
        _specs(machine, power=80 - 20 * number, by=by, now=now)
        _recipes(machine, by=by, now=now)
    for machine in lasers[:1]:
        for drawing in ("laser", "bench"):
            _picture(machine, drawing)


def take_stock(space: Space, *, by: Member, now: datetime) -> None:
    """A stocktake a year ago, at which one machine was not found."""
    moment = (now - YEAR).replace(hour=9, minute=0)
    stocktake = start_stocktake(space=space, by=by, now=moment)
    numbered = space.machines.exclude(inventory_number="").order_by("inventory_number")
    for minute, machine in enumerate(numbered[1:]):
        count_code(
            stocktake=stocktake,
            code=machine.inventory_number,
            room=machine.room,
            by=by,
            now=moment + timedelta(minutes=minute),
        )
    close_stocktake(stocktake=stocktake, by=by, now=moment + timedelta(hours=2))


def _specs(machine: Machine, *, power: int, by: Member, now: datetime) -> None:
    words = words_of(machine.space)
    lines = [Line(words.laser_power, str(power), "W"), Line(words.cuts, words.thicknesses)]
    save_specs(
        machine=machine,
        work_area=machine.work_area,
        materials=machine.materials,
        lines=lines,
        by=by,
        now=now,
    )


def _recipes(machine: Machine, *, by: Member, now: datetime) -> None:
    """Settings for certified members, in their second version."""
    words = words_of(machine.space)
    paper = Paper(
        title=words.recipes,
        language=language_of(machine.space),
        version="1",
        licence="CC BY-SA 4.0",
        is_restricted=True,
    )
    text = f"{words.recipes}: {machine.name}\n\n{words.thicknesses}\n".encode("utf-8-sig")
    first = add_document(
        machine=machine,
        paper=paper,
        content=Content(file=ContentFile(text, "recipes.txt")),
        by=by,
        now=now - YEAR,
    )
    replace_document(
        document=first,
        paper=replace(paper, version="2"),
        content=Content(file=ContentFile(text, "recipes.txt")),
        by=by,
        now=now,
    )


def _picture(machine: Machine, drawing: str) -> None:
    """There is no camera in a demo: our own drawings stand in."""
    drawn = vl_convert.svg_to_png((DRAWINGS / f"{drawing}.svg").read_text(), scale=3)
    picture = reencoded_picture(ContentFile(drawn, f"{drawing}.png"))
    alts = {language_of(machine.space): machine.name}
    add_photo(machine=machine, picture=picture, alts=alts)
