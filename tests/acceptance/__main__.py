"""Run every case of a folder and tell which fail: `python -m tests.acceptance FOLDER`."""

import os
import sys
from pathlib import Path

import django


def main(arguments: list[str]) -> int:
    """Print each failure and the closing line; 1 where a case failed, 2 where there is none."""
    # Whatever the servers beside us are set to: tests do not spend their time on passwords.
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    from tests.acceptance.folder import play_folder

    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("Say which folder of case files: make cases CASES=path", file=sys.stderr)
        return 2
    return play_folder(Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
