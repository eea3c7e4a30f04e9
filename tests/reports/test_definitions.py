"""One meaning everywhere: the definitions, the document, the arithmetic and the rollup agree."""

from pathlib import Path

import pytest

from reports.definitions import BY_ID, RATES, TERMS, VERSION, Definition
from reports.figures import MEANS, Totals
from reports.figures import RATES as FORMULAS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("definition", BY_ID.values(), ids=BY_ID)
def test_the_document_says_the_same(definition: Definition) -> None:
    line = next(row for row in DOCUMENT.splitlines() if row.startswith(f"| `{definition.id}` |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    said = [definition.name, definition.formula, definition.text]
    assert cells[-3:] == [str(each) for each in said]
    if definition in TERMS:
        assert cells[1] == definition.symbol


def test_the_document_has_the_version() -> None:
    assert DOCUMENT.startswith(f"# Metrics, definition set {VERSION}\n")


def test_every_term_and_rate_can_be_computed() -> None:
    nothing = Totals({})
    assert [nothing.seconds(term.column) for term in TERMS] == [0] * len(TERMS)
    assert {rate.id for rate in RATES} == set(FORMULAS)
    assert {nothing.share(rate.id).rate for rate in RATES} == {None}
    assert {nothing.mean(metric).hours for metric in MEANS} == {None}
