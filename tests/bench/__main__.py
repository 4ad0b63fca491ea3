"""`python -m tests.bench [NAME]`: every benchmark, or one; each prints one line of JSON."""

import subprocess
import sys
from pathlib import Path

NOT_A_BENCHMARK = {"__init__", "__main__", "crowded", "load", "points", "served"}


def main() -> None:
    names = sys.argv[1:] or sorted(
        file.stem for file in Path(__file__).parent.glob("*.py") if file.stem not in NOT_A_BENCHMARK
    )
    failed = [
        name for name in names if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
