"""The address books that are already on this computer, found without asking for a path."""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from app.importers.folder import card_files


class Program(StrEnum):
    """Whose book it is."""

    THUNDERBIRD = "Thunderbird"
    GNOME = "GNOME Contacts"
    KDE = "KDE"
    MACOS = "macOS Contacts"


class Place(msgspec.Struct, frozen=True):
    """One book of another program; read it with `read_book(place.path)`."""

    program: Program
    name: str
    path: Path


def find_places(home: Path | None = None) -> list[Place]:
    """List the books of this person's programs; nothing is opened, nothing changed."""
    home = home or Path.home()
    found = [*_thunderbird(home), *_gnome(home), *_kde(home), *_macos(home)]
    return list({place.path: place for place in found}.values())


_PROFILES = (
    ".thunderbird",
    "snap/thunderbird/common/.thunderbird",
    ".var/app/org.mozilla.Thunderbird/.thunderbird",
    ".var/app/net.thunderbird.Thunderbird/.thunderbird",
    "Library/Thunderbird/Profiles",
    "AppData/Roaming/Thunderbird/Profiles",
)


def _thunderbird(home: Path) -> Iterator[Place]:
    """Find the books of every profile; addresses it collected by itself are no book."""
    for profiles in _PROFILES:
        for path in _glob(home / profiles, "*/*.sqlite"):
            if path.stem.startswith("abook"):
                number = path.stem.partition("-")[2]
                yield Place(Program.THUNDERBIRD, f"{path.parent.name} {number}".strip(), path)


def _gnome(home: Path) -> Iterator[Place]:
    data = _xdg(home, "XDG_DATA_HOME", ".local/share") / "evolution/addressbook"
    cache = _xdg(home, "XDG_CACHE_HOME", ".cache") / "evolution/addressbook"
    flatpak = home / ".var/app/org.gnome.Evolution"
    folders = (data, cache, flatpak / "data/evolution/addressbook")
    for folder in (*folders, flatpak / "cache/evolution/addressbook"):
        for path in (*_glob(folder, "*/contacts.db"), *_glob(folder, "*/cache.db")):
            yield Place(Program.GNOME, path.parent.name, path)


def _kde(home: Path) -> Iterator[Place]:
    data = _xdg(home, "XDG_DATA_HOME", ".local/share")
    for folder in (data / "contacts", *_glob(data, "akonadi_vcarddir*")):
        if folder.is_dir() and card_files(folder):
            yield Place(Program.KDE, folder.name, folder)
    files = (
        data / "kabc/std.vcf",
        home / ".kde/share/apps/kabc/std.vcf",
        home / ".kde4/share/apps/kabc/std.vcf",
        data / "akonadi/akonadi.db",
    )
    for path in files:
        if path.is_file():
            yield Place(Program.KDE, path.stem, path)


def _macos(home: Path) -> Iterator[Place]:
    folder = home / "Library/Application Support/AddressBook"
    for path in (*_glob(folder, _MACOS), *_glob(folder, "Sources/*/" + _MACOS)):
        yield Place(Program.MACOS, path.parent.name, path)


_MACOS = "AddressBook-v22.abcddb"


def _xdg(home: Path, name: str, usual: str) -> Path:
    """Follow the person's own setting, but only for the person who runs this."""
    named = os.environ.get(name)
    return Path(named) if named and home == Path.home() else home / usual


def _glob(folder: Path, pattern: str) -> list[Path]:
    """List what is there; a folder that is closed to us holds nothing we could read."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []
