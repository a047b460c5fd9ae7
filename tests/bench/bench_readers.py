"""Cards a second, peak memory and files read right, ours beside other readers in the same run.

`python -m tests.bench.bench_readers [CARDS]`; other packages join in where they are installed.
"""

import base64
import json
import logging
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.readers import READERS
from tests.unit.importers.test_cards import CARDS, EXPECTED

CARDS_IN_BOOK = 10_000


def make_book(path: Path, count: int) -> None:
    """Write version 3.0 cards: two phones, a mail, every fifth with a picture of 4 KB."""
    maker = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        for number in range(count):
            lines = [
                "BEGIN:VCARD",
                "VERSION:3.0",
                f"UID:urn:uuid:{number:08d}-aaaa-bbbb-cccc-1234567890ab",
                f"N:Bergström {number:05d};Ada;;;",
                f"FN:Ada Bergström {number:05d}",
                f"TEL;TYPE=CELL:+1 800 555 {number % 10_000:04d}",
                f"TEL;TYPE=WORK,VOICE:+44 20 7{number:07d}",
                f"EMAIL;TYPE=INTERNET:user{number:06d}@example.org",
            ]
            if number % 5 == 0:
                data = base64.b64encode(b"\xff\xd8" + maker.randbytes(4094)).decode()
                line = "PHOTO;ENCODING=b;TYPE=JPEG:" + data
                lines += [line[:75], *(" " + line[at : at + 74] for at in range(75, len(line), 74))]
            file.write("\r\n".join([*lines, "END:VCARD", ""]))


def measure(reader: str, path: Path) -> dict[str, float]:
    """Read a book in a process of its own, three times for the speed, and see how it grew."""
    command = [sys.executable, "-m", "tests.bench.bench_readers", "--one", reader, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure_here(reader: str, path: Path) -> None:
    read = READERS[reader]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    best = float("inf")
    count = 0
    for _ in range(3 if reader.startswith(("kith", "unfold")) else 1):
        start = time.perf_counter()
        count = sum(1 for _ in read(path))
        best = min(best, time.perf_counter() - start)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"cards": count, "speed": count / best, "grown": grown / 1024}))


def reads_right(reader: str, name: str) -> bool:
    """Tell whether every card of a hard file comes out with its name and its numbers."""
    wanted = [item for item in EXPECTED[name] if isinstance(item, dict)]
    try:
        found = list(READERS[reader](CARDS / f"{name}.vcf"))
    except Exception:  # noqa: BLE001 - whatever another package raises, it has not read the file
        return False
    if len(found) != len(wanted):
        return False
    for (full_name, phones), card in zip(found, wanted, strict=True):
        numbers = [
            value if isinstance(value, str) else value[0] for value in card.get("phones", [])
        ]
        if "name" in card and full_name != card["name"]:
            return False
        if sorted(map(_bare, numbers)) != sorted(map(_bare, phones)) and "phones" in card:
            return False
    return True


def _bare(number: str) -> str:
    return number.removeprefix("tel:").partition(";")[0]


def main(count: int) -> None:
    logging.disable()  # vobject writes the lines it cannot read into the log
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.vcf")
        make_book(path, count)
        size = path.stat().st_size / 1_000_000
        print(f"{count:,} cards, {size:.1f} MB; {len(EXPECTED)} hard files\n")
        print(f"{'reader':28}{'cards/s':>10}{'of kith':>8}{'grows by':>10}{'files right':>13}")
        measured = {reader: measure(reader, path) for reader in READERS}
        for reader, found in measured.items():
            right = sum(reads_right(reader, name) for name in EXPECTED)
            ratio = found["speed"] / measured["kith"]["speed"]
            print(
                f"{reader:28}{found['speed']:10,.0f}{ratio:8.2f}"
                f"{found['grown']:7.1f} MB{right:8} / {len(EXPECTED)}"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure_here(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else CARDS_IN_BOOK)
