"""How gunicorn serves Établi: two processes with four threads, each with its own database pool."""

from pathlib import Path

MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its own file there

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = 2
threads = 4
# Loaded once and shared: a process more costs neither a second nor the memory of a program.
# No connection is opened while loading, so none is shared.
preload_app = True
timeout = 30
graceful_timeout = 10
# Every request over a connection of its own: the process that is free takes it. Connections kept by
# a proxy stick to one process while the other is idle, and a POST may meet one that just closes.
keepalive = 0
# A worker that has served long is replaced, at a moment of its own.
max_requests = 20_000
max_requests_jitter = 2_000
# Its sign of life must not wait for a disk.
worker_tmp_dir = MEMORY if Path(MEMORY).is_dir() else None
# Nobody steers it but signals; its socket would lie in the home of the account.
control_socket_disable = True
