"""A folder of address books, as Akonadi, vdirsyncer and exports by the card leave them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from app.errors import CardUnreadable
from app.importers.card import NOT_A_FILE, Card, Unreadable, source_name

_SUFFIXES = frozenset({".vcf", ".vcard"})


def card_files(folder: Path) -> list[Path]:
    """List the vCard files below a folder in a steady order; links are not followed."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in sorted(names)]
    return [path for path in found if path.suffix.lower() in _SUFFIXES]


def read_folder(
    folder: Path, read: Callable[[Path], Iterator[Card | Unreadable]]
) -> Iterator[Card | Unreadable]:
    """Stream the cards of all files; one that cannot be read is reported and the rest go on."""
    files = card_files(folder)
    if not files:
        raise CardUnreadable(folder, "there is no .vcf file in this folder")
    for path in files:
        try:
            yield from read(path)
        except CardUnreadable as error:
            yield Unreadable(source_name(path), 0, error.reason, NOT_A_FILE)
