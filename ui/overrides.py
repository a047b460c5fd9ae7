"""The people whom my general rules do not decide: counted, listed, and given back to the rules."""

from collections.abc import Iterable

from PySide6.QtCore import Signal

from app.domain import Block, Visibility, VisibilitySet
from app.session import Row, Session
from ui import parts, wording
from ui.icons import Icon
from ui.people_lines import Group, Line
from ui.people_list import PeopleTable
from ui.pictures import Pictures
from ui.wording import counted, tr

SHOWN = 8


def overridden(rows: Iterable[Row], sets: tuple[VisibilitySet, ...]) -> list[Group]:
    """Group whoever has a rule of their own by that rule."""
    groups: dict[int, list[Line]] = {}
    blocked = []
    for row in rows:
        if Block.PROFILE in row.blocked:
            blocked.append(Line(row, row.detail, Icon.BLOCKED, "danger"))
        elif row.visibility != Visibility.DEFAULT:
            groups.setdefault(row.visibility, []).append(Line(row, row.detail))
    found = [
        Group(str(value), wording.visibility(value, sets), tuple(lines))
        for value, lines in sorted(groups.items())
    ]
    if blocked:
        found.append(Group("blocked", tr("Blocked from my profile"), tuple(blocked)))
    return found


class Overrides(parts.Card):
    """The list; chosen people go back to the general rules in one step."""

    contact_wanted = Signal(object)

    def __init__(self, session: Session, pictures: Pictures) -> None:
        super().__init__()
        self._session = session
        self.words = parts.label("", tone="muted", wrap=True)
        self.words.setObjectName("overrides_count")
        self.table = PeopleTable(pictures, tr("People with a rule of their own"), name="overrides")
        self.table.opened.connect(self.contact_wanted)
        self.back = parts.button(
            tr("Back to the general rules"), self._give_back, icon=Icon.UNDO, name="overrides_back"
        )
        self.search = parts.text_field(tr("Search"), tr("Search them"), name="overrides_search")
        self.search.textChanged.connect(self._search)
        self.table.selection_counted.connect(lambda count: self.back.setVisible(count > 0))
        self.back.hide()
        for piece in (self.words, self.search, self.table):
            self.body.addWidget(piece)
        self.body.addLayout(parts.row(self.back, None))

    def show_rows(self, rows: list[Row], sets: tuple[VisibilitySet, ...]) -> None:
        """Show whom the general rules do not decide."""
        groups = overridden(rows, sets)
        count = sum(len(group.lines) for group in groups)
        self.words.setText(
            counted(
                count,
                "%1 person has a rule of their own, which comes before those above.",
                "%1 people have rules of their own, which come before those above.",
            )
            if count
            else tr("The rules above hold for everyone. On a person's page you can make another.")
        )
        self.table.people.show_groups(groups)
        self.table.setVisible(count > 0)
        self.search.setVisible(count > SHOWN)
        self.table.fit(SHOWN)

    def _search(self, text: str) -> None:
        self.table.people.search(text)
        self.table.fit(SHOWN)

    def _give_back(self) -> None:
        self._session.set_visibility(self.table.chosen(), Visibility.DEFAULT)
