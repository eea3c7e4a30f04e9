"""Pin every package with its hashes: requirements.txt and requirements-dev.txt.

    make lock

Nothing in the result says where packages come from, so it holds behind any registry.
"""

import subprocess
import sys

HOW = "make lock"


def compile_lock(target: str, *extra: str) -> int:
    """Resolve pyproject.toml for every Python and system that it allows."""
    return subprocess.run(
        [
            "uv", "pip", "compile", "pyproject.toml", *extra, "--universal", "--upgrade",
            "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate",
            "--custom-compile-command", HOW, "--quiet", "--output-file", target,
        ],
        check=False, stdout=subprocess.DEVNULL,
    ).returncode  # fmt: skip


if __name__ == "__main__":
    sys.exit(
        compile_lock("requirements.txt") or compile_lock("requirements-dev.txt", "--group", "dev")
    )
