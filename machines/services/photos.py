"""The photos of machines."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from machines.models import Machine, Photo
from machines.queries.media import photos_told
from machines.services.changes import Act, record_photos
from machines.states import ChangeKind
from members.models import Member
from spaces.uploads import reencoded_picture

SMALL = 800
"""Pixels of the longer side of the photo on a card: twice what a phone shows."""
MOST_PHOTOS = 12

Told = Mapping[str, Any]
"""A photo as `photos_told` tells it."""


class PhotosFull(ValueError):
    """The machine has as many photos as a page can show."""


@contextmanager
def written_down(machine: Machine, *, by: Member | None, now: datetime) -> Iterator[None]:
    """Keep in the history of `machine` what is done to its photos meanwhile, and by whom."""
    with transaction.atomic():
        # Nobody else changes them between the two looks.
        Machine.objects.select_for_update().get(pk=machine.pk)
        before = photos_told(machine)
        yield
        act = Act(kind=ChangeKind.PHOTOS, by=by, now=now)
        record_photos(machine.space, [(machine, before, photos_told(machine))], act)


@transaction.atomic
def put_photos_back(*, machine: Machine, was: Sequence[Told], said: Sequence[Told]) -> bool:
    """Have `machine` show the photos that it had before; False where they changed since."""
    Machine.objects.select_for_update().get(pk=machine.pk)
    if photos_told(machine) != list(said):
        return False
    wanted = [
        Photo(pk=told["photo"], machine=machine, file=told["file"], small=told["small"])
        for told in was
    ]
    for photo, told in zip(wanted, was, strict=True):
        _describe(photo, told["alts"])
    Photo.objects.filter(machine=machine).delete()
    for position, photo in enumerate(wanted):
        photo.position = position
    Photo.objects.bulk_create(wanted)
    return True


@transaction.atomic
def add_photo(*, machine: Machine, picture: "ContentFile[bytes]", alts: Mapping[str, str]) -> Photo:
    """Put a photo behind those that `machine` has; `alts` says by language what it shows.

    The picture comes from `spaces.uploads`. Raises PhotosFull.
    """
    # One at a time, so that two never take the same place.
    machine = Machine.objects.select_for_update().get(pk=machine.pk)
    position = _positions(machine)
    if position >= MOST_PHOTOS:
        raise PhotosFull(
            _("A machine has at most %(most)d photos. Take one away first.") % {"most": MOST_PHOTOS}
        )
    small = reencoded_picture(picture, longest=SMALL)
    picture.seek(0)
    photo = Photo(machine=machine, position=position, file=picture, small=small)
    _describe(photo, alts)
    photo.save()
    return photo


@transaction.atomic
def describe_photo(*, photo: Photo, alts: Mapping[str, str]) -> Photo:
    """Say anew what a photo shows."""
    _describe(photo, alts)
    photo.save()
    return photo


@transaction.atomic
def move_photo(*, photo: Photo, to_front: bool) -> None:
    """Exchange a photo with its neighbour towards the front or the end; the first is the cover."""
    Machine.objects.select_for_update().get(pk=photo.machine_id)
    row = list(Photo.objects.filter(machine=photo.machine_id))
    place = row.index(photo)
    other = place - 1 if to_front else place + 1
    if not 0 <= other < len(row):
        return
    row[place], row[other] = row[other], row[place]
    _number(row)


@transaction.atomic
def remove_photo(*, photo: Photo) -> None:
    """Take a photo away; its files stay, for whoever takes that back."""
    Machine.objects.select_for_update().get(pk=photo.machine_id)
    photo.delete()
    _number(list(Photo.objects.filter(machine=photo.machine_id)))


def _describe(photo: Photo, alts: Mapping[str, str]) -> None:
    for language, alt in alts.items():
        setattr(photo, f"alt_{language}", alt)


def _positions(machine: Machine) -> int:
    return Photo.objects.filter(machine=machine).count()


def _number(row: list[Photo]) -> None:
    for position, photo in enumerate(row):
        photo.position = position
    Photo.objects.bulk_update(row, ["position"])
