"""The first page of an import: drop a book, choose one, or paste numbers."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from app.importers.places import Place
from ui import parts, theme
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.plain import one_line
from ui.theme import Size
from ui.wording import tr

FILTER = (
    "Address books (*.vcf *.vcard *.csv *.tsv *.txt *.ldif *.ldi *.json *.sqlite);;All files (*)"
)


class ImportStart(QWidget):
    """A zone to drop files on, with the other ways in below it."""

    files_chosen = Signal(object)
    """A list of paths."""
    text_pasted = Signal(str)
    account_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._over = False
        self.trouble = parts.Banner("", "danger")
        self.trouble.hide()
        title = parts.label(tr("Drop an address book here"), Size.TITLE, bold=True)
        kinds = parts.label(
            tr("vCard, CSV from anywhere, LDIF, jCard, a Thunderbird file, or a folder of these"),
            tone="muted",
            wrap=True,
        )
        for each in (title, kinds):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.choose = parts.button(
            tr("Choose files…"), self._ask, kind="primary", icon=Icon.IMPORT, name="import_choose"
        )
        self.folder = parts.button(tr("Choose a folder…"), self._ask_folder, name="import_folder")
        glyph = parts.row(None, parts.Glyph(Icon.IMPORT, 72, tone="accent", disc=True), None)
        self.account = parts.button(
            tr("From an account…"), self.account_wanted.emit, icon=Icon.CLOUD, name="import_account"
        )
        ways = parts.row(None, self.choose, self.folder, self.account, None)
        self.zone = QWidget()
        self.zone.setLayout(
            parts.column(
                None, glyph, 4, title, kinds, 8, ways, None, spacing=6, margins=(24, 24, 24, 24)
            )
        )
        self.paste = _paste_field()
        self.take = parts.button(tr("Read these"), self._take_text, name="import_paste_read")
        self.take.setEnabled(False)
        self.paste.textChanged.connect(
            lambda: self.take.setEnabled(bool(self.paste.toPlainText().strip()))
        )
        privacy = parts.label(
            tr(
                "Only numbers and Kith handles go to the service, to find out who is there. Names, "
                "notes, mails and pictures stay on this computer."
            ),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        foot = parts.row(privacy, self.take, spacing=16)
        foot.setStretch(0, 1)
        self.found = FlowLayout(spacing=6)
        self.places = QWidget()
        self.places.setLayout(
            parts.column(parts.label(tr("Found on this computer"), bold=True), self.found)
        )
        self.places.hide()
        layout = parts.column(
            self.trouble,
            self.zone,
            self.places,
            parts.label(tr("Or paste numbers, one person a line"), bold=True),
            self.paste,
            foot,
            spacing=12,
        )
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_trouble(self, text: str) -> None:
        """Say why a book could not be read."""
        self.trouble.show_text(text, "danger")

    def show_places(self, places: list[Place]) -> None:
        """Offer the books of other programs; they are only read, and only when chosen."""
        parts.clear(self.found)
        self.places.setVisible(bool(places))
        for place in places:
            words = f"{place.program.value}: {one_line(place.name)[:40]}"
            choose = partial(self.files_chosen.emit, [place.path])
            made = parts.button(words, choose, icon=Icon.COMPUTER, name="import_place")
            parts.set_tip(made, str(place.path))
            self.found.addWidget(made)

    # ---- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if _files_of(mime) or mime.hasText():
            event.acceptProposedAction()
            self._set_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_over(over=False)
        event.acceptProposedAction()
        mime = event.mimeData()
        if files := _files_of(mime):
            self.files_chosen.emit(files)
        else:
            self.text_pasted.emit(mime.text())

    def _set_over(self, *, over: bool) -> None:
        self._over = over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(look.colour("accent" if self._over else "line_strong"), 2 if self._over else 1.2)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(look.colour("accent_soft" if self._over else "card"))
        box = self.zone.geometry().adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, look.px(12), look.px(12))

    # ---- choosing and pasting

    def _ask(self) -> None:
        self._open(QFileDialog(self, tr("Choose address books"), "", tr(FILTER)), several=True)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, tr("Choose a folder of address books"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open(dialog, several=False)

    def _open(self, dialog: QFileDialog, *, several: bool) -> None:
        dialog.setObjectName("import_files")
        if several:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(
            lambda files: self.files_chosen.emit([Path(file) for file in files])
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_text(self) -> None:
        self.text_pasted.emit(self.paste.toPlainText())


def _files_of(mime: QMimeData) -> list[Path]:
    """List the files that are dropped; a link to a page is none, though it is a URL as well."""
    urls = mime.urls()
    is_files = all(url.isLocalFile() for url in urls)
    return [Path(url.toLocalFile()) for url in urls] if is_files else []


def _paste_field() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setPlaceholderText(tr("Ada Okafor  +1 800 555 0001"))
    made.setAccessibleName(tr("Numbers to paste"))
    made.setObjectName("import_paste")
    made.setTabChangesFocus(True)
    made.setFixedHeight(theme.px(84))
    return made
