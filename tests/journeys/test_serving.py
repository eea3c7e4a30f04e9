"""The gate of the journeys' server shuts behind the last request, not before it."""

from threading import Event, Thread

from tests.journeys.serving import Gate


def test_it_waits_for_who_is_inside_and_lets_nobody_in() -> None:
    gate, is_shut = Gate(), Event()
    assert gate.enter()

    def shut() -> None:
        gate.shut()
        is_shut.set()

    Thread(target=shut, daemon=True).start()
    while gate.enter():
        gate.leave()
    assert not is_shut.is_set()
    gate.leave()
    assert is_shut.wait(60)
    gate.open()
    assert gate.enter()
