"""Run every benchmark in turn: `python -m tests.bench [NAME…]`.

Each prints its own table: ours, the limit or the peer in the same run, and the ratio.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; the answer is how many failed."""
    found = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    unknown = set(names) - set(found)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(found)}")
        return 2
    failed = 0
    for name in names or found:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.bench.bench_{name}"]
        failed += subprocess.run(command, cwd=FOLDER.parents[1], check=False).returncode != 0
    return failed


sys.exit(main(sys.argv[1:]))
