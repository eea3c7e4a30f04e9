"""The environment, read once."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where the services are and what must stay secret."""

    database_url: str
    redis_url: str
    email_url: str
    secret_key: str
    allowed_hosts: tuple[str, ...]
    base_url: str
    private_networks_allowed: tuple[str, ...]
    vapid_private_key: str
    mqtt_url: str
    credential_private_key: str
    credential_keys_retired: tuple[str, ...]


def read() -> Environment:
    """The settings that differ from one installation to the next."""
    get = os.environ.get
    return Environment(
        database_url=get("DATABASE_URL", ""),
        redis_url=get("REDIS_URL", "redis://127.0.0.1:6379/0"),
        email_url=get("EMAIL_URL", ""),
        secret_key=get("SECRET_KEY", ""),
        allowed_hosts=_several(get("ALLOWED_HOSTS", "")),
        base_url=get("BASE_URL", "http://127.0.0.1:8000"),
        private_networks_allowed=_several(get("PRIVATE_NETWORKS_ALLOWED", "")),
        vapid_private_key=get("VAPID_PRIVATE_KEY", ""),
        mqtt_url=get("MQTT_URL", ""),
        credential_private_key=get("CREDENTIAL_PRIVATE_KEY", ""),
        credential_keys_retired=_several(get("CREDENTIAL_KEYS_RETIRED", "")),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


ENVIRONMENT = read()
