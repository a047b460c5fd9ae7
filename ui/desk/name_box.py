"""A field for one of the people of a world: a list for a few, and typing for any of 100,000."""

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

from ui.plain import one_line

LISTED: Final = 200
"""So many are in the list that unfolds; more would be slow, and nobody would read them."""
MATCHES: Final = 12
SHOWN: Final = 12
"""Letters that there is always room for."""


class NameBox(QComboBox):
    """Holds one of the names that it was offered; `chosen` is emitted only when a person chooses.

    What is typed offers the names with that in them; Enter takes the first.
    """

    chosen = Signal(str)

    def __init__(self, accessible: str, name: str, *, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(accessible)
        self.setObjectName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(SHOWN)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.line = QLineEdit()
        self.setLineEdit(self.line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._names: Sequence[str] = ()
        self._all = ""
        self._name = ""
        self._matches = QStringListModel(self)
        line = self.line
        line.setObjectName(f"{name}_line")
        line.setAccessibleName(accessible)
        line.setPlaceholderText(hint)
        line.setMaxLength(200)
        self._completer = QCompleter(self._matches, self)
        self._offer_matches()
        line.textEdited.connect(self._match)
        line.returnPressed.connect(self._take_typed)
        line.editingFinished.connect(self._show_name)
        self.activated.connect(lambda at: self._choose(self.itemData(at)))

    def offer(self, names: Iterable[str], *, everybody: str = "") -> None:
        """Offer these names; with `everybody`, no name is a choice as well, and has these words."""
        self._names, self._all, self._name = list(names), everybody, ""
        self.clear()
        if everybody:
            self.addItem(everybody, "")
        for name in self._names[:LISTED]:
            self.addItem(one_line(name), name)
        self._show_name()

    def name(self) -> str:
        """Return the name that is held; nothing stands for everybody."""
        return self._name

    def set_name(self, name: str) -> None:
        """Hold this name, without a signal."""
        self._name = name
        self._show_name()

    def _offer_matches(self) -> None:
        completer = self._completer
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        completer.activated.connect(self._choose)

    def _match(self, typed: str) -> None:
        self._matches.setStringList(self._found(typed))
        self._completer.complete()

    def _found(self, typed: str) -> list[str]:
        """Find the first names with this in them; those that begin with it come first."""
        wanted = typed.strip().casefold()
        if not wanted:
            return []
        within = [name for name in self._names if wanted in name.casefold()]
        within.sort(key=lambda name: not name.casefold().startswith(wanted))
        return within[:MATCHES]

    def _take_typed(self) -> None:
        typed = self.line.text().strip()
        if typed in self._names or (self._all and typed in ("", self._all)):
            self._choose("" if typed in ("", self._all) else typed)
        elif found := self._found(typed):
            self._choose(found[0])

    def _choose(self, name: str) -> None:
        if name == self._name and name:
            self._show_name()
            return
        self.set_name(name)
        self.chosen.emit(name)

    def _show_name(self) -> None:
        at = self.findData(self._name)
        self.setCurrentIndex(at)
        shown = one_line(self._name) if self._name else self._all
        self.line.setText(shown)
