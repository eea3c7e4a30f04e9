"""What the commands that import files have in common: their options, and how these are read."""

from argparse import ArgumentParser
from collections.abc import Collection, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from spaces.models import Space


class ImportCommand(BaseCommand):
    """Imports files into a space, or tells what would come of it."""

    fields: Collection[str]
    """What a column may be read as."""

    refusal = "Some rows are rejected; import the others with --good-rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which space, how columns are read, and whether anything is written."""
        parser.add_argument("--space", required=True, help="the address of the space")
        parser.add_argument("--dry-run", action="store_true", help="tell, write nothing")
        parser.add_argument("--good-rows", action="store_true", help="leave rejected rows out")
        parser.add_argument(
            "--mapping",
            "--map",
            action="append",
            default=[],
            metavar="HEADER=FIELD",
            help=f"read a column as one of: {', '.join(self.fields)}; HEADER= leaves it out",
        )

    def space_of(self, options: Mapping[str, Any]) -> Space:
        """The space that is named; raises CommandError."""
        space = Space.objects.filter(slug=options["space"]).first()
        if space is None:
            raise CommandError(f"There is no space {options['space']!r}.")
        return space

    def columns_of(
        self, options: Mapping[str, Any], headers: Collection[str], read: Mapping[str, str]
    ) -> dict[str, str]:
        """The columns as they are `read`, changed as told; each field once. Raises CommandError."""
        columns = dict(read)
        for told in options["mapping"]:
            header, _equals, field = told.rpartition("=")
            if header not in headers or (field and field not in self.fields):
                raise CommandError(f"--mapping {told}: no such header or field.")
            columns = {name: kept for name, kept in columns.items() if kept != field or not field}
            columns[header] = field
        return columns

    def tell_of_others(self, others: Collection[str]) -> None:
        """Name the tables of a workbook that were not read."""
        for name in others:
            self.stdout.write(f"  not read: the table {name}")
