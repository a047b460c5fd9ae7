"""The limit of `bench_window`: names from SQLite in a plain table of Qt, and nothing else."""

import sqlite3
import sys
import time
from pathlib import Path

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTableView


def peak_mib() -> float:
    """Read the most memory this process had; what it was forked from does not count."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(home: Path) -> None:
    """Show the names; say when they were painted, and how much memory that took."""
    _app = QApplication([])
    database = sqlite3.connect(max(home.rglob("client.db"), key=lambda path: path.stat().st_size))
    names = database.execute("SELECT name FROM contact ORDER BY name").fetchall()
    database.close()
    model = QStandardItemModel()
    model.appendColumn([QStandardItem(name) for (name,) in names])
    table = QTableView()
    table.setModel(model)
    table.resize(400, 700)
    table.show()
    table.viewport().repaint()
    print(time.time(), peak_mib())


main(Path(sys.argv[1]))
