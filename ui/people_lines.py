"""People in groups, ready to be listed: what is said of each, and whom a search keeps."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.session import Row
from ui.icons import Icon
from ui.plain import one_line
from ui.shelf import Filter, sort_key
from ui.wording import number


@dataclass(frozen=True, slots=True)
class Line:
    """One person, what is said under the name, and a glyph at the end."""

    row: Row
    detail: str
    icon: Icon | None = None
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class Group:
    """People who belong together, under a heading; no title, no heading."""

    key: str
    title: str
    lines: tuple[Line, ...]


def grouped(groups: Sequence[Group], text: str) -> list[Group]:
    """Keep whom the words fit, in the order of their names; groups that are empty go."""
    words = Filter(text=text).words()
    found = []
    for group in groups:
        lines = [each for each in group.lines if all(word in each.row.folded for word in words)]
        lines.sort(key=lambda each: sort_key(each.row))
        if lines:
            found.append(Group(group.key, group.title, tuple(lines)))
    return found


def words_of(item: Line | Group) -> str:
    """Say one line for somebody who hears it."""
    if isinstance(item, Group):
        return f"{item.title}, {number(len(item.lines))}"
    return ", ".join(filter(None, (one_line(item.row.name), item.detail)))
