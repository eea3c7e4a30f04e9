"""Where in the pages of a space somebody is."""

import pytest

from members.context import group_of


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/spaces/nord/board/", "day"),
        ("/spaces/nord/requests/7/", "day"),
        ("/spaces/nord/use/", "day"),
        ("/spaces/nord/hours/", "time"),
        ("/spaces/nord/inventory/import/", "machines"),
        ("/spaces/nord/machines/speedy/prices/", "machines"),
        ("/spaces/nord/tablets/", "machines"),
        ("/spaces/nord/quotas/", "rules"),
        ("/spaces/nord/questions/new/", "rules"),
        ("/spaces/nord/badges/", "people"),
        ("/spaces/nord/companies/acme/", "people"),
        ("/spaces/nord/utilisation/", "reports"),
        ("/machines/nord/speedy/", ""),
        ("/spaces/nord/", ""),
        ("/", ""),
    ],
)
def test_every_page_of_a_space_is_in_a_group(path: str, group: str) -> None:
    assert group_of(path) == group
