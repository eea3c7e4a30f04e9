"""Run the measurements of bench/, each on servers of its own.

python -m config.benches [NAME]
"""

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "bench"


def main(name: str) -> int:
    """Run one measurement, or all of them where `name` is a pattern; 1 where a bound is missed."""
    files = [path for path in sorted(BENCH.glob(f"{name}.py")) if not path.name.startswith("_")]
    if not files:
        print(f"There is no measurement called {name}.", file=sys.stderr)
        return 1
    return max(run(path.stem) for path in files)


def run(name: str) -> int:
    """Run one measurement; its servers are as safe, and so as slow, as real ones."""
    python = sys.executable
    command = [python, "-m", "config.stack", "run", "--", python, "-m", f"bench.{name}"]
    return int(subprocess.run(command, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "*"))
