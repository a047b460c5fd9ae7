"""Every command of the window with its keys, and the sheet that shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget

from ui import parts, theme
from ui.theme import Size
from ui.wording import tr


class Group(StrEnum):
    """What commands are about, in the order of the sheet."""

    FIND = "Find"
    PEOPLE = "The chosen people"
    BOOK = "The book"
    GO = "Go to"
    LOOK = "Look"
    KITH = "Kith"


@dataclass(frozen=True, slots=True)
class Command:
    """Something the window does, by a key, from the palette or from a menu."""

    name: str
    words: str
    group: Group
    keys: tuple[str, ...] = ()
    in_palette: bool = True


COMMANDS: Final = (
    Command("search", "Search", Group.FIND, ("Ctrl+F",)),
    Command("palette", "Do anything by its name", Group.FIND, ("Ctrl+K",), in_palette=False),
    Command("favorite", "Favorite, or not any more", Group.PEOPLE, ("Ctrl+D",)),
    Command("subscribe", "Live updates on or off", Group.PEOPLE, ("Ctrl+U",)),
    Command("contact", "Contact, or not any more", Group.PEOPLE, ("Ctrl+Shift+C",)),
    Command("visibility", "What they see of me", Group.PEOPLE, ("Ctrl+H",)),
    Command("block", "Block or unblock", Group.PEOPLE, ("Ctrl+B",)),
    Command("copy", "Copy the number", Group.PEOPLE, ()),
    Command("rename", "Rename", Group.PEOPLE, ("F2", "Ctrl+E")),
    Command("remove", "Remove from the book", Group.PEOPLE, ("Ctrl+Del",)),
    Command("new", "Add a person", Group.BOOK, ("Ctrl+N",)),
    Command("import", "Import an address book", Group.BOOK, ("Ctrl+O",)),
    Command("export", "Export contacts", Group.BOOK, ("Ctrl+Shift+E",)),
    Command("undo", "Undo", Group.BOOK, ("Ctrl+Z",)),
    Command("redo", "Redo", Group.BOOK, ("Ctrl+Shift+Z",)),
    Command("sync", "Sync now", Group.BOOK, ("F5",)),
    Command("pause", "Pause the sync, or go on", Group.BOOK),
    Command("shelf_all", "All contacts", Group.GO, ("Ctrl+1",)),
    Command("shelf_matched", "Matched", Group.GO, ("Ctrl+2",)),
    Command("shelf_pending", "Pending", Group.GO, ("Ctrl+3",)),
    Command("shelf_favorites", "Favorites", Group.GO, ("Ctrl+4",)),
    Command("shelf_blocked", "Blocked", Group.GO, ("Ctrl+5",)),
    Command("shelf_new", "New today", Group.GO, ("Ctrl+6",)),
    Command("page_profile", "My profile", Group.GO, ("Ctrl+7",)),
    Command("page_privacy", "Privacy", Group.GO, ("Ctrl+8",)),
    Command("page_blocked", "Block list", Group.GO, ("Ctrl+9",)),
    Command("page_notices", "What happened without me", Group.GO),
    Command("page_pending", "Pending addresses", Group.GO),
    Command("page_duplicates", "There twice", Group.GO),
    Command("page_steps", "History of steps", Group.GO, ("Ctrl+0",)),
    Command("page_settings", "Settings", Group.GO, ("Ctrl+,",)),
    Command("next_pane", "Next part of the window", Group.GO, ("F6",), in_palette=False),
    Command("back", "Back", Group.GO, ("Alt+Left",)),
    Command("compact", "Compact rows, or roomy ones", Group.LOOK, ("Ctrl+Shift+D",)),
    Command("theme_system", "Colours as the system has them", Group.LOOK),
    Command("theme_light", "Light colours", Group.LOOK),
    Command("theme_dark", "Dark colours", Group.LOOK),
    Command("accent", "Next accent colour", Group.LOOK, ("Ctrl+Shift+A",)),
    Command("keys", "All keys", Group.KITH, ("F1",)),
    Command("quit", "Quit", Group.KITH, ("Ctrl+Q",)),
)

MORE_KEYS: Final = (
    ("↑ ↓ Home End", "Move in the list"),
    ("A … Z, 0 … 9, /", "Type on the list to search"),
    ("Enter", "Open the person"),
    ("Shift, Ctrl, Ctrl+A", "Choose several"),
    ("Ctrl+C", "Copy the number"),
    ("Esc", "Clear the search, then leave it"),
)
"""What the list itself does with keys."""


SHEET: Final = (800, 720)

LEFT: Final = (Group.FIND, Group.PEOPLE, Group.LOOK)
"""The groups of the sheet's left column."""


def native(keys: str) -> str:
    """Write keys as this computer does."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def by_group(commands: Iterable[Command] = COMMANDS) -> dict[Group, list[Command]]:
    """Sort the commands into their groups."""
    return {group: [each for each in commands if each.group is group] for group in Group}


class ShortcutSheet(QDialog):
    """All keys on one sheet; F1 or Escape closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle(tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups = by_group()
        left = parts.column(
            *(_group(tr(group.value), _lines(groups[group])) for group in LEFT),
            None,
            spacing=20,
        )
        left.insertWidget(1, _group(tr("In the list"), [(tr(what), k) for k, what in MORE_KEYS]))
        right = parts.column(
            *(
                _group(tr(group.value), _lines(groups[group]))
                for group in Group
                if group not in LEFT
            ),
            None,
            spacing=20,
        )
        sheet = QWidget()
        wide = parent.screen().availableSize().width() >= theme.px(SHEET[0])
        lay = parts.row if wide else parts.column
        sheet.setLayout(lay(left, right, spacing=40 if wide else 20, margins=(28, 24, 28, 24)))
        page = parts.Page()
        page.content.setMaximumWidth(theme.px(1200))
        page.body.setContentsMargins(0, 0, 0, 0)
        title = parts.label(tr("Keys"), Size.DISPLAY, bold=True)
        title.setContentsMargins(theme.px(28), theme.px(24), 0, 0)
        page.body.setSpacing(0)
        page.add(title, sheet)
        close = parts.button(tr("Close"), self.close, kind="primary", name="close_sheet")
        self.setLayout(
            parts.column(page, parts.row(None, close, margins=(16, 8, 16, 16)), spacing=0)
        )
        room = parent.screen().availableSize()
        self.resize(QSize(theme.px(SHEET[0]), theme.px(SHEET[1])).boundedTo(room))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F1:
            self.close()
        else:
            super().keyPressEvent(event)


def _lines(commands: list[Command]) -> list[tuple[str, str]]:
    return [
        (tr(each.words), "  ".join(native(keys) for keys in each.keys))
        for each in commands
        if each.keys
    ]


def _group(title: str, lines: list[tuple[str, str]]) -> QWidget:
    made = QWidget()
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.px(24))
    grid.setVerticalSpacing(theme.px(6))
    grid.setColumnStretch(0, 1)
    grid.addWidget(parts.label(title, bold=True), 0, 0, 1, 2)
    for line, (words, keys) in enumerate(lines, 1):
        grid.addWidget(parts.label(words), line, 0)
        grid.addWidget(_keycap(keys), line, 1, Qt.AlignmentFlag.AlignRight)
    made.setLayout(grid)
    return made


def _keycap(keys: str) -> QLabel:
    return parts.pill(keys, "muted")
