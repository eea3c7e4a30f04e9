#!/usr/bin/env python3
"""The command line of the project, from any Python: it goes on in the house's own."""

import os
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parent
PYTHON = HOUSE / ".venv" / "bin" / "python"
WITHOUT_SERVERS = {
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "--help",
    "--version",
}


def main() -> None:
    """Run a command with the demo's servers, unless DATABASE_URL names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from config import stack

    if not sys.argv[1:] or sys.argv[1] in WITHOUT_SERVERS:
        execute()
        return
    try:
        with stack.attached():
            execute()
    except stack.StackError as error:
        sys.exit(str(error))


def execute() -> None:
    """Let Django do what the command line says."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    if PYTHON.exists() and Path(sys.prefix).resolve() != PYTHON.parents[1].resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    main()
