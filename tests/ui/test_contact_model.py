"""The list as Qt asks for it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.modeltest import ModelTester

import ui.contact_model
from app.domain import Block, ContactId
from app.paths import Paths
from app.session import Session
from tests.ui.conftest import Run, until
from tests.ui.people import a_row, fill
from ui import shelf
from ui.contact_model import ROW_ROLE, SECTION_ROLE, ContactModel, within, without
from ui.shelf import Facet, Filter, Shelf, sort_key

JOINED = """
    INSERT INTO relation (address, contact, subscribed, favorite, blocked, visibility, fields,
        paired, matched, origin, joined_at, since)
    VALUES ('12025550101', 1, 1, 0, 0, 0, 0, 0, 1, 'import', ?1, ?1)
"""

Story = Callable[[Session, ContactModel], None]
Tell = Callable[[Story], None]


@pytest.fixture
def tell(run: Run, tmp_path: Path) -> Tell:
    """Tell a story about a session and its list, on a loop."""

    async def told(story: Story) -> None:
        async with Session(None, Paths(tmp_path)) as session:
            model = ContactModel(session)
            try:
                story(session, model)
            finally:
                model.close()

    return lambda story: run(told(story))


def names(model: ContactModel) -> list[str]:
    return [model.row(line).name for line in range(model.rowCount())]


def test_qt_finds_no_fault(qtmodeltester: ModelTester, tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 20)
        model.show_changes()
        qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types

    tell(story)


def test_rows_are_in_the_order_of_their_names_and_digits_come_last(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        for number, name in enumerate(["Zoë", "émile", "Ada", "007", "Bo", "ada b"]):
            session.add_contact(name, [f"+1202555{number:04d}"], "US")
        model.show_changes()
        assert names(model) == ["Ada", "ada b", "Bo", "émile", "Zoë", "007"]
        letters = [model.index(line, 0).data(SECTION_ROLE) for line in range(6)]
        assert letters == ["A", "", "B", "E", "Z", "#"]

    tell(story)


def test_a_change_of_contents_resets_nothing(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 30)
        model.show_changes()
        model.in_sight = lambda: range(30)
        resets: list[None] = []
        touched: list[int] = []
        model.modelReset.connect(lambda: resets.append(None))
        model.dataChanged.connect(lambda first, _last: touched.append(first.row()))
        contact = model.row(7).id
        session.set_favorite([contact], True)
        model.show_changes()
        assert (resets, touched) == ([], [7])
        assert model.index(7, 0).data(ROW_ROLE).favorite

    tell(story)


def test_what_is_out_of_sight_is_not_repainted(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 30)
        model.show_changes()
        model.in_sight = lambda: range(5)
        touched: list[int] = []
        model.dataChanged.connect(lambda first, _last: touched.append(first.row()))
        session.set_favorite([model.row(20).id, model.row(3).id], True)
        model.show_changes()
        assert touched == [3]

    tell(story)


def test_a_burst_is_shown_once(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 20)
        model.show_changes()
        updates: list[frozenset[ContactId]] = []
        model.updated.connect(updates.append)
        for line in range(20):
            session.set_favorite([model.row(line).id], True)
        model.show_changes()
        assert len(updates) == 1
        assert model.counts[Shelf.FAVORITES] == 20

    tell(story)


def test_a_renamed_contact_moves(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 12)
        model.show_changes()
        contact = model.row(0).id
        session.rename(contact, "zzz")
        model.show_changes()
        assert model.position(contact) == 11
        assert names(model) == [row.name for row in sorted(session.rows(), key=sort_key)]

    tell(story)


def test_a_removed_contact_goes_and_comes_back(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 5)
        model.show_changes()
        contact = model.row(2).id
        session.remove([contact])
        model.show_changes()
        assert model.position(contact) is None
        assert model.counts[Shelf.ALL] == 4
        session.undo()
        model.show_changes()
        assert model.position(contact) == 2

    tell(story)


def test_a_contact_leaves_the_shelf_it_no_longer_belongs_to(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 5)
        model.show_changes()
        contact = model.row(2).id
        session.set_blocked([contact], tuple(Block))
        model.show_changes()
        model.show(Filter(Shelf.BLOCKED))
        assert model.rowCount() == 1
        session.set_blocked([contact], ())
        model.show_changes()
        assert model.rowCount() == 0
        assert model.counts[Shelf.BLOCKED] == 0

    tell(story)


def test_every_word_has_to_be_found_in_name_or_number(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        session.add_contact("Ada Bergström", ["+12025550101"], "US")
        session.add_contact("Ada Okafor", ["+12025550102"], "US")
        session.add_contact("Bo Bergstrom", ["bo.b@example.org"], "US")
        model.show_changes()

        def found(text: str) -> list[str]:
            model.show(Filter(text=text))
            return names(model)

        assert found("berg ada") == ["Ada Bergström"]
        assert found("BERGSTRÖM") == ["Ada Bergström", "Bo Bergstrom"]
        assert found("(202) 555-0102") == ["Ada Okafor"]
        assert found("bo.b@") == ["Bo Bergstrom"]
        assert found("zzz") == []
        assert found("") == ["Ada Bergström", "Ada Okafor", "Bo Bergstrom"]

    tell(story)


def test_typing_on_gives_the_same_as_asking_at_once(tell: Tell) -> None:
    def story(session: Session, model: ContactModel) -> None:
        fill(session, 200)
        model.show_changes()
        for text in ("a", "ad", "ada", "ada o", "ada ok", "ada", "ok", ""):
            model.show(Filter(text=text))
            assert names(model) == [
                row.name for row in model.rows() if Filter(text=text).accepts(row)
            ]

    tell(story)


def test_chips_narrow_a_shelf() -> None:
    rows = [
        a_row(1),
        a_row(2, online=True),
        a_row(3, online=True, visibility=8),
        a_row(4, visibility=8),
    ]
    both = Filter(Shelf.MATCHED, frozenset({Facet.ONLINE, Facet.HIDDEN}))
    assert [row.id for row in both.choose(rows)] == [3]


@pytest.mark.parametrize("one_by_one", [0, ui.contact_model.ONE_BY_ONE])
def test_many_who_move_at_once_stand_as_if_all_were_read_again(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, one_by_one: int
) -> None:
    monkeypatch.setattr(ui.contact_model, "ONE_BY_ONE", one_by_one)

    def story(session: Session, model: ContactModel) -> None:
        fill(session, 40)
        model.show_changes()
        people = [row.id for row in model.rows()]
        model.show(Filter(shelf=Shelf.FAVORITES))
        session.remove(people[:5] + people[20:22] + people[-1:])
        session.set_favorite(people[6:30], True)
        for number, contact in enumerate(people[8:14]):
            session.rename(contact, ("Aa", "zz", "007")[number % 3])
        for number in range(4):
            session.add_contact(("A", "Z", "", "M")[number], [f"+1303555{number:04d}"], "US")
        model.show_changes()
        assert model.rows() == sorted(session.rows(), key=sort_key)
        fresh = ContactModel(session)
        fresh.show(model.filter)
        assert names(model) == names(fresh)
        assert model.counts == fresh.counts
        assert all(model.find(row.id) == row for row in fresh.rows())
        for wanted in (Filter(), Filter(text="aa"), Filter(text="ok")):
            fresh.show(wanted)
            model.show(wanted)
            assert names(model) == names(fresh)
            everybody = [row.id for row in reversed(model.rows())]
            for some in (everybody, everybody[:1]):
                lines = [model.position(each) for each in some]
                assert model.lines_of(some) == sorted(at for at in lines if at is not None)
        fresh.close()

    tell(story)


def test_pieces_are_left_out_and_put_in_at_both_ends() -> None:
    assert without([0, 1, 2, 3], [0, 3]) == [1, 2]
    assert without([0], [0]) == []
    assert within([1, 2], [0, 0, 1, 2], [-1, 0, 1, 3]) == [-1, 0, 1, 1, 2, 3]
    assert within([], [0, 0], [1, 2]) == [1, 2]


def test_who_came_yesterday_is_not_new_after_midnight(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.contact_model, "DAY_LOOK_MS", 1)
    monkeypatch.setattr(shelf, "day_began", lambda: 1_000.0)

    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            bo = session.add_contact("Bo", ["+12025550101"], "US")
            session.add_contact("Cy", ["+12025550102"], "US")
            with session._store.writing() as transaction:
                transaction.run(JOINED, 2_000.0)
                transaction.contacts.add(bo)
            model = ContactModel(session)
            model.show(Filter(Shelf.NEW))
            assert (names(model), model.counts[Shelf.NEW]) == (["Bo"], 1)
            monkeypatch.setattr(shelf, "day_began", lambda: 3_000.0)
            await until(lambda: not model.rowCount())
            assert model.counts[Shelf.NEW] == 0
            model.close()

    run(story())
