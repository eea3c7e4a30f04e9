"""A real Mosquitto on a port of its own, configured as deploy/mosquitto.conf asks."""

import shutil
import signal
import socket
import subprocess
import time
from getpass import getuser
from pathlib import Path

from config.stack import process

STARTS_WITHIN = 60.0

SETTINGS = """\
user {user}
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
max_queued_messages 1000000
queue_qos0_messages true
max_inflight_messages 500
"""


def mosquitto() -> str | None:
    """Where the program is; Debian keeps it off the PATH of users."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker:
    """A broker that can be stopped, killed and started again where it was."""

    def __init__(self, folder: Path) -> None:
        # Held for as long as the test lasts, or another could take it while the broker is away;
        # a server that listens may share it, because it reuses addresses too.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(("127.0.0.1", 0))
        self.port = self.place.getsockname()[1]
        self.folder = folder
        self.settings = folder / "mosquitto.conf"
        self.settings.write_text(SETTINGS.format(port=self.port, folder=folder, user=getuser()))
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = mosquitto()
        assert program is not None
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.server = process.start([program, "-c", self.settings], output=log)
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline, (self.folder / "mosquitto.log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it in order; what it keeps is written."""
        if self.server is not None:
            process.stop(self.server, signum=signal.SIGTERM)

    def close(self) -> None:
        """End it for good."""
        self.stop()
        self.place.close()
