"""The logo of a space: one file, which goes with the next one."""

from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from spaces.models import Space


@transaction.atomic
def keep_logo(space: Space, picture: "File[Any]") -> None:
    """Put a picture that was drawn anew in the place of the one before."""
    before = space.logo.name
    space.logo.save(picture.name or "logo.png", picture, save=False)
    space.save(update_fields=["logo"])
    if before:
        transaction.on_commit(lambda: default_storage.delete(before))


@transaction.atomic
def remove_logo(space: Space) -> None:
    """Print reports without one."""
    before = space.logo.name
    if not before:
        return
    space.logo = ""
    space.save(update_fields=["logo"])
    transaction.on_commit(lambda: default_storage.delete(before))
