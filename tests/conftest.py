"""What every test can ask for."""

import gc
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from django.urls import resolve
from django.utils import translation
from hypothesis import HealthCheck

from config.catalogues import compile_catalogues
from tests import template
from tests.broker import mosquitto
from tests.calendars import has_libical

# Playwright keeps an event loop in the thread of the tests, where Django would refuse to work.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long an example takes tells of the machine, and which are drawn would be another matter each
# time: what a change is judged by must hang on neither. PROPERTIES=long draws anew.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize=os.environ.get("PROPERTIES") != "long",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("house")

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What lasts longest begins first, so that no side waits for the other at the end; only before
# that comes what needs no database, as long as there is none yet.
FIRST = (
    "tests/races/",
    "tests/journeys/test_every_page.py",
    "tests/properties/",
    "tests/reports/test_oracle.py",
    "tests/notifications/test_processes.py",
)
# What is covered is told by the tests of the domain, not by those of the whole house: to measure
# doubles the time that Python takes.
WHOLE = (
    "tests/acceptance/",
    "tests/config/",
    "tests/journeys/",
    "tests/notifications/test_samples.py",
    "tests/properties/",
    "tests/races/",
    "tests/reports/test_oracle.py",
)
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
TEMPLATE = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Decision 0039."""
    parser.addoption(
        "--second-try",
        action="store_true",
        help="try what needs a browser once more where it fails, and count it as rerun",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Do once what all test processes need, before they start."""
    config.stash[LEFT_OUT] = {}
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        compile_catalogues()
        if settings.DATABASES["default"]["NAME"]:
            config.stash[TEMPLATE] = template.begin()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import every face now: what a test without coverage imports first is never counted.

    All that is there by now stays until the end, and is never looked through for what may go.
    """
    resolve("/")
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
    measure(session.config, is_on=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Measure what the tests of the domain cover.

    What they are given is not measured: it is covered by tests of its own, and is made again for
    each.
    """
    if item.nodeid.startswith(WHOLE):
        return (yield)
    measure(item.config, is_on=True)
    try:
        return (yield)
    finally:
        measure(item.config, is_on=False)


def measure(config: pytest.Config, *, is_on: bool) -> None:
    """Begin or leave off measuring coverage where it is asked for, in this thread alone.

    Python cannot trace two threads that begin at the same moment: one of them dies, and with it
    the request that it answers. Leaving off would trace them too, for who measured before.
    """
    plugin = config.pluginmanager.getplugin("_cov")
    if plugin and (controller := plugin.cov_controller):
        (controller.resume if is_on else controller.pause)()
        threading.settrace(None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Copy the migrated template instead of migrating."""
    test = connections["default"].settings_dict["TEST"]
    test["TEMPLATE"], test["MIGRATE"] = template.finished(), False


@pytest.fixture(scope="session", autouse=True)
def _patient() -> Iterator[None]:
    """A program of its own is waited for as long as a busy machine needs to start it."""
    from machines.external import apart

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "CLOCK_SECONDS", 120)
        yield


@pytest.fixture(autouse=True)
def spoken() -> Iterator[None]:
    """Every test begins in English, whatever a page before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def chromium() -> str | None:
    """The system's Chromium, else the one that playwright has installed, else None.

    One without windows is best: the others paint theirs too, which nobody sees.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    cache = Path(
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright")
    )
    own = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


PROGRAMS = {
    "browser": ("Chromium", chromium),
    "libical": ("libical", has_libical),
    "mosquitto": ("Mosquitto", mosquitto),
}
"""What a marker says a test needs."""


def needs_database(item: pytest.Item) -> bool:
    """Whether a test has to wait for the template."""
    asked = DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a program that is not there; the summary names it."""
    waiting = {item.path for item in items if needs_database(item)}
    items.sort(key=lambda item: (item.path in waiting, not item.nodeid.startswith(FIRST)))
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            if config.option.second_try:
                item.add_marker(pytest.mark.flaky(reruns=1))
    for marker, (program, is_there) in PROGRAMS.items():
        left_out = [item for item in items if item.get_closest_marker(marker)]
        if left_out and not is_there():
            config.stash[LEFT_OUT][program] = [item.nodeid for item in left_out]
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Put the template away, and say last what was not run."""
    if hasattr(config, "workerinput"):
        return
    if maker := config.stash.get(TEMPLATE, None):
        template.end(maker)
    for program, left_out in config.stash.get(LEFT_OUT, {}).items():
        print(f"Not run, because there is no {program}: {len(left_out)} tests.")
        for name in left_out:
            print(f"    {name}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as it runs anywhere: as root, without a screen, without talking to its maker."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": CHROMIUM_FLAGS}


@pytest.fixture(autouse=True)
def _forget_rates() -> Iterator[None]:
    """Counted logins and calls of one test must not slow the next one down."""
    yield
    from django.core.cache import caches

    caches["rates"].clear()
