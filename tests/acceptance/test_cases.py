"""The cases of cases/*.yaml that are about booking and using machines."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.runner import run

AREAS = (
    "approval",
    "overlap",
    "hours",
    "limits",
    "certification",
    "cancellation-noshow",
    "sessions",
    "companies",
    "quota",
    "pools",
    "waiting-list",
)
FOLDER = Path(__file__).parent / "cases"


def cases() -> list[Any]:
    """Every case; those that need several connections at once cannot run inside a transaction."""
    found = []
    for area in AREAS:
        text = (FOLDER / f"{area}.yaml").read_text(encoding="utf-8")
        for case in yaml.load(text, Loader=yaml.CSafeLoader):
            is_race = any("concurrently" in step["action"] for step in case["when"])
            mark = pytest.mark.django_db(transaction=is_race)
            found.append(pytest.param(case, id=case["id"], marks=mark))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    run(case)
