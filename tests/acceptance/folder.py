"""Plays the cases of a folder on a database of their own, and tells of each that fails."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from config.catalogues import compile_catalogues
from tests.acceptance.answers import Differs
from tests.acceptance.form import Case, NotUnderstood, cases_in
from tests.acceptance.runner import run


def play_folder(folder: Path) -> int:
    """Print each failure and how many passed; 1 where one failed, 2 where there is no case."""
    cases = cases_in(folder)
    if not cases:
        print(f"There is no case in {folder}.")
        return 2
    with _database():
        faults = [(case, fault) for case in cases if (fault := fault_of(case))]
    for case, fault in faults:
        print(f"FAILED {case.id} ({case.file}): {case.facts.get('title', '')}\n{fault}")
    print(f"{len(cases) - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0


def fault_of(case: Case) -> str:
    """What is wrong with how a case went; nothing where it went well."""
    try:
        with _untouched(case):
            run(case.facts)
    except Differs as error:
        return f"    {error.what}\n      expected {error.expected!r}\n      got      {error.got!r}"
    except NotUnderstood as error:
        return f"    {error}"
    except Exception as error:  # noqa: BLE001 - one broken case must not hide the others
        return f"    {type(error).__name__}: {error} ({_place(error)})"
    return ""


def _place(error: Exception) -> str:
    """The last line of ours through which an error came."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if frame.filename.startswith(str(settings.BASE_DIR))
        and "site-packages" not in frame.filename
    ]  # fmt: skip
    frame = (ours or frames)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


@contextmanager
def _untouched(case: Case) -> Iterator[None]:
    """Leave no row behind: by going back, or by emptying the tables where there were others."""
    if case.needs_connections:
        try:
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)
        return
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def _database() -> Iterator[None]:
    """A database for the cases alone, mails that go nowhere, and every language."""
    compile_catalogues()
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
