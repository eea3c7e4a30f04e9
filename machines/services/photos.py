"""The photos of machines."""

from collections.abc import Mapping
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from machines.models import Machine, Photo
from spaces.uploads import reencoded_picture

SMALL = 800
"""Pixels of the longer side of the photo on a card: twice what a phone shows."""
MOST_PHOTOS = 12


class PhotosFull(ValueError):
    """The machine has as many photos as a page can show."""


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
    """Take a photo away; its files go once that is certain."""
    Machine.objects.select_for_update().get(pk=photo.machine_id)
    for name in {str(photo.file.name), str(photo.small.name)}:
        transaction.on_commit(partial(photo.file.storage.delete, name))
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
