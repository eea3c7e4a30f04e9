"""What every test can ask for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.urls import resolve
from django.utils import translation

from config.catalogues import compile_catalogues
from tests.broker import mosquitto
from tests.calendars import has_libical

# Playwright keeps an event loop in the thread of the tests, where Django would refuse to work.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long an example takes tells of the machine; what it finds must not hang on that.
hypothesis.settings.register_profile("house", deadline=None)
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
# What lasts longest begins first, so that no side waits for the other at the end.
FIRST = (
    "tests/races/",
    "tests/journeys/test_every_page.py",
    "tests/properties/",
    "tests/reports/test_oracle.py",
    "tests/notifications/test_processes.py",
)
# What is covered is told by the tests of the domain; measuring slows servers and browsers down.
WHOLE = ("tests/races/", "tests/journeys/", "tests/properties/")
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, before the workers start."""
    config.stash[LEFT_OUT] = {}
    if not hasattr(config, "workerinput"):
        compile_catalogues()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import every face now: what a test without coverage imports first is never counted."""
    resolve("/")


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a program that is not there; the summary names it."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    for item in items:
        if item.nodeid.startswith(WHOLE):
            item.add_marker(pytest.mark.no_cover)
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    for marker, (program, is_there) in PROGRAMS.items():
        left_out = [item for item in items if item.get_closest_marker(marker)]
        if left_out and not is_there():
            config.stash[LEFT_OUT][program] = [item.nodeid for item in left_out]
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last what was not run."""
    if hasattr(config, "workerinput"):
        return
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
