"""A vCard while it is being read, and the Card that comes of it."""

from collections.abc import Callable
from typing import Final

from app.importers.card import A_LIST, EMPTY_CARD, TOO_LARGE, Card, Photo, Unreadable, Value
from app.importers.content import Head

Take = Callable[["Draft", Head, str, str, int], None]
"""Add one property: draft, head, value, the whole line, its number."""


LARGEST_CARD: Final = 32 * 1024 * 1024
"""Characters kept of one card; what has more is no person but a bomb."""


class Draft:
    """One card's properties so far, in the order of the file."""

    __slots__ = (
        "birthday",
        "emails",
        "family",
        "given",
        "handles",
        "is_list",
        "line",
        "marked",
        "name",
        "names",
        "nickname",
        "note",
        "org",
        "phones",
        "photo",
        "rest",
        "room",
        "titles",
        "uid",
        "version",
    )

    def __init__(self, line: int) -> None:
        self.line = line
        self.version = ""
        self.room = LARGEST_CARD
        self.name = self.given = self.family = self.nickname = ""
        self.note = self.org = self.birthday = self.uid = ""
        self.names: list[str] = []
        self.phones: list[Value] = []
        self.emails: list[Value] = []
        self.handles: list[Value] = []
        self.photo: Photo | None = None
        self.is_list = False
        self.rest: list[str] = []
        self.marked: list[tuple[list[Value], int, Head]] = []
        self.titles: dict[str, tuple[str, str]] = {}

    def finished(self, source: str) -> Card | Unreadable:
        """Make the card; one that says nothing at all is reported instead."""
        if self.room <= 0:
            return Unreadable(source, self.line, self.name, TOO_LARGE)
        if self.is_list:
            lines = (self.name, *self.rest, *(value.text for value in (*self.phones, *self.emails)))
            return Unreadable(source, self.line, "\n".join(lines), A_LIST)
        if self.marked:
            self._apply_marks()
        name = self.name or self._other_name()
        if not (name or self.rest or self.photo or self.note or self.birthday or self.uid):
            return Unreadable(source, self.line, "", EMPTY_CARD)
        return Card(
            source=source,
            line=self.line,
            name=name,
            given=self.given,
            family=self.family,
            nickname=self.nickname,
            phones=tuple(self.phones),
            emails=tuple(self.emails),
            handles=tuple(self.handles),
            note=self.note,
            org=self.org,
            birthday=self.birthday,
            photo=self.photo,
            uid=self.uid,
            rest=tuple(self.rest),
        )

    def _other_name(self) -> str:
        values = (*self.emails, *self.handles, *self.phones)
        others = (self.nickname, self.org, *(value.text for value in values))
        return " ".join(self.names) or next(filter(None, others), "")

    def _apply_marks(self) -> None:
        """Give grouped values their labels, and put the preferred ones first."""
        used = set()
        for values, place, head in self.marked:
            label, line = self.titles.get(head.group, ("", ""))
            if label:
                value = values[place]
                values[place] = Value(value.text, label, value.line)
                used.add(line)
        self.rest = [line for line in self.rest if line not in used]
        for values, place, head in reversed(self.marked):
            if head.preferred and place:
                values.insert(0, values.pop(place))
