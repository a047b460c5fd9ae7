"""Those through whose eyes I look at my own profile: kinds of people, my sets, single persons."""

from dataclasses import dataclass

from app.domain import Address, ContactId, VisibilitySet
from app.session import Row, Session
from app.wire import Preview
from ui.plain import isolated
from ui.wording import tr

EVERYONE, CONTACT, FAVORITE = "everyone", "contact", "favorite"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody, or a kind of people; `asked` is how the service is asked for their view."""

    asked: str
    name: str
    contact: bool = False
    favorite: bool = False
    address: Address | None = None
    contact_id: ContactId | None = None
    kind: str = ""
    """How a kind of people is called within a sentence; nothing for a person."""

    @property
    def within(self) -> str:
        """What they are called within a sentence."""
        return self.kind or self.name

    @property
    def first(self) -> str:
        """What they are called at its beginning."""
        return self.within[:1].upper() + self.within[1:]


def kinds(sets: tuple[VisibilitySet, ...] = ()) -> list[Viewer]:
    """List a stranger, a contact, a favorite, and somebody of each set."""
    found = [
        Viewer(EVERYONE, tr("A stranger"), kind=tr("a stranger")),
        Viewer(CONTACT, tr("A contact"), contact=True, kind=tr("a contact")),
        Viewer(FAVORITE, tr("A favorite"), contact=True, favorite=True, kind=tr("a favorite")),
    ]
    for each in sets:
        name = tr("Set: %1").replace("%1", isolated(each.name))
        kind = tr("somebody with the set %1").replace("%1", isolated(each.name))
        found.append(Viewer(str(each.id), name, contact=True, kind=kind))
    return found


def person(row: Row) -> Viewer | None:
    """Look through one person's eyes; somebody without an address sees nothing at all."""
    if row.address is None:
        return None
    return Viewer(row.address, isolated(row.name), row.contact, row.favorite, row.address, row.id)


async def preview(session: Session, viewer: Viewer) -> Preview:
    """Ask the service what this viewer gets."""
    if viewer.address is not None:
        return await session.preview(viewer=viewer.address)
    return await session.preview(as_=viewer.asked)
