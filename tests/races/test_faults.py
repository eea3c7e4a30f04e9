"""Two who say at once that machines need each other: no circle comes of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.utils.timezone import now

from machines.models import Dependency, Machine
from machines.services.dependencies import CannotNeed, add_need
from tests.races.clients import TIMEOUT
from tests.races.test_displacing import own_connection, twins
from tests.races.test_one_slot import deadlocks

ROUNDS = 10


def need(pair: list[Machine], ready: threading.Barrier) -> bool:
    with own_connection():
        ready.wait()
        try:
            add_need(machine=pair[0], needs=pair[1], now=now())
        except CannotNeed:
            return False
        return True


def test_of_two_who_close_a_circle_one_does(transactional_db: None) -> None:
    machines = twins()
    for _turn in range(ROUNDS):
        ready = threading.Barrier(2, timeout=TIMEOUT)
        with ThreadPoolExecutor(2) as pool:
            pairs = (machines, machines[::-1])
            done = list(pool.map(lambda pair: need(pair, ready), pairs))  # noqa: B023
        assert sorted(done) == [False, True]
        assert Dependency.objects.count() == 1
        Dependency.objects.all().delete()
    assert deadlocks() == 0
