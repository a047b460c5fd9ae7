"""My picture: chosen from a file, dropped or pasted; the one before can be put back."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Final

from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QFileDialog, QFrame, QWidget

from app.session import Session
from app.wire import Me
from ui import parts
from ui.avatar import Avatar
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.picture_import import PictureTrouble, read_picture, shrink
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

TROUBLES: Final = {
    PictureTrouble.UNREADABLE: "This file cannot be read. Is it still there?",
    PictureTrouble.NOT_A_PICTURE: "This is no picture that Kith takes: PNG, JPEG and WebP are.",
    PictureTrouble.TOO_LARGE: "This picture is too large to be opened. Save a smaller copy of it.",
}


class MyPicture(QFrame):
    """Shows it large; decoding and scaling happen in a thread."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("my_picture")
        self.setAcceptDrops(True)
        self._session, self._tasks = session, tasks
        self._now: bytes | None = None
        self._before: bytes | None = None
        self.face = Avatar(96)
        self.choose = parts.button(
            tr("Choose a picture…"), self._ask_file, icon=Icon.CAMERA, name="picture_choose"
        )
        self.remove = parts.button(tr("Remove"), self._remove, kind="quiet", name="picture_remove")
        self.back = parts.button(
            tr("Put the old one back"), self._put_back, kind="quiet", name="picture_back"
        )
        self.back.hide()
        self.words = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.words.setObjectName("picture_words")
        ways = FlowLayout(self.choose, self.remove, self.back, spacing=8)
        beside = QWidget()
        beside.setLayout(parts.column(None, ways, self.words, None, spacing=4))
        line = parts.Turning(self.face, beside, 340, spacing=20)
        line.line.setStretch(1, 1)
        self.setLayout(parts.column(line, spacing=0))
        self._say("")

    def show_me(self, me: Me) -> None:
        """Show the picture as it is, or as it will be."""
        found = self._session.my_picture()
        if found is not None or me.fields.picture is None:
            self._now = found  # otherwise it is on its way here, and what is shown stays
        self.face.show_face(me.fields.name or "", me.address)
        self.face.show_picture(self._now)
        self.face.setAccessibleName(tr("My picture") if self._now else tr("No picture"))
        self.remove.setVisible(self._now is not None)

    def take_file(self, path: Path) -> None:
        """Make this file my picture."""
        self._say(tr("Making it small…"))
        self._tasks.start(
            self._take(asyncio.to_thread(read_picture, path)), name="my picture", of=self
        )

    # ---- ways in

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, tr("Choose a picture"))
        dialog.setObjectName("picture_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Pictures (*.png *.jpg *.jpeg *.webp)"))
        dialog.fileSelected.connect(lambda path: self.take_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()
            self._say(tr("Let go to make it your picture."))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._say("")

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            image = QGuiApplication.clipboard().image()
            if not image.isNull():
                self._say(tr("Making it small…"))
                work = asyncio.to_thread(shrink, image)
                self._tasks.start(self._take(work), name="my picture", of=self)
                return
        super().keyPressEvent(event)

    # ---- changing

    async def _take(self, work: Awaitable[bytes | PictureTrouble]) -> None:
        made = await work
        if isinstance(made, PictureTrouble):
            self._say(tr(TROUBLES[made]), "danger")
        else:
            self._save(made, tr("This is your picture now."))

    def _remove(self) -> None:
        self._save(None, tr("Your picture is removed."))

    def _put_back(self) -> None:
        self._save(self._before, tr("The old one is back."))

    def _save(self, data: bytes | None, words: str) -> None:
        self._before, self._now = self._now, data
        self._session.save_picture(data)
        self.back.setVisible(self._before is not None)
        self._say(words, "success")

    def _say(self, words: str, tone: str = "muted") -> None:
        self.words.setText(words or tr("Choose, drop or paste one. The middle square is used."))
        parts.set_property(self.words, "tone", tone)
        if words:
            parts.announce(self, words)
