"""Run a command beside private servers."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from config import stack
from config.stack import process


def main() -> int:
    """Run a command beside the servers and answer with its exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.stack")
    parser.add_argument("action", choices=["run"])
    parser.add_argument("--data", type=Path, help="keep the servers' data here")
    parser.add_argument("--quick", action="store_true", help="no safety against power cuts")
    ours, dashes, command = _split(sys.argv[1:])
    options = parser.parse_args(ours)
    if not dashes or not command:
        parser.error("say which command to run, after --")
    for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(signum, _leave)
    try:
        with stack.running(options.data, quick=options.quick) as environment:
            return _run(command, {**os.environ, **environment})
    except stack.StackError as error:
        print(error, file=sys.stderr)
        return 1


def _split(arguments: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in arguments:
        return arguments, False, []
    at = arguments.index("--")
    return arguments[:at], True, arguments[at + 1 :]


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run it in our terminal if there is one: then it gets Ctrl-C itself and ends in its way."""
    if sys.stdin.isatty():
        return _run_at_terminal(command, environment)
    child = process.start(command, environment=environment)
    try:
        return _exit_code(child.wait())
    finally:
        with process.undisturbed():
            process.stop_group(child)


def _run_at_terminal(command: list[str], environment: dict[str, str]) -> int:
    child = process.start(command, environment=environment, own_group=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return _exit_code(child.wait())
    finally:
        with process.undisturbed():
            process.stop(child)


def _exit_code(returned: int) -> int:
    return 128 - returned if returned < 0 else returned


def _leave(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main())
