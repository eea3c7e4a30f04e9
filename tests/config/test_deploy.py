"""What a server needs fits what there is."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config.env import Environment

DEPLOY = Path(settings.BASE_DIR) / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def test_every_setting_of_the_environment_is_in_the_example() -> None:
    example = (DEPLOY / "etabli.env.example").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert {field.name.upper() for field in fields(Environment)} <= named


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_what_the_composition_runs(unit: Path) -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    service = services[unit.stem.removeprefix("etabli-")]
    line = re.search(r"^ExecStart=/srv/etabli/.venv/bin/(\S+)", unit.read_text(), re.MULTILINE)
    assert line is not None
    assert service.get("command", ["gunicorn"])[0] == line[1]


def test_the_composition_has_every_part_and_only_caddy_is_open_to_the_world() -> None:
    """The broker is there for the devices of the house, and only where it is asked for."""
    composition = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = composition["services"]
    always = {name for name, service in services.items() if "profiles" not in service}
    assert always == {"postgres", "redis", "setup", "web", "worker", "beat", "caddy"}
    assert set(services) - always == {"bridge", "mosquitto"}
    assert [name for name in always if "ports" in services[name]] == ["caddy"]
    for service in services.values():
        needed = service.get("depends_on", [])
        assert set(needed) <= set(services)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in composition["volumes"] or (DEPLOY / source).exists()


def test_the_image_is_made_from_files_that_are_there() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert "requirements.txt" in dockerfile
    for module in re.findall(r"python -m (config\.\w+)", dockerfile):
        assert (Path(settings.BASE_DIR) / f"{module.replace('.', '/')}.py").exists()
