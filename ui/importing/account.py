"""Books of a CardDAV account: sign in, choose among its books, and fetch what is new in them.

Imported late: it speaks HTTP and knows the keyring, which take as long to import as a window.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app import saved_account
from app.dav_accounts import DavAccount, DavAccounts, Fetched, fetch, list_books
from app.errors import KithError, Refused
from app.importers.carddav import DavBook
from app.session import Session
from ui import parts, theme, wording
from ui.controls import SwitchRow
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.plain import one_line, short
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, tr

TASK = "import account"
KEYRING_TASK = "import keyring"
WIDTH = 560
_NOTHING_THERE = 404
_LATER = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The books that a person chose, and with what they are read."""

    account: DavAccount
    password: str
    books: tuple[DavBook, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """What was fetched, as files that are read like any book."""

    account: DavAccount
    fetched: tuple[Fetched, ...]
    paths: tuple[Path, ...]

    @property
    def gone(self) -> int:
        """How many cards are no longer in those books."""
        return sum(each.gone for each in self.fetched)


async def bring(
    session: Session, wanted: Wanted, folder: Path, progress: Callable[[int, int], None]
) -> Brought:
    """Fetch what is new and write each book that has something new to a file in this folder."""
    found = await fetch(wanted.account, wanted.password, wanted.books, session.steps(), progress)
    paths = []
    for number, each in enumerate(found):
        if each.texts:
            place = folder / str(number)
            place.mkdir(exist_ok=True)
            path = place / (one_line(each.book.name).replace("/", "-")[:60] or "contacts")
            path.write_text("\n".join(each.texts), encoding="utf-8", newline="")
            paths.append(path)
    return Brought(wanted.account, tuple(found), tuple(paths))


def remember(session: Session, brought: Brought, step_id: int | None) -> None:
    """Remember that this is in the book now, so that next time only what changed is fetched."""
    DavAccounts(session.folder).note(brought.account, brought.fetched, step_id)


class ImportAccount(QWidget):
    """A form, and below it the books once the server has named them."""

    wanted = Signal(object)
    """What shall be fetched: a `Wanted`."""
    cancelled = Signal()

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._accounts = DavAccounts(session.folder)
        self._asked: tuple[DavAccount, str] | None = None
        self._books: list[tuple[SwitchRow, DavBook]] = []
        self.trouble = parts.Banner("", "danger")
        self.trouble.setObjectName("account_trouble")
        self.trouble.hide()
        self.place = _field("https://cloud.example.org", tr("Server or mail address"), "place")
        self.user = _field("", tr("User name"), "user")
        self.password = _field("", tr("Password"), "password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = SwitchRow(
            tr("Keep the password"),
            tr("In the keyring of this computer, never in a file."),
            name="account_keep",
        )
        self.keep.hide()
        self.asked_each_time = parts.label(
            tr("There is no keyring here that keeps secrets: Kith asks for it each time."),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        self.asked_each_time.hide()
        self.look = parts.button(
            tr("Look for books"), self._look, kind="primary", name="account_look"
        )
        self.go = parts.button(tr("Read"), self._go, kind="primary", name="account_read")
        self.again = SwitchRow(
            tr("Read everything again"),
            tr("And not only what changed since the last time."),
            name="account_again",
        )
        self.back = parts.button(tr("Back"), self.cancelled.emit, name="account_back")
        self.known = FlowLayout(spacing=6)
        self.lines = parts.column(spacing=8)
        self._lay_out()
        for field in (self.place, self.user, self.password):
            field.returnPressed.connect(self._look)
            field.textEdited.connect(lambda _text: self._hide_books())
        tasks.start(self._ask_keyring(), name=KEYRING_TASK, of=self)

    def show_accounts(self) -> None:
        """Offer what was used before, and begin at the first empty field."""
        parts.clear(self.known)
        accounts = self._accounts.all()
        for account in accounts:
            self.known.addWidget(self._known_button(account))
        self._hide_books()
        self.used_before.setVisible(bool(accounts))
        self.place.setFocus(Qt.FocusReason.TabFocusReason)

    def stop(self) -> None:
        """Ask nothing more; what was typed stays."""
        for name in (TASK, KEYRING_TASK):
            self._tasks.stop(name)
        self._set_busy(False)

    def show_trouble(self, text: str, tone: str = "danger") -> None:
        """Say why it did not work; what was typed stays."""
        self._set_busy(False)
        self.trouble.show_text(text, tone)

    def show_nothing_new(self, brought: Brought) -> None:
        """Say that there is nothing to import."""
        self._hide_books()
        words = [tr("Nothing is new there since you read it last.")]
        if brought.gone:
            words.append(gone_words(brought.gone))
        self.show_trouble(" ".join(words), "success")

    def _lay_out(self) -> None:
        self.used_before = QWidget()
        self.used_before.setLayout(
            parts.column(parts.label(tr("Used before"), bold=True), self.known)
        )
        self.used_before.hide()
        self.form = parts.Card(
            *_named(self.place, tr("Server or mail address")),
            *_named(self.user, tr("User name")),
            *_named(self.password, tr("Password")),
            self.keep,
            self.asked_each_time,
            parts.row(None, self.look),
            spacing=6,
        )
        other = parts.button(tr("Another account…"), self.show_accounts, name="account_other")
        self.whose = parts.label("", bold=True, wrap=True)
        self.books = parts.Card(
            self.whose,
            self.lines,
            parts.rule(),
            self.again,
            parts.row(other, None, self.go),
            spacing=8,
        )
        self.books.setObjectName("account_books")
        self.books.hide()
        heading = parts.heading(
            tr("Books of an account"),
            tr(
                "Nextcloud, Fastmail, iCloud and others that speak CardDAV. Kith only reads them, "
                "and sends the password to that server alone."
            ),
        )
        page = parts.Page()
        page.content.setMaximumWidth(theme.px(WIDTH))
        page.body.setContentsMargins(0, 0, 0, 0)
        page.body.setSpacing(theme.px(12))
        page.add(heading, self.trouble, self.used_before, self.form, self.books)
        page.finish()
        layout = parts.column(page, parts.row(self.back, None), spacing=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _known_button(self, account: DavAccount) -> QWidget:
        words = short(f"{account.user} · {host_of(account.place)}", 48)
        use = parts.button(
            words.replace("&", "&&"),
            lambda: self._use(account),
            icon=Icon.CLOUD,
            name="account_known",
        )
        forget = parts.IconButton(
            Icon.CLOSE,
            tr("Forget %1").replace("%1", words),
            lambda: self._tasks.start(self._forget(account), name=TASK, of=self),
            name="account_forget",
        )
        made = QWidget()
        made.setLayout(parts.row(use, forget, spacing=0))
        return made

    # ---- what a person does

    def _use(self, account: DavAccount) -> None:
        self.place.setText(account.place)
        self.user.setText(account.user)
        self.password.clear()
        self._hide_books()
        self._set_busy(True)
        self._tasks.start(self._find_password(account), name=TASK, of=self)

    def _look(self) -> None:
        account = self._typed()
        if account is not None:
            self._set_busy(True)
            self._tasks.start(self._list(account, self.password.text()), name=TASK, of=self)

    def _typed(self) -> DavAccount | None:
        """Take what was typed, or say what is missing."""
        place, user = self.place.text().strip(), self.user.text().strip()
        user = user or (place if "@" in place and "://" not in place else "")
        for field, text, missing in (
            (self.place, host_of(place), tr("Give the address of the server, or your mail.")),
            (self.user, user, tr("The user name is missing.")),
            (self.password, self.password.text(), tr("The password is missing.")),
        ):
            if not text:
                self.show_trouble(missing)
                field.setFocus()
                return None
        self.user.setText(user)
        return self._accounts.find(place, user)

    def _go(self) -> None:
        chosen = tuple(book for line, book in self._books if line.is_on())
        if not chosen or self._asked is None:
            self.show_trouble(tr("Choose one book at least."))
            return
        account, password = self._asked
        if self.again.is_on():
            account = DavAccount(account.place, account.user)
        self.wanted.emit(Wanted(account, password, chosen))

    # ---- what takes time

    async def _ask_keyring(self) -> None:
        there = await saved_account.has_keyring()
        self.keep.setVisible(there)
        self.keep.set_on(there)
        self.asked_each_time.setHidden(there)

    async def _find_password(self, account: DavAccount) -> None:
        password = await saved_account.find_secret(account.key)
        if password:
            self.password.setText(password)
            await self._list(account, password)
        else:
            self._set_busy(False)
            self.password.setFocus()

    async def _list(self, account: DavAccount, password: str) -> None:
        self._hide_books()
        try:
            found = await list_books(account, password)
        except KithError as problem:
            self.show_trouble(said(problem))
            return
        self._accounts.save(account)
        if self.keep.is_on() and not await saved_account.keep_secret(account.key, password):
            words = tr("The keyring did not take the password: Kith will ask for it again.")
            self.show_trouble(words, "warning")
        self._set_busy(False)
        self._asked = (account, password)
        self._show_books(account, found)

    async def _forget(self, account: DavAccount) -> None:
        await self._accounts.forget(account)
        self.show_accounts()

    # ---- showing

    def _show_books(self, account: DavAccount, found: Sequence[DavBook]) -> None:
        parts.clear(self.lines)
        self._books = []
        history, now = self._session.steps(), time.time()
        any_read = False
        for book in found:
            reading = account.readings.get(book.url)
            detail = ""
            if reading is not None and reading.stands(history):
                any_read = True
                detail = tr("Read %1: only what changed since then is read.")
                detail = detail.replace("%1", wording.moment(reading.at, now))
            line = SwitchRow(one_line(book.name), detail, name="account_book")
            line.set_on(True)
            self._books.append((line, book))
            self.lines.addWidget(line)
        self.again.set_on(False)
        self.again.setVisible(any_read)
        whose = short(f"{account.user} · {host_of(account.place)}", 80)
        self.whose.setText(tr("Books of %1").replace("%1", whose))
        for piece in (self.form, self.used_before):
            piece.hide()
        self.books.show()
        parts.announce(self, counted(len(found), "%1 book found", "%1 books found"))
        self.go.setFocus(Qt.FocusReason.TabFocusReason)

    def _hide_books(self) -> None:
        self.books.hide()
        self.form.show()
        self.trouble.hide()

    def _set_busy(self, busy: bool) -> None:
        self.look.setText(tr("Looking…") if busy else tr("Look for books"))
        for widget in (self.look, self.place, self.user, self.password):
            widget.setEnabled(not busy)


def host_of(place: str) -> str:
    """Name the server of an address as a person types it; empty if there is none."""
    try:
        if "://" in place:
            return urlsplit(place).netloc
        return urlsplit("https://" + place.rpartition("@")[2]).netloc
    except ValueError:
        return ""


def gone_words(count: int) -> str:
    """Say that cards are gone there: importing never deletes."""
    return counted(
        count,
        "%1 card is no longer there; who it was stays in Kith.",
        "%1 cards are no longer there; who they were stays in Kith.",
    )


_REFUSALS = {
    "unauthorized": "The server does not take this name and password. Some want a password made "
    "for programs, which the settings of the account give.",
    "nothing": "No address book was found there. Is it the right server?",
    "certificate": "The server cannot prove who it is, so the password was not sent.",
    "not-encrypted": "That place is not encrypted. The password goes only to one that begins with "
    "https://.",
    "elsewhere": "The server points to another one, and the password does not go there. If you "
    "trust that one, give its own address.",
    "later": "The server wants to be asked later. Nothing is lost.",
}


def said(problem: KithError) -> str:
    """Say why an account could not be read, and what to do."""
    if not isinstance(problem, Refused):
        return tr("No server answers there. Is the address right, and is this computer online?")
    by_status = {401: "unauthorized", _NOTHING_THERE: "nothing", **dict.fromkeys(_LATER, "later")}
    words = _REFUSALS.get(problem.slug) or _REFUSALS.get(by_status.get(problem.status, ""))
    if words:
        return tr(words)
    unknown = tr("The server answered what Kith does not understand (%1).")
    return unknown.replace("%1", str(problem.status))


def _field(placeholder: str, words: str, name: str) -> QLineEdit:
    return parts.text_field(placeholder, words, name=f"account_{name}", limit=1000)


def _named(field: QLineEdit, words: str) -> tuple[QWidget, QWidget]:
    return parts.label(words, Size.CAPTION, tone="muted"), field
