"""The settings of a real installation."""

import os
import subprocess
import sys


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
