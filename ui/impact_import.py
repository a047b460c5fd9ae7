"""What an import would let its people see of me, said before it is done.

Two previews tell it, and no address of the book leaves this computer for the answer.
"""

from PySide6.QtWidgets import QWidget

from app.domain import Field
from app.errors import KithError
from app.session import Session
from app.wire import Preview
from ui import parts, viewers
from ui.icons import Icon
from ui.impact import fields_in_words
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, tr


def only_for_contacts(contact: Preview, everyone: Preview) -> tuple[Field, ...]:
    """Name the fields that contacts see and strangers do not."""
    return tuple(
        field
        for field, shown in contact.fields.items()
        if shown.visible and not everyone.fields[field].visible
    )


def sentence(people: int, fields: tuple[Field, ...]) -> str:
    """Say what so many new contacts would see, today or on joining."""
    if not fields:
        return tr("Importing shows nobody more of you than everyone sees.")
    words = counted(
        people,
        "Importing lets %1 person see your %2, today or on joining: your contacts do.",
        "Importing lets %1 people see your %2, today or on joining: your contacts do.",
    )
    return words.replace("%2", fields_in_words(fields))


class ImportImpact(QWidget):
    """One line; it hides where nobody would become a contact or there is no account."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("import_impact")
        self._session, self._tasks = session, tasks
        self._people = 0
        self._fields: tuple[Field, ...] | None = None
        self._glyph = parts.Glyph(Icon.EYE, 18, tone="muted")
        self.words = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.words.setObjectName("import_impact_words")
        line = parts.row(self._glyph, self.words, spacing=10)
        line.setStretch(1, 1)
        self.setLayout(line)
        self.hide()

    def show_people(self, people: int) -> None:
        """Say it for so many people who would become contacts; the rules are asked for once."""
        self._people = people
        self.setVisible(people > 0 and self._session.account is not None)
        if self.isHidden():
            return
        if self._fields is not None:
            self._say(sentence(people, self._fields), Icon.EYE)
        else:
            self._tasks.start(self._load(), name="impact of an import", of=self)

    async def _load(self) -> None:
        try:
            contact = await self._session.preview(as_=viewers.CONTACT)
            everyone = await self._session.preview(as_=viewers.EVERYONE)
        except KithError:
            text = tr("What they will see of you can be told when the service answers again.")
            self._say(text, Icon.OFFLINE)
            return
        self._fields = only_for_contacts(contact, everyone)
        self._say(sentence(self._people, self._fields), Icon.EYE)

    def _say(self, text: str, which: Icon) -> None:
        self._glyph.show_icon(which, "muted")
        self.words.setText(text)
        self.setAccessibleName(text)
