"""The first window: try it on this computer, or connect to a service."""

from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.account import LOOPBACK, can_be_service
from ui import parts, theme
from ui.controls import SwitchRow
from ui.icons import Icon
from ui.theme import Size
from ui.wording import counted, tr

WIDTH: Final = 720


class FirstRun(QWidget):
    """Asks one question. Says what happened beside what was typed, and keeps what was typed."""

    here_chosen = Signal()
    service_chosen = Signal(str, str)
    """URL and token."""
    closed = Signal()

    def __init__(self, people: int = 0) -> None:
        """`people` are in a book on this computer that could be brought along."""
        super().__init__()
        self.setObjectName("first_run")
        self.setWindowTitle("Kith")
        parts.fit(self, WIDTH + 120, 600)
        self._warned = ""
        self.pages = QStackedWidget()
        self.pages.addWidget(self._question())
        self.url = parts.text_field(
            "https://kith.example.org", tr("Address of the service"), name="service_url"
        )
        self.token = parts.text_field("", tr("Token"), name="service_token")
        self.token.setEchoMode(self.token.EchoMode.Password)
        self.kept = parts.label(
            tr("The token is kept in the keyring of this computer, never in a file."),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        self.kept.setObjectName("token_kept")
        self.bring = SwitchRow(
            counted(people, "Bring my %1 person along", "Bring my %1 people along"),
            tr(
                "Their numbers and handles are sent to this service, with what you decided for "
                "each. Your profile and your general rules stay where they are. An account that "
                "has a book on this computer keeps that one."
            ),
            name="bring_along",
        )
        self.bring.setVisible(people > 0)
        self.trouble = parts.Banner("", "danger")
        self.trouble.setObjectName("first_run_trouble")
        self.trouble.hide()
        self.connect_button = parts.button(
            tr("Connect"), self._connect, kind="primary", name="connect"
        )
        self.pages.addWidget(self._form())
        self.setLayout(parts.row(self.pages))
        for field in (self.url, self.token):
            field.returnPressed.connect(self._connect)
        self.here.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_trouble(self, text: str) -> None:
        """Say why it did not work; what was typed stays."""
        self.set_busy(False)
        self.trouble.show_text(text, "danger")

    def show_no_keyring(self) -> None:
        """Say that the token lasts no longer than the window."""
        self.kept.setText(
            tr("There is no keyring here that keeps secrets: Kith asks for the token each time.")
        )

    def set_busy(self, busy: bool) -> None:
        """Show that the service is being asked."""
        self.connect_button.setText(tr("Connecting…") if busy else tr("Connect"))
        for widget in (self.connect_button, self.url, self.token, self.here, self.bring):
            widget.setEnabled(not busy)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)

    # ---- the two pages

    def _question(self) -> QWidget:
        self.here = parts.button(
            tr("Try it here"), self.here_chosen.emit, kind="primary", name="try_here"
        )
        here = self._choice(
            Icon.COMPUTER,
            tr("On this computer"),
            tr(
                "Kith starts a service of its own, here. Nothing leaves this computer. "
                "Good for a first look."
            ),
            self.here,
        )
        there = self._choice(
            Icon.SERVER,
            tr("With a service"),
            tr(
                "Your operator gave you an address and a token. The numbers and handles of your "
                "people are sent there; names, notes and pictures are not."
            ),
            parts.button(tr("Connect…"), self.show_form, name="connect_page"),
        )
        title = parts.label(
            tr("See who is there, and who sees what"), Size.DISPLAY, bold=True, wrap=True
        )
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text = parts.label(
            tr(
                "Kith keeps your people, finds out who of them can be reached, and shows you what "
                "each of them sees of you."
            ),
            tone="muted",
            wrap=True,
        )
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        choices = parts.row(here, there, spacing=16)
        choices.setStretch(0, 1)
        choices.setStretch(1, 1)
        glyph = parts.row(None, parts.Glyph(Icon.KITH, 72, tone="accent", disc=True), None)
        return _middle(glyph, 4, title, text, 20, choices)

    def _choice(self, which: Icon, title: str, text: str, way: QWidget) -> QWidget:
        words = parts.label(text, tone="muted", wrap=True)
        side = words.alignment() & ~Qt.AlignmentFlag.AlignVCenter
        words.setAlignment(side | Qt.AlignmentFlag.AlignTop)
        made = parts.Card(
            parts.row(
                parts.Glyph(which, 28, tone="accent"),
                parts.label(title, Size.TITLE, bold=True),
                None,
            ),
            words,
            None,
            parts.row(way, None),
            padding=20,
        )
        made.setAccessibleName(title)
        return made

    def _form(self) -> QWidget:
        back = parts.button(
            tr("Back"), lambda: self.pages.setCurrentIndex(0), name="first_run_back"
        )
        card = parts.Card(
            parts.label(tr("Address of the service"), Size.CAPTION, tone="muted"),
            self.url,
            parts.label(tr("Token"), Size.CAPTION, tone="muted"),
            self.token,
            self.kept,
            6,
            self.bring,
            6,
            self.trouble,
            parts.row(back, None, self.connect_button),
            spacing=6,
            padding=20,
        )
        title = parts.label(tr("Connect to a service"), Size.DISPLAY, bold=True, wrap=True)
        return _middle(title, 12, card)

    def show_form(self) -> None:
        """Ask for the service and the token."""
        self.pages.setCurrentIndex(1)
        self.url.setFocus(Qt.FocusReason.TabFocusReason)

    def _connect(self) -> None:
        url, token = self.url.text().strip(), self.token.text().strip()
        if not can_be_service(url):
            self.show_trouble(tr("The address begins with https:// (or http:// for a test)."))
            self.url.setFocus()
        elif not token:
            self.show_trouble(tr("The token is missing. Your operator gives it to you."))
            self.token.setFocus()
        elif _is_open(url) and url != self._warned:
            self._warned = url
            self.show_trouble(
                tr(
                    "This address is not encrypted: whoever is on the way can read your token and "
                    "the numbers of your people. If it is a test in your own network, press "
                    "Connect again."
                )
            )
        else:
            self.trouble.hide()
            self.set_busy(True)
            self.service_chosen.emit(url, token)


def _is_open(url: str) -> bool:
    """Tell whether others could read what is sent there."""
    place = urlsplit(url)
    return place.scheme == "http" and place.hostname not in LOOPBACK


def _middle(*pieces: parts.Piece) -> QWidget:
    """Put pieces into the middle of the window."""
    page = parts.Page()
    page.content.setMaximumWidth(theme.px(WIDTH))
    inner = QWidget()
    inner.setLayout(parts.column(None, *pieces, None, spacing=8))
    page.add(inner)
    return page
