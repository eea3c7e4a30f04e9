"""The cases of the folders beside this file, by the runner of `make cases`."""

from pathlib import Path

import pytest

from tests.acceptance.form import Case, cases_in
from tests.acceptance.runner import run

HERE = Path(__file__).parent
CASES = [case for folder in ("cases", "cases_more") for case in cases_in(HERE / folder)]


def marked(case: Case) -> pytest.ParameterSet:
    """A case that needs several connections at once cannot run inside a transaction."""
    mark = pytest.mark.django_db(transaction=case.needs_connections)
    return pytest.param(case, id=case.id, marks=mark)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_case(case: Case) -> None:
    run(case.facts)
