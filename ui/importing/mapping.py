"""What do these columns hold? Asked of a table that nobody knows, with its first cards below."""

from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from app.addresses import parse_phone
from app.errors import InvalidAddress
from app.importers import Card, Mapping
from app.importers.mapping import Column, Role, guess_contents, guess_mapping
from app.importers.row import RowReader
from app.importers.table import Table, look_at_table
from ui import parts, theme
from ui.controls import SwitchRow
from ui.plain import one_line, short
from ui.theme import Size
from ui.wording import counted, number, tr

ROLES: Final = {
    Role.KEEP: "Kept, not used",
    Role.NAME: "The whole name",
    Role.GIVEN: "First name",
    Role.MIDDLE: "Middle name",
    Role.FAMILY: "Last name",
    Role.NICKNAME: "Nickname",
    Role.PHONE: "A number",
    Role.PHONE_LABEL: "What kind of number",
    Role.EMAIL: "A mail address",
    Role.EMAIL_LABEL: "What kind of mail address",
    Role.HANDLE: "A Kith handle",
    Role.ORG: "Company",
    Role.BIRTHDAY: "Birthday",
    Role.BIRTH_YEAR: "Year of birth",
    Role.BIRTH_MONTH: "Month of birth",
    Role.BIRTH_DAY: "Day of birth",
    Role.NOTE: "Note",
    Role.UID: "An identifier",
    Role.LINES: "Lines of a vCard",
}
ENCODINGS: Final = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16)",
    "cp1252": "Western (Windows 1252)",
    "mac-roman": "Western (Macintosh)",
    "cp850": "Western (DOS 850)",
    "cp1250": "Central European (1250)",
    "cp1251": "Cyrillic (1251)",
    "cp1253": "Greek (1253)",
    "cp1254": "Turkish (1254)",
    "cp932": "Japanese (932)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "cp949": "Korean (949)",
}
SEPARATORS: Final = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
REACHING: Final = frozenset({Role.PHONE, Role.HANDLE})
EXAMPLES: Final = 3
CARDS: Final = 4
CELL: Final = 40


class MappingPage(QWidget):
    """A line for each column: its heading, what is in it, and what it is taken for."""

    confirmed = Signal(object, object, object)
    """The file, its table as it was looked at, and the mapping."""
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_mapping")
        self.table: Table | None = None
        self._path = Path()
        self._region = ""
        self.roles: list[QComboBox] = []
        self.title = parts.ElidedLabel("", Size.TITLE, bold=True)
        self.encoding = choice(ENCODINGS, tr("How the letters are written"), "mapping_encoding")
        self.separator = choice(SEPARATORS, tr("What separates the columns"), "mapping_separator")
        for each in (self.encoding, self.separator):
            each.activated.connect(lambda _at: self._look_again())
        self.headings = SwitchRow(
            tr("The first row has headings"), tr("Not somebody's card"), name="mapping_headings"
        )
        self.headings.switched.connect(lambda _on: self._show_columns())
        self.columns = QGridLayout()
        self.columns.setHorizontalSpacing(theme.px(16))
        self.columns.setVerticalSpacing(theme.px(8))
        self.columns.setColumnStretch(0, 1)
        self.cards = parts.column(spacing=4)
        self.promise = parts.label("", wrap=True)
        self.promise.setObjectName("mapping_promise")
        self.go = parts.button(
            tr("Read it this way"), self._confirm, kind="primary", name="mapping_go"
        )
        self.cancel = parts.button(tr("Cancel"), self.cancelled.emit, name="mapping_cancel")
        self._lay_out()

    def ask(self, path: Path, table: Table, region: str, known: Mapping | None = None) -> None:
        """Ask about a table, beginning with what is known or seems likely."""
        self._path, self._region = path, region
        self.title.show_text(path.name)
        self._show_table(table, known or table.mapping)

    def begin(self) -> None:
        """Put the keyboard where the first answer is."""
        (self.roles[0] if self.roles else self.encoding).setFocus()

    def mapping(self) -> Mapping:
        """Return what is chosen now."""
        assert self.table is not None
        columns = tuple(
            Column(Role(combo.currentData()), self._label(place, combo), self._heading(place))
            for place, combo in enumerate(self.roles)
        )
        return Mapping(
            columns,
            has_headers=self.headings.is_on(),
            sure=True,
            encoding=str(self.encoding.currentData()),
            separator=str(self.separator.currentData()),
        )

    # ---- building

    def _lay_out(self) -> None:
        note = parts.label(
            tr("Kith does not know these headings. Say what the columns hold, once:"),
            tone="muted",
            wrap=True,
        )
        how = parts.row(self.encoding, self.separator, self.headings, spacing=12)
        how.setStretch(2, 1)
        inside = QWidget()
        inside.setLayout(parts.column(self.columns, None, margins=(12, 8, 12, 8)))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(tr("Columns"))
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)  # it lies on a card
        first = parts.Card(
            parts.label(tr("The first cards, read this way"), Size.CAPTION, bold=True),
            self.cards,
            padding=12,
            spacing=8,
        )
        foot = parts.row(self.promise, self.cancel, self.go, spacing=12)
        foot.setStretch(0, 1)
        head = parts.column(self.title, note, spacing=2)
        layout = parts.column(head, how, parts.Card(scroll, padding=2), first, foot, spacing=12)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _show_table(self, table: Table, mapping: Mapping) -> None:
        self.table = table
        _choose(self.encoding, table.encoding)
        _choose(self.separator, table.separator)
        self.headings.set_on(mapping.has_headers)
        self._show_mapping(mapping)

    def _show_mapping(self, mapping: Mapping) -> None:
        parts.clear(self.columns)
        self.roles = []
        for place, column in enumerate(mapping.columns):
            self._add_column(place, column)
        self._show_cards()

    def _add_column(self, place: int, column: Column) -> None:
        heading = self._heading(place) or tr("Column %1").replace("%1", number(place + 1))
        name = parts.ElidedLabel(one_line(heading)[:CELL], bold=True)
        seen = parts.label(self._examples(place), Size.CAPTION, tone="muted", wrap=True)
        words = QWidget()
        words.setLayout(parts.column(name, seen, spacing=0))
        combo = choice(ROLES, tr("What %1 holds").replace("%1", heading), "mapping_role")
        _choose(combo, column.role)
        combo.setProperty("label", column.label)
        combo.activated.connect(lambda _at: self._show_cards())
        self.roles.append(combo)
        self.columns.addWidget(words, place, 0)
        self.columns.addWidget(combo, place, 1, Qt.AlignmentFlag.AlignVCenter)

    # ---- what is shown of the table

    def _rows(self) -> list[tuple[str, ...]]:
        assert self.table is not None
        rows = [*self.table.rows]
        return rows if self.headings.is_on() else [self.table.headers, *rows]

    def _heading(self, place: int) -> str:
        assert self.table is not None
        headers = self.table.headers if self.headings.is_on() else ()
        return headers[place].strip("\ufeff ") if place < len(headers) else ""

    def _label(self, place: int, combo: QComboBox) -> str:
        labelled = combo.currentData() in {Role.PHONE, Role.EMAIL}
        return str(combo.property("label") or "") if labelled else ""

    def _examples(self, place: int) -> str:
        cells = (row[place].strip() for row in self._rows() if place < len(row))
        some = [short(cell, CELL) for cell in cells if cell][:EXAMPLES]
        return " · ".join(some) or tr("empty")

    def _look_again(self) -> None:
        chosen = str(self.encoding.currentData()), str(self.separator.currentData())
        table = look_at_table(self._path, *chosen)
        self._show_table(table, table.mapping)

    def _show_columns(self) -> None:
        """Headings or not: what is known of the columns is another guess."""
        assert self.table is not None
        guess = guess_mapping if self.headings.is_on() else guess_contents
        found = guess(self.table.headers, self.table.rows)
        self._show_mapping(msgspec.structs.replace(found, has_headers=self.headings.is_on()))

    def _show_cards(self) -> None:
        reader = RowReader(self.mapping(), self._path.name)
        read = (reader.card(row, line) for line, row in enumerate(self._rows(), 1))
        cards = [card for card in read if isinstance(card, Card)]
        parts.clear(self.cards)
        for card in cards[:CARDS]:
            said = [card.name or tr("No name"), *(each.text for each in card.phones)]
            said += [each.text for each in (*card.handles, *card.emails)]
            self.cards.addWidget(
                parts.label(" · ".join(short(each, CELL) for each in said), wrap=True)
            )
        if not cards:
            self.cards.addWidget(parts.label(tr("Nobody is found this way."), tone="muted"))
        self.promise.setText(self._promise(cards))
        self.go.setEnabled(bool(cards))

    def _promise(self, cards: list[Card]) -> str:
        if not {combo.currentData() for combo in self.roles} & REACHING:
            return tr("No column holds numbers: nobody of this table can be looked up.")
        reached = sum(self._can_be_reached(card) for card in cards)
        words = counted(len(cards), "Of the first card, %2", "Of the first %1 cards, %2")
        have = counted(reached, "%1 has a number to look up", "%1 have a number to look up")
        words = words.replace("%2", have) + "."
        if self.headings.is_on():
            words += " " + tr("Kith remembers this for tables with these headings.")
        return words

    def _can_be_reached(self, card: Card) -> bool:
        return bool(card.handles) or any(
            _is_number(each.text, self._region) for each in card.phones
        )

    def _confirm(self) -> None:
        self.confirmed.emit(self._path, self.table, self.mapping())


def choice(options: dict[str, str] | dict[Role, str], accessible: str, name: str) -> QComboBox:
    """Make a list to choose one of some words from."""
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(accessible)
    for value, words in options.items():
        made.addItem(tr(words), str(value))
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def _choose(combo: QComboBox, value: str) -> None:
    at = combo.findData(str(value))
    if at < 0:
        combo.addItem(str(value), str(value))
        at = combo.count() - 1
    combo.setCurrentIndex(at)


def _is_number(text: str, region: str) -> bool:
    try:
        parse_phone(text, region)
    except InvalidAddress:
        return False
    return True
