"""Makers of rows and of books for the window's tests."""

from app.domain import Address, ContactId, Origin, State
from app.session import Row, Session
from ui.shelf import folded

FIRST = (
    "Ada",
    "Bo",
    "Chidi",
    "Dana",
    "Émile",
    "Fatima",
    "Goran",
    "Hana",
    "Ingrid",
    "João",
    "Kofi",
    "Lena",
)
LAST = ("Okafor", "Bergström", "Nguyen", "Haddad", "Kowalska", "Silva", "Müller", "O'Brien")


def a_row(number: int = 1, name: str = "Ada Okafor", **parts: object) -> Row:
    """Make a row; `parts` are the ones that matter to a test."""
    values: dict[str, object] = {
        "id": ContactId(number),
        "name": name,
        "address": Address(f"1202555{number:04d}"),
        "detail": f"+1 202 555 {number:04d}",
        "state": State.MATCHED,
        "contact": True,
        "favorite": False,
        "blocked": (),
        "visibility": 0,
        "subscribed": True,
        "waiting": False,
        "published_name": name,
        "status": None,
        "picture": None,
        "online": False,
        "joined_at": None,
        "origin": Origin.IMPORT,
        "folded": f"{folded(name)}\n1202555{number:04d}",
    }
    return Row(**(values | parts))  # type: ignore[arg-type]  # every member is given by its name


def name_of(number: int) -> str:
    """Give the n-th of many people a name."""
    return f"{FIRST[number * 7 % len(FIRST)]} {LAST[number * 3 % len(LAST)]}"


def fill(session: Session, count: int) -> None:
    """Put people into the book."""
    for number in range(count):
        session.add_contact(name_of(number), [f"+1202555{number:04d}"], "US")
