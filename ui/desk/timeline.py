"""The desk's timeline: what happened, of one person or of all, to be filtered, copied and saved."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QComboBox, QFileDialog, QPlainTextEdit, QPushButton, QWidget

from app.worlds.timeline import Kind, Moment, Timeline
from ui import parts
from ui.controls import chip
from ui.icons import Icon
from ui.theme import Size
from ui.wording import tr

WORDS: Final[dict[Kind, str]] = {
    Kind.CHANGED: "Changed",
    Kind.PUBLISHED: "Published",
    Kind.ARRIVED: "Arrived",
    Kind.WITHHELD: "Withheld",
    Kind.STALE: "Stale",
    Kind.WEATHER: "Weather",
}
LINES: Final = 5_000


class TimelinePage(QWidget):
    """Follows a timeline, line by line."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self._timeline = timeline
        self.who = QComboBox()
        self.who.setObjectName("timeline_who")
        self.who.setAccessibleName(tr("Whose"))
        self.who.activated.connect(self.refresh)
        self.chips: dict[Kind, QPushButton] = {}
        for kind, words in WORDS.items():
            made = chip(tr(words), name=f"timeline_{kind}")
            made.setChecked(True)
            made.clicked.connect(self.refresh)
            self.chips[kind] = made
        self.text = QPlainTextEdit()
        self.text.setObjectName("timeline_text")
        self.text.setAccessibleName(tr("Timeline"))
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setMaximumBlockCount(LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setPlaceholderText(
            tr("Nothing has happened yet. Change something on the page People.")
        )
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        note = parts.label(
            tr("Made from these identities' own calls, events and previews, and from the world's."),
            Size.CAPTION,
            tone="muted",
        )
        bar = parts.row(
            self.who,
            *self.chips.values(),
            None,
            parts.button(tr("Copy"), self.copy, icon=Icon.COPY, name="timeline_copy"),
            parts.button(tr("Save…"), self._ask_where, name="timeline_save"),
            spacing=8,
        )
        page = parts.column(bar, self.text, note, spacing=10)
        page.setStretchFactor(self.text, 1)
        self.setLayout(page)
        timeline.added = self._append

    def show_people(self, names: list[str]) -> None:
        """Offer the people of a world, and begin anew."""
        self.who.clear()
        self.who.addItem(tr("Everybody"), "")
        for name in names:
            self.who.addItem(name, name)
        self.refresh()

    def refresh(self) -> None:
        """Show what the filter accepts."""
        self.text.setPlainText("\n".join(moment.text() for moment in self._chosen()))
        self._go_to_end()

    def copy(self) -> None:
        """Copy what is shown."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        parts.announce(self, tr("Copied"))

    def save(self, path: Path) -> None:
        """Write what is shown into a file."""
        path.write_text(self.text.toPlainText() + "\n", encoding="utf-8")

    def _chosen(self) -> list[Moment]:
        return self._timeline.chosen(self.who.currentData() or "", self._kinds())

    def _kinds(self) -> set[Kind]:
        return {kind for kind, made in self.chips.items() if made.isChecked()}

    def _append(self, moment: Moment) -> None:
        who = self.who.currentData() or ""
        if moment.kind in self._kinds() and who in ("", moment.who, moment.other):
            self.text.appendPlainText(moment.text())

    def _go_to_end(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, tr("Save the timeline"), "timeline.txt")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()
