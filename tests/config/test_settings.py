"""The settings of a real installation."""

import io
import logging
import os
import subprocess
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response


def test_production_settings_pass_every_check_of_deployment() -> None:
    ours = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = {
        **ours,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "7c1f0e" * 12 + "-and-many-other-characters",
        "ALLOWED_HOSTS": "etabli.example",
        "BASE_URL": "https://etabli.example",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("status", "is_written"), [(500, True), (404, False)])
def test_what_breaks_is_written_where_the_process_writes(
    monkeypatch: pytest.MonkeyPatch, status: int, *, is_written: bool
) -> None:
    """By itself Django would mail it, to addresses of which we have none."""
    handler = next(each for each in logging.getLogger().handlers if each.name == "stderr")
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    request = RequestFactory().get("/broken/")
    answer, error = HttpResponse(status=status), ValueError("a wheel came off")
    log_response("%s", request.path, response=answer, request=request, exception=error)
    assert ("a wheel came off" in written.getvalue()) is is_written
