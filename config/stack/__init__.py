"""Private PostgreSQL and Redis servers for development, tests and the demo.

    python -m config.stack run [--data DIR] [--quick] -- COMMAND …

Servers named by DATABASE_URL and REDIS_URL are used as they are. Where one is missing, it is
started on a free loopback port from the binaries of this machine, else from those in the
development wheels (ETABLI_SERVERS=wheel: from the wheels only), and stopped when the command
ends. Without --data its data is thrown away; --quick gives up safety against power cuts.
"""

from config.stack.errors import StackError
from config.stack.kept import KEPT
from config.stack.servers import attached, running

__all__ = ["KEPT", "StackError", "attached", "running"]
