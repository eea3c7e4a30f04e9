"""The form of the case files: what a case says is read once, and nothing in it is passed over."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

REQUIRED = object()


class NotUnderstood(Exception):
    """A key or a word of a case that nobody here reads: it must not be passed over silently."""


class Case(NamedTuple):
    """One case, and the file that it comes from."""

    file: str
    facts: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its name, or its place where it has none."""
        return str(self.facts.get("id", f"a case of {self.file}"))

    @property
    def needs_connections(self) -> bool:
        """Whether something happens at once, and so cannot happen inside one transaction."""
        return any("concurrently" in str(step.get("action")) for step in self.facts["when"])


class Facts:
    """A mapping of a case that knows which of its keys were read."""

    def __init__(self, keys: Mapping[str, Any], where: str) -> None:
        self._keys, self._where = keys, where
        self._unread = set(keys)

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __getitem__(self, key: str) -> Any:
        return self.get(key, REQUIRED)

    def get(self, key: str, otherwise: Any = None) -> Any:
        """What the case says to `key`."""
        self._unread.discard(key)
        if key not in self._keys:
            if otherwise is REQUIRED:
                raise NotUnderstood(f"{self._where} does not say “{key}”")
            return otherwise
        return self._keys[key]

    def each(self, key: str) -> Iterator["Facts"]:
        """The mappings of a list one after the other, each of which must be read to its end."""
        for number, keys in enumerate(self.get(key) or []):
            facts = Facts(keys, f"{self._where}.{key}[{number}]")
            yield facts
            facts.finish()

    def finish(self) -> None:
        """Raise NotUnderstood where a key was not read."""
        if self._unread:
            names = ", ".join(f"“{name}”" for name in sorted(map(str, self._unread)))
            raise NotUnderstood(f"{self._where}: nobody here understands {names}")


def cases_in(folder: Path) -> list[Case]:
    """Every case of the files of a folder, in the order of their names."""
    return [
        Case(path.name, facts)
        for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml")))
        for facts in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
    ]
