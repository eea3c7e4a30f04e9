"""Inductions over the API: what is taught when, and how full it is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from tests.factories.inductions import InductionFactory, PlaceFactory
from tests.factories.members import SkillFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/inductions"


def test_what_is_to_come_is_listed_by_pages() -> None:
    skill = SkillFactory.create(name="Laser", slug="laser")
    first = InductionFactory.create(skill=skill, starts_at=now() + timedelta(days=1))
    second = InductionFactory.create(space=first.space, starts_at=now() + timedelta(days=2))
    InductionFactory.create(space__is_listed=False, starts_at=now() + timedelta(days=1))
    InductionFactory.create(starts_at=now() - timedelta(days=1))
    PlaceFactory.create(induction=first)
    answer = Client().get(f"{URL}?limit=1").json()
    [item] = answer["items"]
    assert item["skill"] == {"slug": "laser", "name": "Laser"}
    assert (item["seats"], item["free_seats"], item["waiting"]) == (2, 1, 0)
    assert item["url"].endswith(f"/inductions/{first.pk}/")
    [item] = Client().get(f"{URL}?limit=1&cursor={answer['next']}").json()["items"]
    assert item["id"] == second.pk


def test_it_is_found_by_space_and_skill() -> None:
    made = InductionFactory.create(starts_at=now() + timedelta(days=1))
    InductionFactory.create(starts_at=now() + timedelta(days=1))
    asked = f"{URL}?space={made.space.slug}&skill={made.skill.slug}"
    assert [item["id"] for item in Client().get(asked).json()["items"]] == [made.pk]


def test_a_cursor_of_another_list_is_refused() -> None:
    assert Client().get(f"{URL}?cursor=x").status_code == 422
