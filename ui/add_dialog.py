"""Adding one person: a name and a number or handle, judged while it is typed."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.errors import InvalidAddress
from app.session import Session
from ui import parts, theme, wording
from ui.theme import Size
from ui.wording import tr

WIDTH: Final = 420


class AddDialog(QDialog):
    """Adds the person, or says beside the field why that number cannot be one."""

    added = Signal(object)

    def __init__(self, session: Session, region: str, typed: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._region = session, region
        self.setObjectName("add_dialog")
        self.setWindowTitle(tr("Add a person"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_number = sum(each.isdigit() for each in typed) > len(typed) / 2
        self.name = parts.text_field(tr("Ada Okafor"), tr("Name"), name="add_name", limit=200)
        self.address = parts.text_field(
            tr("+1 800 555 0001, or a handle"), tr("Number or handle"), name="add_address", limit=80
        )
        (self.address if is_number else self.name).setText(typed)
        self.trouble = parts.label("", Size.CAPTION, tone="danger", wrap=True)
        self.trouble.setObjectName("add_trouble")
        self.trouble.setMinimumHeight(self.trouble.fontMetrics().height() * 2)
        hint = tr("Numbers without + are read as of the region %1.").replace("%1", region)
        add = parts.button(tr("Add"), self._add, kind="primary", name="add_button")
        add.setDefault(True)
        cancel = parts.button(tr("Cancel"), self.close, name="add_cancel")
        self.setLayout(
            parts.column(
                parts.label(tr("Add a person"), Size.TITLE, bold=True),
                8,
                parts.label(tr("Name"), Size.CAPTION, tone="muted"),
                self.name,
                4,
                parts.label(tr("Number or handle"), Size.CAPTION, tone="muted"),
                self.address,
                parts.label(hint, Size.CAPTION, tone="muted", wrap=True),
                self.trouble,
                parts.row(None, cancel, add),
                spacing=4,
                margins=(24, 24, 24, 20),
            )
        )
        self.setMinimumWidth(theme.px(WIDTH))
        self.address.textEdited.connect(lambda _text: self._show_trouble(""))
        (self.name if is_number or not typed else self.address).setFocus()

    def _add(self) -> None:
        text = self.address.text().strip()
        try:
            contact = self._session.add_contact(
                self.name.text().strip() or text, [text], self._region
            )
        except InvalidAddress as problem:
            self._show_trouble(wording.error(problem))
            self.address.setFocus()
            return
        self.added.emit(contact)
        self.close()

    def _show_trouble(self, text: str) -> None:
        parts.set_property(self.address, "bad", bool(text))
        self.trouble.setText(text)
        if text:
            parts.announce(self.trouble, text)
